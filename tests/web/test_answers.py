"""町の返事 on pages and in the API: to read for everybody, to give for staff."""

from __future__ import annotations

from tamemap.i18n import t
from tests.web.browsers import API, problem
from tests.web.pages import read
from tests.web.test_board_document import BOARD, opened


def test_ben_answers_by_the_form_and_everybody_reads_it(world, visit):
    topic = opened(world.aki, kind="proposal", title="ベンチをふやす")
    waiting = read(visit().get(f"{BOARD}/{topic}"))
    assert t("answers.state.waiting") in waiting.one("section", class_="tm-answer").text
    ben = visit(world.ben)
    form = read(ben.get(f"{BOARD}/{topic}/answer"))
    assert [one["value"] for one in form.one("select").all("option")] == ["received", "considering", "adopted", "declined"]
    wrong = ben.post(f"{BOARD}/{topic}/answer", data={"state": "declined", "post_body": "くわしく<b>"})
    assert wrong.status_code == 422
    assert read(wrong).one("textarea", id="words")["aria-invalid"] == "true"
    assert read(wrong).one("textarea", id="post_body").text == "くわしく<b>"
    done = ben.post(f"{BOARD}/{topic}/answer", data={"state": "declined", "words": "<i>予算</i>がありません"})
    assert done.headers["location"] == f"{BOARD}/{topic}/answer?said=town_answered"
    assert [one["value"] for one in read(ben.get(f"{BOARD}/{topic}/answer")).one("select").all("option")] == [
        "considering", "adopted", "declined"]  # fmt: skip
    box = read(visit().get(f"{BOARD}/{topic}")).one("section", class_="tm-answer").text
    assert all(words in box for words in ("できません", "<i>予算</i>がありません", "Ben", "11月22日"))
    listed = read(visit().get(BOARD))
    assert "できません" in listed.one("li", class_="tm-topic").text
    assert f"{BOARD}/answers" in [one["href"] for one in listed.one("main").all("a")]
    page = visit().get(f"{BOARD}/answers")
    assert "予算" in read(page).one("section", **{"aria-labelledby": "state-declined"}).text
    assert visit().get(f"{BOARD}/answers", headers={"If-None-Match": page.headers["etag"]}).status_code == 304
    assert f"{BOARD}/answers</loc>" in visit().get("/sitemap/pages.xml").text


def test_the_form_is_for_staff_of_the_town(world, visit):
    topic, talk = opened(world.aki, kind="question"), opened(world.aki, title="雑談")
    assert visit().get(f"{BOARD}/{topic}/answer").headers["location"].startswith("/sign-in?then=")
    for actor in (world.aki, world.fumi):
        assert visit(actor).get(f"{BOARD}/{topic}/answer").status_code == 403
        assert visit(actor).post(f"{BOARD}/{topic}/answer", data={"state": "received"}).status_code == 403
    assert visit(world.ben).get(f"{BOARD}/{talk}/answer").status_code == 409
    for path in (f"/b/nishiki-hiroba/{topic}/answer", f"{BOARD}/2222222222zz/answer", "/b/nowhere/answers"):
        assert visit(world.ben).get(path).status_code == 404


def test_an_empty_page_says_so(world, visit):
    assert t("answers.empty") in visit().get(f"{BOARD}/answers").text
    assert "answers</loc>" not in visit().get("/sitemap/pages.xml").text


def test_the_api_answers_and_shows_the_answer(world, visit):
    topic = opened(world.aki, kind="question")
    sent = {"state": "adopted", "words": "やります", "post_body": "くわしく"}
    made = visit(world.ben).put(f"{API}/topics/{topic}/answer", json=sent).json()
    assert (made["answer"]["state"], made["answer"]["by"]["municipality"], made["may_answer"]) == ("adopted", "人吉市", True)
    seen = visit().get(f"{API}/topics/{topic}/posts").json()
    assert ([one["official"] for one in seen["items"]], seen["topic"]["may_answer"]) == ([False, True], False)
    problem(visit(world.ben).put(f"{API}/topics/{topic}/answer", json={"state": "yes"}), 422, "answer_state_wrong", "state")
    problem(visit(world.ben).put(f"{API}/topics/{topic}/answer", json={"state": "received"}), 409, "answer_not_back")
    problem(visit(world.fumi).put(f"{API}/topics/{topic}/answer", json=sent), 403, "not_allowed_staff_only")
