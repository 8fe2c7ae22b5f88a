"""Polls on the topic's page, by plain forms, and in the API."""

from __future__ import annotations

from tamemap.i18n import t
from tests.web.browsers import API, problem
from tests.web.pages import read
from tests.web.test_board_document import BOARD, opened

GOOD = {"deed": "open", "question": "どこ<b>がいい", "options": "川べり\r\n駅前\r\n", "results": "before"}


def test_aki_makes_a_poll_chie_votes_and_a_guest_reads_it(world, visit):
    topic = opened(world.aki, kind="proposal")
    page = f"{BOARD}/{topic}/poll"
    aki, chie = visit(world.aki), visit(world.chie)
    assert aki.get(page).status_code == 200
    assert chie.get(page).status_code == 403
    wrong = aki.post(page, data=GOOD | {"options": "川べり", "several": "1"})
    assert (wrong.status_code, read(wrong).one("textarea", id="options")["aria-invalid"]) == (422, "true")
    assert aki.post(page, data=GOOD).headers["location"] == f"{page}?said=poll_opened"
    unchosen = chie.post(page, data={"deed": "vote"})
    assert (unchosen.status_code, t("errors.poll_choose_one") in unchosen.text) == (422, True)
    assert chie.post(page, data={"deed": "vote", "option": "1"}).headers["location"] == f"{page}?said=poll_voted"
    assert t("poll.mine") in chie.get(page).text
    shown = read(visit().get(f"{BOARD}/{topic}")).one("section", **{"aria-labelledby": "poll-title"})
    assert "どこ<b>がいい" in shown.text
    assert [one.text for one in shown.all("span", class_="tm-poll__count")] == ["0票（0%）", "1票（100%）"]
    assert t("poll.mine") not in shown.text
    assert len(shown.all("input")) == 2
    assert chie.post(page, data={"deed": "close"}).status_code == 403
    assert aki.post(page, data={"deed": "close"}).headers["location"] == f"{page}?said=poll_closed"
    over = read(visit().get(f"{BOARD}/{topic}")).one("section", **{"aria-labelledby": "poll-title"})
    assert (t("poll.over") in over.text, over.all("input")) == (True, [])


def test_a_guest_is_led_to_sign_in_and_back_to_the_form(world, visit):
    topic = opened(world.aki)
    page = f"{BOARD}/{topic}/poll"
    visit(world.aki).post(page, data=GOOD)
    for answer in (visit().post(page, data={"option": "1"}), visit().get(page)):
        assert answer.headers["location"].startswith("/sign-in?then=%2Fb%2Fhitoyoshi-hiroba")
    assert visit(world.chie).post(f"/b/nishiki-hiroba/{topic}/poll", data={"option": "1"}).status_code == 404
    assert visit(world.chie).post(f"{BOARD}/{opened(world.aki, title='べつ')}/poll", data={"option": "1"}).status_code == 404


def test_the_api_asks_votes_and_ends(world, visit):
    topic = opened(world.aki)
    aki, chie = visit(world.aki), visit(world.chie)
    asked = {"question": "どれ", "options": ["川", "山"], "results": "after", "ends_at": "2026-12-01T09:00"}
    problem(chie.post(f"{API}/topics/{topic}/poll", json=asked), 403, "not_allowed_here")
    problem(aki.post(f"{API}/topics/{topic}/poll", json=asked | {"options": "川"}), 422, "request_wrong", "options")
    made = aki.post(f"{API}/topics/{topic}/poll", json=asked)
    poll = made.json()["poll"]
    assert (made.status_code, poll["ends_at"][:10], poll["may_close"]) == (201, "2026-12-01", True)
    problem(visit().put(f"{API}/polls/{poll['id']}/vote", json={"options": [1]}), 401, "sign_in_first")
    for wrong in ([0, 1], [7], ["1"], "1", None):
        problem(chie.put(f"{API}/polls/{poll['id']}/vote", json={"options": wrong}), 422,
                "request_wrong" if not isinstance(wrong, list) else "poll_choose_one", "option")  # fmt: skip
    mine = chie.put(f"{API}/polls/{poll['id']}/vote", json={"options": [1]}).json()["poll"]
    assert [(one["mine"], one["count"]) for one in mine["options"]] == [(False, None), (True, None)]
    assert aki.post(f"{API}/polls/{poll['id']}/close").json()["poll"]["options"][1]["count"] == 1
    problem(chie.put(f"{API}/polls/{poll['id']}/vote", json={"options": [0]}), 409, "poll_over")
    seen = visit().get(f"{API}/topics/{topic}/posts").json()["topic"]["poll"]
    assert [(one["mine"], one["count"], one["share"]) for one in seen["options"]] == [(False, 0, 0), (False, 1, 100)]
