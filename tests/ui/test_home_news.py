"""The home screen of somebody who comes back: what is new, what is unread, and following."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Topic, TopicMark
from tamemap.services import answers, boards, visits
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.factories import HITOYOSHI, HOUR, OFFICES
from tests.ui.harness import Tab

TOWN = "/?map=hitoyoshi&tab=boards"


@pytest.fixture
def talk(world):
    """A topic of Aki's at a place, who was here then; since an hour Ben's answer stands in it."""
    with db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki, title="川の話", kind="proposal").public_id
        row = tx.query(Topic).one()
        row.lat, row.lng = OFFICES[HITOYOSHI]
        visits.come(tx, world.aki, slug="hitoyoshi")
    with clock.frozen_at(clock.now() + HOUR):
        with db.transaction(write=True) as tx:
            factories.post(tx, world.ben, made)
        yield made


def marks_of(actor):
    with db.transaction(write=False) as tx:
        return tx.query(TopicMark).filter(TopicMark.person_id == actor.person_id).all()


def test_aki_comes_back_reads_and_it_is_no_news_any_more(world, talk):
    tab = Tab(HomeState, world.aki, path=TOWN).send("enter")
    assert [(one.topic, one.title, one.words) for one in tab.news] == [(talk, "川の話", t("home_news.posts", count=1))]
    assert (tab.news_count, tab.near, tab.news_more) == (1, [], "")
    assert [(one.unread, one.seen) for one in tab.topics] == [(1, False)]
    assert [one.news for one in tab.boards] == [1]
    tab.send("open_topic", public_id=talk)
    assert tab.follows_topic is True
    tab.send("close_topic")
    assert (tab.news, tab.news_count, [(one.unread, one.seen) for one in tab.topics]) == ([], 0, [(0, True)])
    assert [one.news for one in tab.boards] == [0]


def test_answers_new_topics_and_flyers_nearby_stand_there(world, talk):
    with db.transaction(write=True) as tx:
        answers.answer(tx, world.ben, topic=talk, state="adopted")
        for number in range(5):
            boards.open_topic(tx, world.chie, board="hitoyoshi-hiroba", kind="talk", title=f"話{number}", body="です")
        factories.flyer(tx, world.chie, title="川開き", venue="川原", starts_at="2026-12-05")
    tab = Tab(HomeState, world.aki, path=TOWN).send("enter")
    words = [one.words for one in tab.news]
    assert words == [t("home_news.answer", state=t("answers.state.adopted")), *[t("home_news.opened")] * 3]
    assert (tab.news[0].answer, tab.news_more, tab.news_count) == (True, t("home_news.more", count=2), 5)
    assert [(one.title, one.venue, one.date, bool(one.picture.jpeg)) for one in tab.near] == [
        ("川開き", "川原", "12月5日（土）", True)
    ]


def test_a_guest_has_no_news_and_leaves_no_mark(world, talk):
    tab = Tab(HomeState, path=TOWN).send("enter").send("open_topic", public_id=talk)
    assert (tab.news, tab.news_count, [one.unread for one in tab.topics], tab.problem) == ([], 0, [0], "")
    assert len(marks_of(world.aki)) == 1
    assert tab.send("follow_topic", on=True).problem == t("errors.sign_in_first")
    assert tab.send("follow_board", on=True).problem == t("errors.sign_in_first")


def test_chie_follows_and_stops(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    assert (tab.follows_topic, tab.follows_board) == (False, False)
    for on in (True, False):
        assert (tab.send("follow_topic", on=on).follows_topic, tab.send("follow_board", on=on).follows_board) == (on, on)
        assert tab.toast == t("said.board_followed" if on else "said.board_unfollowed")
    tab.send("follow_board", on=True)
    assert Tab(HomeState, world.chie, path=TOWN).send("enter").follows_board is True
    assert tab.send("follow_topic", on="ja").problem == t("errors.request_wrong")


def test_who_answers_follows_from_then_on(world, talk):
    tab = Tab(HomeState, world.chie, path=TOWN).send("enter").send("open_topic", public_id=talk)
    tab.send("answer", sent={"body": "わたしも"})
    assert (tab.follows_topic, tab.problem) == (True, "")
    with clock.frozen_at(clock.now() + HOUR), db.transaction(write=True) as tx:
        factories.post(tx, world.aki, talk, body="ありがとう")
    assert [one.unread for one in Tab(HomeState, world.chie, path=TOWN).send("enter").topics] == [1]


def test_further_topics_of_the_list_are_marked_too(world):
    start = clock.now()
    with db.transaction(write=True) as tx:
        for number in range(22):
            with clock.frozen_at(start + number * HOUR):
                made = factories.topic(tx, world.aki, title=f"話{number}")
                if number == 0:
                    first = made.public_id
        with clock.frozen_at(start - HOUR):
            factories.post(tx, world.ben, first)
            tx.query(Topic).filter(Topic.public_id == first).one().last_post_at = start
    tab = Tab(HomeState, world.aki, path=TOWN).send("enter").send("more_topics")
    assert (tab.topics[-1].id, tab.topics[-1].unread, len(tab.topics)) == (first, 1, 22)
