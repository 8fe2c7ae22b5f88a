"""The desk's State: Ben curates 人吉市, Fumi its neighbour, Emi the region; others find a kind word and nothing else."""

from __future__ import annotations

import pytest

from tamemap import clock, db
from tamemap.domain.actors import STRONG_LIFE
from tamemap.i18n import t
from tamemap.models import Flyer, Placement, SignedIn
from tamemap.services import reports
from tamemap.ui.screens.desk_state import DeskState
from tests import factories
from tests.ui.harness import Tab, everything

REASON = {"reason": "日付がちがうようです"}


@pytest.fixture
def held(world):
    """Dai's flyers that wait since an hour in 人吉市, and one in 錦町."""
    with clock.frozen_at(clock.now() - factories.HOUR), db.transaction(write=True) as tx:
        there = factories.OFFICES[factories.NISHIKI]
        own = [factories.flyer(tx, world.dai, title=title, outside=True).public_id for title in ("朝市", "夕市")]
        return own, factories.flyer(tx, world.dai, title="錦の市", at=there).public_id


def states(public_id):
    with db.transaction(write=False) as tx:
        flyer = tx.query(Flyer).filter(Flyer.public_id == public_id).one()
        return [one.state for one in tx.query(Placement).filter(Placement.flyer_id == flyer.id).order_by(Placement.id)]


def test_ben_sees_his_towns_queue_fumi_hers_emi_both(world, held):
    titles = {
        name: [one.title for one in Tab(DeskState, getattr(world, name)).send("enter").flyers] for name in ("ben", "fumi", "emi")
    }
    assert titles == {"ben": ["朝市", "夕市"], "fumi": ["錦の市"], "emi": ["朝市", "夕市", "錦の市"]}
    emi = Tab(DeskState, world.emi).send("enter").send("show_town", code=factories.NISHIKI)
    assert [one.title for one in emi.flyers] == ["錦の市"]


def test_guests_and_neighbours_find_a_kind_word_and_no_flyer(world, held):
    for actor, why in ((None, "guest"), (world.aki, "stranger")):
        tab = Tab(DeskState, actor).send("enter")
        assert (tab.refused, tab.flyers, tab.towns, tab.problem) == (why, [], [], "")
        assert tab.send("show_tab", tab="reports").reports == []


def test_ben_lets_up_and_takes_it_back_from_the_toast(world, held):
    (first, _), _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("put_up", public_ids=[first])
    assert (states(first), tab.toast) == (["up", "up"], t("desk.done_up", n=1))
    tab.send("take_back")
    assert (states(first), tab.undo) == (["recalled", "recalled"], "")


def test_a_recall_needs_a_reason_and_keeps_its_form_until_there_is_one(world, held):
    (first, _), _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("ask_reason", decision="recall", public_ids=[first])
    assert (tab.asking, tab.asked_title) == ("recall", "朝市")
    tab.send("decide", sent={"reason": ""})
    assert (tab.wrong, tab.asking, states(first)) == ({"reason": t("errors.reason_missing")}, "recall", ["held", "held"])
    tab.send("decide", sent=REASON)
    assert (tab.asking, states(first)) == ("", ["recalled", "recalled"])


def test_undoing_the_recall_of_what_waited_would_let_it_up_so_there_is_none(world, held):
    (first, _), _ = held
    tab = (
        Tab(DeskState, world.ben)
        .send("enter")
        .send("ask_reason", decision="recall", public_ids=[first])
        .send("decide", sent=REASON)
    )
    assert tab.undo == ""
    tab.send("take_back")
    assert states(first) == ["recalled", "recalled"]


def test_a_recall_of_what_stood_is_undone(world, held):
    (first, _), _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("put_up", public_ids=[first]).send("show_tab", tab="up")
    tab.send("ask_reason", decision="recall", public_ids=[first]).send("decide", sent=REASON)
    assert (states(first), tab.flyers) == (["recalled", "recalled"], [])
    tab.send("take_back")
    assert (states(first), [one.id for one in tab.flyers]) == (["up", "up"], [first])


def test_a_deleted_flyer_comes_back(world, held):
    (first, _), _ = held
    tab = (
        Tab(DeskState, world.ben)
        .send("enter")
        .send("ask_reason", decision="delete", public_ids=[first])
        .send("decide", sent=REASON)
    )
    assert first not in [one.id for one in tab.flyers]
    tab.send("take_back")
    assert (states(first), first in [one.id for one in tab.flyers]) == (["held", "held"], True)


def test_several_at_once(world, held):
    own, _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("choose_all", on=True)
    assert tab.chosen == own
    tab.send("choose", public_id=own[1], on=False).send("choose", public_id="2222222222zz", on=True)
    assert tab.chosen == own[:1]
    tab.send("choose_all", on=True).send("put_up", public_ids=tab.chosen)
    assert ([states(one) for one in own], tab.chosen, tab.toast) == ([["up", "up"]] * 2, [], t("desk.done_up", n=2))


def test_what_is_not_bens_stays_as_it_is_and_the_rest_is_done(world, held):
    (first, _), other = held
    tab = Tab(DeskState, world.ben).send("enter").send("put_up", public_ids=[first, other])
    assert (states(first), states(other)) == (["up", "up"], ["held"])
    assert tab.problem == t("desk.refused", n=1, why=t("errors.not_allowed_staff_only"))


@pytest.mark.parametrize("who", ["dai", "aki", "fumi"])
def test_nobody_else_decides_whatever_their_tab_says(world, held, who):
    (first, second), _ = held
    tab = Tab(DeskState, None if who == "dai" else getattr(world, who)).send("enter")
    tab.state.asking, tab.state.asked, tab.state.undo = "recall", [first], f"delete {second}"
    before = everything()
    tab.send("put_up", public_ids=[first]).send("decide", sent=REASON).send("take_back").send("open_case", public_id=first)
    assert (everything(), tab.opened, tab.facts, tab.steps) == (before, "", [], [])


def test_the_case_shows_facts_and_who_did_what(world, held):
    (first, _), _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("put_up", public_ids=[first]).send("show_tab", tab="up")
    tab.send("open_case", public_id=first)
    guest = t("actor_kinds.guest")
    who = t("desk.who", name="Ben", kind=t("actor_kinds.staff"))
    assert [step.text for step in tab.steps] == [
        t("desk.step", who=guest, map="人吉市マップ", step=t("placement_first.held")),
        t("desk.step", who=guest, map="人吉球磨マップ", step=t("placement_first.held")),
        t("desk.step", who=who, map="人吉市マップ", step=t("placement_step.up")),
        t("desk.step", who=who, map="人吉球磨マップ", step=t("placement_step.up")),
    ]
    assert tab.send("open_case", public_id=first).opened == ""


def test_a_report_is_closed_once_by_staff_of_its_town(world):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki, title="ひろば")
        reports.make(tx, world.chie, thing="topic", thing_id=topic.public_id, reason="wrong", words="ちがいます")
    ben = Tab(DeskState, world.ben).send("show_tab", tab="reports")
    assert [(one.title, one.reason, one.words) for one in ben.reports] == [("ひろば", t("report_reasons.wrong"), "ちがいます")]
    fumi = Tab(DeskState, world.fumi).send("show_tab", tab="reports")
    assert fumi.reports == []
    assert fumi.send("close_report", public_id=ben.reports[0].id).problem == t("errors.not_allowed_staff_only")
    ben.send("close_report", public_id=ben.reports[0].id)
    assert (ben.reports, ben.toast) == ([], t("desk.report_closed"))


def test_a_desk_whose_proof_is_over_loses_its_powers_and_says_how_to_go_on(world, held):
    (first, _), _ = held
    tab = Tab(DeskState, world.ben).send("enter").send("choose", public_id=first, on=True)
    tab.send("ask_reason", decision="recall", public_ids=[first])
    with clock.frozen_at(clock.now() + STRONG_LIFE):
        before = everything()
        tab.send("decide", sent=REASON)
        assert (everything(), tab.refused, tab.flyers, tab.asking, tab.chosen) == (before, "waiting", [], "", [])
        assert tab.send("enter").refused == "waiting"
        assert tab.send("show_tab", tab="reports").refused == "waiting"


@pytest.mark.parametrize("handler", ["open_case", "put_up", "take_back", "show_town"])
@pytest.mark.parametrize(("ending", "refused"), [("proof", "waiting"), ("session", "guest")])
def test_an_open_desk_ends_with_its_session_and_with_its_proof(world, held, handler, ending, refused):
    (first, _), _ = held
    sent = {"open_case": {"public_id": first}, "put_up": {"public_ids": [first]}, "show_town": {"code": factories.HITOYOSHI}}
    tab = Tab(DeskState, world.ben).send("enter")
    tab.state.undo = f"delete {first}"
    with db.transaction(write=True) as tx:
        tx.query(SignedIn).delete() if ending == "session" else tx.query(SignedIn).update({"strong_at": None})
    before = everything()
    tab.send(handler, **sent.get(handler, {}))
    assert (everything(), tab.refused, tab.flyers, tab.towns, tab.opened, tab.undo) == (before, refused, [], [], "", "")


def test_what_led_to_the_desk_is_said(world):
    assert Tab(DeskState, world.ben, path="/desk?said=invitation_staff").send("enter").toast == t("said.invitation_staff")
