"""Boards through the API: reading without an account, writing with one, reacting, taking back."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tests import factories
from tests.factories import DAY, board
from tests.web.browsers import API, problem

PLAZA = f"{API}/boards/hitoyoshi-hiroba/topics"


@pytest.fixture
def topic(world):
    """Aki's topic with one post; its id."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki, title="川の水位", body="**だいじょうぶ**ですか。").public_id


def first_post(browser, topic):
    """The first post of a topic as this browser sees it."""
    return browser.get(f"{API}/topics/{topic}/posts").json()["items"][0]


def test_the_boards_beside_a_map(world, visit, topic):
    (one,) = visit().get(f"{API}/maps/hitoyoshi/boards").json()["items"]
    assert (one["slug"], one["topics_count"], one["may_write"]) == ("hitoyoshi-hiroba", 1, False)
    assert visit(world.aki).get(f"{API}/maps/hitoyoshi/boards").json()["items"][0]["may_write"] is True
    problem(visit().get(f"{API}/maps/atlantis/boards"), 404, "map_unknown")


def test_anybody_reads_and_aki_opens_a_topic(world, visit):
    answer = visit(world.aki).post(PLAZA, json={"title": "花火はいつ", "body": "ことしの*花火*は？"})
    opened = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/b/hitoyoshi-hiroba/{opened['id']}"
    assert (opened["title"], opened["kind"], opened["posts_count"], opened["author"]["name"]) == ("花火はいつ", "talk", 1, "Aki")
    page = visit().get(PLAZA).json()
    assert [(one["title"], one["excerpt"]) for one in page["items"]] == [("花火はいつ", "ことしの花火は？")]
    assert page["next"] is None


def test_a_topic_is_opened_once_per_key(world, visit):
    aki, key = visit(world.aki), {"Idempotency-Key": "topic-1"}
    first = aki.post(PLAZA, json={"title": "花火", "body": "いつ？"}, headers=key)
    with clock.frozen_at(clock.now() + DAY / 2):
        again = aki.post(PLAZA, json={"title": "花火", "body": "いつ？"}, headers=key)
        problem(aki.post(PLAZA, json={"title": "花火", "body": "どこ？"}, headers=key), 409, "key_used_otherwise")
        assert aki.post(f"{API}/topics/{first.json()['id']}/posts", json={"body": "いつ？"}, headers=key).status_code == 201
    assert again.json() == first.json()
    assert len(visit().get(PLAZA).json()["items"]) == 1


@pytest.mark.parametrize(
    ("wish", "code", "field"),
    [
        ({"title": "", "body": "x"}, "text_empty", "title"),
        ({"title": "あ" * 81, "body": "x"}, "text_too_long", "title"),
        ({"title": "x", "body": " "}, "text_empty", "body"),
        ({"title": "x", "body": "あ" * 8001}, "text_too_long", "body"),
        ({"title": "x", "body": {"a": 1}}, "text_wrong", "body"),
        ({"title": "x", "body": "x", "kind": "rant"}, "topic_kind_wrong", "kind"),
        ({"title": "x", "body": "x", "kind": "flyer"}, "topic_needs_flyer", "flyer"),
        ({"title": "x", "body": "x", "flyer": "nosuchflyer2"}, "flyer_not_on_map", "flyer"),
    ],
)
def test_a_wrong_topic_is_refused(world, visit, wish, code, field):
    problem(visit(world.aki).post(PLAZA, json=wish), 422, code, field)
    assert visit().get(PLAZA).json()["items"] == []


def test_a_guest_does_not_write_and_a_theme_is_the_staffs(world, visit):
    wish = {"title": "お題", "body": "x"}
    problem(visit().post(PLAZA, json=wish), 401, "sign_in_first")
    problem(visit(world.chie).post(PLAZA, json=wish | {"kind": "theme"}), 403, "not_allowed_staff_only")
    opened = visit(world.ben).post(PLAZA, json=wish | {"kind": "theme"}).json()
    assert (opened["pinned"], opened["author"]["kind"], opened["author"]["municipality"]) == (True, "staff", "人吉市")
    problem(visit(world.aki).post(f"{API}/boards/atlantis/topics", json=wish), 404, "board_unknown")


def test_a_board_of_residents_is_written_by_residents(world, visit):
    with db.transaction(write=True) as tx:
        row = board(tx, "hitoyoshi-hiroba")
        row.writers = "residents"
        tx.add(row)
    wish = {"title": "回覧", "body": "x"}
    problem(visit(world.chie).post(PLAZA, json=wish), 403, "not_allowed_residents_only")
    assert visit(world.aki).post(PLAZA, json=wish).status_code == 201


def test_chie_answers_and_the_second_tap_is_the_same_answer(world, visit, topic):
    chie = visit(world.chie)
    first = chie.post(f"{API}/topics/{topic}/posts", json={"body": "こちらは晴れです。"})
    again = chie.post(f"{API}/topics/{topic}/posts", json={"body": "こちらは晴れです。"})
    assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
    seen = visit().get(f"{API}/topics/{topic}/posts").json()
    assert [one["html"] for one in seen["items"]] == ["<p><strong>だいじょうぶ</strong>ですか。</p>", "<p>こちらは晴れです。</p>"]
    assert (seen["topic"]["title"], seen["topic"]["posts_count"], seen["next"]) == ("川の水位", 2, None)
    assert {one["body"] for one in seen["items"]} == {""}  # the source is for its author
    drain({"followers": HANDLERS["followers"]})
    assert visit(world.aki).get(f"{API}/me").json()["unread"] == 1


def test_an_answer_that_is_none_is_refused(world, visit, topic):
    problem(visit().post(f"{API}/topics/{topic}/posts", json={"body": "x"}), 401, "sign_in_first")
    problem(visit(world.chie).post(f"{API}/topics/{topic}/posts", json={"body": ""}), 422, "text_empty", "body")
    problem(visit(world.chie).post(f"{API}/topics/nosuchtopic2/posts", json={"body": "x"}), 404, "topic_unknown")
    problem(visit().get(f"{API}/topics/nosuchtopic2/posts"), 404, "topic_unknown")


def test_who_writes_without_end_is_asked_to_wait(world, visit, topic):
    chie = visit(world.chie)
    for number in range(6):
        assert chie.post(f"{API}/topics/{topic}/posts", json={"body": f"{number}"}).status_code == 201
    refused = chie.post(f"{API}/topics/{topic}/posts", json={"body": "もうひとつ"})
    problem(refused, 429, "posts_too_many")
    assert int(refused.headers["retry-after"]) > 0


def test_a_script_in_a_post_is_words(world, visit, topic):
    chie = visit(world.chie)
    chie.post(f"{API}/topics/{topic}/posts", json={"body": "<script>alert(1)</script> [x](javascript:alert(1))"})
    html = visit().get(f"{API}/topics/{topic}/posts").json()["items"][1]["html"]
    assert "<script" not in html
    assert "href" not in html


def test_aki_changes_her_own_words_and_nobody_elses(world, visit, topic):
    aki = visit(world.aki)
    post = first_post(aki, topic)
    assert (post["body"], post["may_change"]) == ("**だいじょうぶ**ですか。", True)
    changed = aki.patch(f"{API}/posts/{post['id']}", json={"body": "だいじょうぶです。"}).json()
    assert (changed["html"], changed["edited"]) == ("<p>だいじょうぶです。</p>", True)
    for somebody in (world.chie, world.ben):
        problem(visit(somebody).patch(f"{API}/posts/{post['id']}", json={"body": "x"}), 403, "not_allowed_here")
    problem(visit().patch(f"{API}/posts/{post['id']}", json={"body": "x"}), 401, "sign_in_first")
    problem(aki.patch(f"{API}/posts/{post['id']}", json={"body": ""}), 422, "text_empty", "body")
    problem(aki.patch(f"{API}/posts/nosuchpost22", json={"body": "x"}), 404, "post_unknown")


def test_a_post_that_was_taken_back_leaves_a_tombstone_without_words(world, visit, topic):
    aki = visit(world.aki)
    post = first_post(aki, topic)["id"]
    problem(visit(world.chie).delete(f"{API}/posts/{post}"), 403, "not_allowed_here")
    for _ in range(2):
        assert aki.delete(f"{API}/posts/{post}").status_code == 204
    stone = first_post(visit(), topic)
    assert (stone["deleted"], stone["html"], stone["author"], stone["reactions"]) == (True, "", None, [])
    assert "だいじょうぶ" not in visit().get(PLAZA).text
    problem(aki.patch(f"{API}/posts/{post}", json={"body": "x"}), 410, "post_gone")


def test_staff_take_a_post_away_and_say_why(world, visit, topic):
    post = first_post(visit(), topic)["id"]
    ben = visit(world.ben)
    problem(ben.delete(f"{API}/posts/{post}"), 422, "reason_missing", "reason")
    problem(visit(world.fumi).delete(f"{API}/posts/{post}?reason=x"), 403, "not_allowed_here")
    assert ben.request("DELETE", f"{API}/posts/{post}", json={"reason": "電話番号があります"}).status_code == 204
    assert visit(world.aki).get(f"{API}/me").json()["unread"] == 1


def test_a_reaction_is_tapped_on_and_off(world, visit, topic):
    chie = visit(world.chie)
    post = first_post(chie, topic)["id"]

    def thanks(browser):
        return next((one["count"], one["mine"]) for one in first_post(browser, topic)["reactions"] if one["kind"] == "thanks")

    for _ in range(2):
        assert chie.post(f"{API}/posts/{post}/reactions", json={"kind": "thanks"}).status_code == 200
        assert (thanks(chie), thanks(visit())) == ((1, True), (1, False))
    for _ in range(2):
        assert chie.delete(f"{API}/posts/{post}/reactions?kind=thanks").status_code == 200
        assert thanks(chie) == (0, False)
    problem(visit().post(f"{API}/posts/{post}/reactions", json={"kind": "thanks"}), 401, "sign_in_first")
    problem(chie.post(f"{API}/posts/{post}/reactions", json={"kind": "boo"}), 422, "reaction_wrong", "kind")
    problem(chie.post(f"{API}/posts/nosuchpost22/reactions", json={"kind": "like"}), 404, "post_unknown")


def test_topics_and_posts_come_page_by_page(world, visit):
    with db.transaction(write=True) as tx:
        for number in range(5):
            made = factories.topic(tx, world.aki, title=f"話題 {number}")
        for number in range(4):
            factories.post(tx, world.chie, made.public_id, body=f"答え {number}")
    for address, name, count in ((PLAZA, "title", 5), (f"{API}/topics/{made.public_id}/posts", "html", 5)):
        seen, cursor = [], ""
        while cursor is not None:
            page = visit().get(address, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
            seen += [one[name] for one in page["items"]]
            cursor = page["next"]
        assert len(seen) == len(set(seen)) == count
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"limit": "51"}):
        problem(visit().get(PLAZA, params=wrong), 422, "limit_wrong", "limit")
    problem(visit().get(PLAZA, params={"cursor": "x"}), 422, "cursor_wrong", "cursor")


def test_a_topic_about_a_flyer_lets_go_of_it_when_it_leaves_the_map(world, visit):
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki, title="秋の市").public_id
    aki = visit(world.aki)
    wish = {"title": "秋の市の話", "body": "行きますか。", "kind": "flyer", "flyer": flyer}
    assert aki.post(PLAZA, json=wish).json()["flyer"] == {"id": flyer, "title": "秋の市"}
    aki.delete(f"{API}/flyers/{flyer}")
    assert visit().get(PLAZA).json()["items"][0]["flyer"] is None


def test_another_sites_page_writes_nothing(world, visit, topic):
    chie = visit(world.chie)
    for ask in (chie.post, chie.delete):
        problem(ask(f"{API}/posts/x/reactions?kind=like", headers={"Origin": "https://example.com"}), 403, "other_site")
    refused = chie.post(f"{API}/topics/{topic}/posts", json={"body": "x"}, headers={"Origin": "null"})
    problem(refused, 403, "other_site")
