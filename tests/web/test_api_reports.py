"""Reports: anybody points at something, from a program or from the form of a page; staff of its town are told."""

from __future__ import annotations

import pytest

from tamemap import db
from tests import factories
from tests.web.browsers import API, problem

REPORTS = f"{API}/reports"
PAGE = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def flyer(world):
    """Aki's flyer; its id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki).public_id


def test_chie_points_at_a_flyer_and_ben_is_told(world, visit, flyer):
    answer = visit(world.chie).post(REPORTS, json={"thing": "flyer", "thing_id": flyer, "reason": "wrong"})
    assert (answer.status_code, answer.json()["again"]) == (201, False)
    assert visit(world.ben).get(f"{API}/me").json()["unread"] == 1
    assert visit(world.fumi).get(f"{API}/me").json()["unread"] == 0
    assert visit(world.aki).get(f"{API}/me").json()["unread"] == 0


def test_the_same_report_twice_is_one(world, visit, flyer):
    chie, wish = visit(world.chie), {"thing": "flyer", "thing_id": flyer, "reason": "wrong"}
    first, again = chie.post(REPORTS, json=wish).json(), chie.post(REPORTS, json=wish).json()
    assert (first["id"], first["again"], again["again"]) == (again["id"], False, True)
    keyed = chie.post(REPORTS, json=wish, headers={"Idempotency-Key": "r"}).json()
    assert chie.post(REPORTS, json=wish, headers={"Idempotency-Key": "r"}).json() == keyed


def test_a_guest_points_at_a_post_and_at_a_topic(world, visit):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki)
        post = factories.post(tx, world.chie, topic.public_id)
    for thing, thing_id in (("topic", topic.public_id), ("post", post.public_id)):
        wish = {"thing": thing, "thing_id": thing_id, "reason": "other", "words": "電話番号が書いてあります"}
        assert visit().post(REPORTS, json=wish).status_code == 201


@pytest.mark.parametrize(
    ("changes", "status", "code", "fields"),
    [
        ({"thing": "moon"}, 422, "report_thing_wrong", ["thing"]),
        ({"reason": "dislike"}, 422, "report_reason_wrong", ["reason"]),
        ({"reason": "other"}, 422, "report_words_missing", ["words"]),
        ({"words": "あ" * 1001}, 422, "text_too_long", ["words"]),
        ({"thing_id": "nosuchflyer2"}, 404, "flyer_unknown", []),
        ({"thing_id": ["a"]}, 422, "text_wrong", ["thing_id"]),
    ],
)
def test_a_wrong_report_is_refused(world, visit, flyer, changes, status, code, fields):  # noqa: PLR0917
    wish = {"thing": "flyer", "thing_id": flyer, "reason": "wrong"} | changes
    problem(visit(world.chie).post(REPORTS, json=wish), status, code, *fields)


def test_what_one_cannot_see_one_cannot_point_at(world, visit):
    with db.transaction(write=True) as tx:
        held = factories.flyer(tx, world.dai).public_id
    problem(visit(world.chie).post(REPORTS, json={"thing": "flyer", "thing_id": held, "reason": "wrong"}), 404, "flyer_unknown")


def test_a_form_of_the_flyers_page_leads_back_to_it(world, visit, flyer):
    answer = visit().post(REPORTS, data={"thing": "flyer", "thing_id": flyer, "reason": "over"}, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{flyer}?reported=1")


def test_a_form_of_a_topics_page_leads_back_to_it_and_never_to_another_site(world, visit):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki).public_id
    wish = {"thing": "topic", "thing_id": topic, "reason": "rude"}
    ours = PAGE | {"Referer": f"http://testserver/b/hitoyoshi-hiroba/{topic}?x=1"}
    assert visit().post(REPORTS, data=wish, headers=ours).headers["location"] == f"/b/hitoyoshi-hiroba/{topic}?reported=1"
    for stranger in ("https://example.com/b/x", "http://testserver//example.com/f/x", "nonsense", ""):
        answer = visit().post(REPORTS, data=wish, headers=PAGE | {"Referer": stranger})
        assert answer.headers["location"] == "/?reported=1"


def test_a_wrong_form_gets_a_page_and_a_program_gets_a_problem(world, visit, flyer):
    wish = {"thing": "flyer", "thing_id": flyer, "reason": "other"}
    page = visit().post(REPORTS, data=wish, headers=PAGE)
    assert page.status_code == 422
    assert page.headers["content-type"].startswith("text/html")
    assert "少し書いてください" in page.text
    program = visit().post(REPORTS, data=wish, headers={"Accept": "application/json, text/html"})
    problem(program, 422, "report_words_missing", "words")


def test_who_reports_without_end_is_asked_to_wait(world, visit):
    with db.transaction(write=True) as tx:
        flyers = [factories.flyer(tx, world.aki, title=f"市 {number}").public_id for number in range(11)]
    chie = visit(world.chie)
    answers = [chie.post(REPORTS, json={"thing": "flyer", "thing_id": one, "reason": "wrong"}) for one in flyers]
    assert {answer.status_code for answer in answers[:10]} == {201}
    problem(answers[10], 429, "reports_too_many")
