"""Aki's writing rests: home, the open topic, the public page and /me say until when, why, and where to object."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.i18n import t
from tamemap.models import Case
from tamemap.services import cases, reports
from tamemap.ui.screens.home_state import HomeState
from tamemap.ui.screens.me_state import MeState
from tests import factories
from tests.ui.harness import Tab

TOWN = "/?map=hitoyoshi&tab=boards"


@pytest.fixture
def rest(world):
    """What Aki is to read: the topic, the words, the address."""
    with db.transaction(write=True) as tx:
        talk = factories.topic(tx, world.aki).public_id
        reports.make(tx, world.chie, thing="topic", thing_id=talk, reason="rude")
        case = tx.exec(select(Case.public_id)).one()
        wish = {"decision": "suspend", "rule": "harassment", "days": 7}
        ((_, decision),) = cases.decide(tx, world.ben, public_ids=(case,), **wish).done
    rule = t("care.rule_said.harassment")
    return talk, t("care.rest", until="11月29日（日） 12:00", region="人吉球磨", rule=rule), f"/decisions/{decision}"


def test_home_and_the_open_topic_say_why_aki_cannot_write(world, rest):
    talk, words, url = rest
    tab = Tab(HomeState, world.aki, path=f"{TOWN}&topic={talk}").send("enter")
    assert (tab.rest.words, tab.rest.url, tab.rest.link) == (words, url, t("care.rest_object"))
    assert (tab.board.may_open, tab.topic.may_write) == (False, False)
    assert Tab(HomeState, world.chie, path=TOWN).send("enter").rest.words == ""
    # another region is not meant
    assert tab.send("choose_town", slug="kashima").rest.words == ""


def test_aki_who_was_writing_is_refused_in_clear_words_and_the_form_stays(world, rest):
    talk, _, _ = rest
    tab = Tab(HomeState, world.aki, path=f"{TOWN}&topic={talk}").send("enter")
    tab.send("answer", sent={"body": "長い長い返事", "group": ""})
    assert (tab.problem, tab.done) == (t("errors.suspended", until="2026-11-29 12:00"), "")


def test_my_page_says_it_too(world, rest):
    _, words, url = rest
    assert [(one.words, one.url) for one in Tab(MeState, world.aki).send("enter").rests] == [(words, url)]
    assert Tab(MeState, world.chie).send("enter").rests == []
    assert Tab(MeState).send("enter").rests == []
