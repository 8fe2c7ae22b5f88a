"""The home screen while writing rests: it is said why, the form is gone, and what somebody typed meanwhile is not lost."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.services import board_rooms, quiet, themes
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.conftest import NOON
from tests.factories import DAY
from tests.ui.harness import Tab

TOWN = "/?map=hitoyoshi&tab=boards"
WORDS = "あすの朝まで休みます。"


@pytest.fixture
def talk(world):
    """A topic of Aki's."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki).public_id


def close(world):
    with db.transaction(write=True) as tx:
        quiet.close_writing(tx, world.ben, map_slug="hitoyoshi", words=WORDS)


def test_the_board_and_the_topic_say_why_nobody_writes(world, talk):
    close(world)
    tab = Tab(HomeState, world.aki, path=f"{TOWN}&topic={talk}").send("enter")
    said = t("errors.writing_closed", words=WORDS)
    assert (tab.board.quiet, tab.board.may_open, tab.topic.quiet, tab.topic.may_write) == (said, False, said, False)
    ben = Tab(HomeState, world.ben, path=f"{TOWN}&topic={talk}").send("enter")
    assert (ben.board.may_open, ben.topic.may_write) == (True, True)


def test_chie_who_was_writing_is_refused_kindly_and_her_form_stays(world, talk):
    tab = Tab(HomeState, world.chie, path=f"{TOWN}&topic={talk}").send("enter")
    close(world)
    tab.send("answer", sent={"body": "長い長い返事", "group": ""})
    assert tab.problem == t("errors.writing_closed", words=WORDS)
    # the form is still there, and no draft was called sent
    assert (tab.view, tab.topic.may_write, tab.done) == ("topic", True, "")
    tab.send("start_topic").send("send_topic", sent={"kind": "talk", "title": "題", "body": "本文", "group": ""})
    assert (tab.view, tab.problem, tab.done) == ("new", t("errors.writing_closed", words=WORDS), "")


def test_new_boards_stand_in_their_order_and_closed_ones_are_gone(world):
    with db.transaction(write=True) as tx:
        for slug, name in (("hitoyoshi-iju", "移住"), ("hitoyoshi-kosodate", "子育て")):
            board_rooms.make(tx, world.ben, map_slug="hitoyoshi", name=name, slug=slug)
        board_rooms.move(tx, world.ben, board="hitoyoshi-kosodate", earlier=True)
    tab = Tab(HomeState, path=TOWN).send("enter")
    assert [one.name for one in tab.boards] == ["広場", "子育て", "移住"]
    with db.transaction(write=True) as tx:
        board_rooms.close(tx, world.ben, board="hitoyoshi-kosodate")
    tab.send("show_board", slug="hitoyoshi-kosodate")
    assert ([one.name for one in tab.boards], tab.board.name) == (["広場", "移住"], "広場")


def test_a_theme_shows_its_cover_its_period_and_at_its_end_its_closing_words(world):
    with db.transaction(write=True) as tx:
        cover = factories.waiting_picture(tx, world.ben)
        name = cover.resident_name
        made = themes.open_theme(
            tx, world.ben, board="hitoyoshi-hiroba", title="好きな川", body="どうぞ", cover=cover.public_id,
            period={"opens_on": "2026-11-23", "ends_on": "2026-11-30"}, closing_words="ありがとう",
        )  # fmt: skip
    tab = Tab(HomeState, world.aki, path=f"{TOWN}&topic={made.public_id}").send("enter")
    assert (tab.topic.coming, tab.topic.may_write, tab.topic.period) == (True, False, "11月23日（月・祝）から")
    assert tab.topic.cover.jpeg == f"/p/{name}/320.jpeg"
    with clock.frozen_at(NOON + DAY):
        tab.send("enter")
        assert (tab.topics[0].period, tab.topic.may_write, tab.topic.closing) == ("11月30日（月）まで", True, "")
    with clock.frozen_at(NOON + 9 * DAY):
        tab.send("enter")
        assert (tab.topic.closed, "ありがとう" in tab.topic.closing) == (True, True)
