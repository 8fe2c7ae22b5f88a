"""Pointing staff at a topic or a post: by a plain form, as a guest or as a member, and nothing typed is lost."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Report
from tamemap.services import reports
from tests.web.browsers import API, browser
from tests.web.pages import read


@pytest.fixture
def talk(world):
    """A topic of Aki's with a post of Chie's: their ids and the topic's page."""
    topic = browser(world.aki).post(f"{API}/boards/hitoyoshi-hiroba/topics", json={"title": "朝市", "body": "行きますか"}).json()
    post = browser(world.chie).post(f"{API}/topics/{topic['id']}/posts", json={"body": "いやな言葉"}).json()
    return topic["id"], post["id"], f"/b/hitoyoshi-hiroba/{topic['id']}"


def told() -> list[tuple[str, str, str, str]]:
    """The reports there are: (thing, its id, reason, words)."""
    with db.transaction(write=False) as session:
        return [(one.thing, one.thing_id, one.reason, one.words) for one in session.exec(select(Report))]


def test_a_guest_points_at_a_post_from_the_topic_and_is_thanked_there(talk):
    _, post, page = talk
    dai = browser()
    shown = read(dai.get(page))
    assert shown.one("a", href=f"/posts/{post}/report")
    form = read(dai.get(f"/posts/{post}/report"))
    assert "いやな言葉" in form.text
    assert form.one("a", href=page)
    answer = dai.post(f"/posts/{post}/report", data={"reason": "rude", "words": "きつい言い方です"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?said=reported")
    assert t("said.reported") in dai.get(answer.headers["location"]).text
    assert told() == [("post", post, "rude", "きつい言い方です")]


def test_a_topic_is_pointed_at_from_its_foot(talk, world):
    topic, _, page = talk
    chie = browser(world.chie)
    assert read(chie.get(page)).one("a", href=f"/topics/{topic}/report")
    assert (
        chie.post(f"/topics/{topic}/report", data={"reason": "advert", "words": ""}).headers["location"]
        == f"{page}?said=reported"
    )
    assert told() == [("topic", topic, "advert", "")]


def test_what_was_typed_comes_back_when_the_reason_is_missing(talk):
    _, post, _ = talk
    answer = browser().post(f"/posts/{post}/report", data={"words": "長く考えて書いた"})
    assert answer.status_code == 422
    page = read(answer)
    assert t("errors.report_reason_wrong") in page.text
    assert page.one("textarea", name="words").text == "長く考えて書いた"
    assert told() == []


def test_too_many_reports_are_refused_with_the_words_still_there(talk, world, monkeypatch):
    topic, post, _ = talk
    monkeypatch.setattr(reports, "PER_HOUR", 1)
    assert browser(world.aki).post(f"/topics/{topic}/report", data={"reason": "over"}).status_code == 303
    answer = browser(world.aki).post(f"/posts/{post}/report", data={"reason": "rude", "words": "まだあります"})
    assert answer.status_code == 429
    page = read(answer)
    assert page.one("textarea", name="words").text == "まだあります"
    assert "checked" in page.one("input", value="rude").attributes


@pytest.mark.parametrize("address", ["/posts/nothingatall/report", "/topics/nothingatall/report", "/posts/x/report"])
def test_nothing_can_be_pointed_at_that_is_not_there(world, address):
    assert browser().get(address).status_code == 404
    assert browser().post(address, data={"reason": "rude"}).status_code == 404


def test_nobody_is_asked_to_report_their_own_post(talk, world):
    _, post, page = talk
    assert f"/posts/{post}/report" not in browser(world.chie).get(page).text


def test_a_post_that_is_gone_is_said_to_be_gone(talk, world):
    _, post, _ = talk
    assert browser(world.chie).delete(f"{API}/posts/{post}").status_code in {200, 204}
    assert browser().get(f"/posts/{post}/report").status_code == 410
