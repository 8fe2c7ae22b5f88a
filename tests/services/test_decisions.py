"""What staff decide: let up, recall, delete; one or several at once; happy, forbidden, invalid, twice."""

from __future__ import annotations

import json

import pytest
from sqlmodel import select

from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import Flyer, Map, Notice, OutboxEntry, Placement, PlacementChange
from tamemap.queries.flyer import at_desk
from tamemap.queries.history import history
from tamemap.services import decisions, flyers, reports
from tests import factories
from tests.factories import KASHIMA, NISHIKI, OFFICES


def standings(tx, public_id):
    """Its states by map."""
    rows = tx.exec(select(Map.slug, Placement.state).join(Map).join(Flyer).where(Flyer.public_id == public_id))
    return dict(rows.all())


def told(tx, actor):
    """What somebody has been told."""
    rows = tx.exec(select(Notice).where(Notice.person_id == actor.person_id).order_by(Notice.id))
    return [(row.code, json.loads(row.params)) for row in rows]


@pytest.fixture
def held(world, tx):
    """Dai's flyer, with the tick."""
    return factories.flyer(tx, world.dai, outside=True, title="フリーマーケット").public_id


@pytest.fixture
def fair(world, tx):
    """Aki's flyer on both maps."""
    return factories.flyer(tx, world.aki, outside=True).public_id


@pytest.mark.parametrize(
    ("placement", "after"),
    [
        ("all", {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}),
        ("resident", {"hitoyoshi": "up", "hitoyoshi-kuma": "held"}),
        ("outside", {"hitoyoshi": "held", "hitoyoshi-kuma": "up"}),
    ],
)
def test_ben_lets_it_up_where_he_says(world, tx, held, placement, after):
    decided = decisions.decide(tx, world.ben, public_id=held, decision="up", placement=placement)
    assert {one.map_slug: one.state for one in decided.placements} == standings(tx, held) == after


def test_a_recall_is_told_to_its_poster_with_the_reason_and_by_mail(world, tx, fair):
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason=" 日にちが\u200b違います ")
    assert standings(tx, fair) == {"hitoyoshi": "recalled", "hitoyoshi-kuma": "recalled"}
    assert told(tx, world.aki) == [("case_hold", {"title": "秋の市", "rule": "そのほか", "words": "日にちが違います"})]
    mail = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail")).one().payload
    assert mail["to"] == "aki@example.jp"
    assert "日にちが違います" in mail["text"]


def test_a_guest_is_told_by_the_flyer_itself(world, tx, held):
    decisions.decide(tx, world.ben, public_id=held, decision="recall", reason="広告です")
    assert [one.reason for one in history(tx, world.dai, public_id=held)][-2:] == ["広告です"] * 2


def test_letting_up_again_says_so_and_forgets_the_reason(world, tx, fair):
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="x")
    decided = decisions.decide(tx, world.emi, public_id=fair, decision="up")
    assert [(one.state, one.reason) for one in decided.placements] == [("up", "")] * 2
    assert [code for code, _ in told(tx, world.aki)] == ["case_hold", "flyer_up"]


def test_what_its_poster_took_off_the_regional_map_is_not_put_there_by_staff(world, tx, fair):
    flyers.set_outside(tx, world.aki, public_id=fair, outside=False)
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="x")
    decisions.decide(tx, world.ben, public_id=fair, decision="up")
    assert standings(tx, fair) == {"hitoyoshi": "up", "hitoyoshi-kuma": "withdrawn"}


def test_a_deletion_is_told_and_final_for_everybody_else(world, tx, fair):
    decided = decisions.decide(tx, world.ben, public_id=fair, decision="delete", reason="重複しています")
    assert {one.state for one in decided.placements} == {"withdrawn"}
    assert told(tx, world.aki) == [("case_remove", {"title": "秋の市", "rule": "そのほか", "words": "重複しています"})]
    with pytest.raises(Gone):
        decisions.decide(tx, world.ben, public_id=fair, decision="up")


def test_who_may_not_decide(world, tx, fair):
    members = [(somebody, Forbidden) for somebody in (world.aki, world.chie, world.fumi)]
    for somebody, error in [*members, (world.dai, Unauthenticated)]:
        with pytest.raises(error):
            decisions.decide(tx, somebody, public_id=fair, decision="recall", reason="x")
    lat, lng = OFFICES[KASHIMA]
    there = factories.flyer(tx, world.aki, at=(lat, lng)).public_id
    with pytest.raises(Forbidden):
        decisions.decide(tx, world.emi, public_id=there, decision="recall", reason="x")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"decision": "burn"}, "decision_wrong"),
        ({"decision": "up", "placement": "moon"}, "placement_wrong"),
        ({"decision": "recall", "reason": "\u200b \n"}, "reason_missing"),
        ({"decision": "delete"}, "reason_missing"),
        ({"decision": "recall", "reason": "あ" * 501}, "too_long"),
    ],
)
def test_a_wrong_decision_decides_nothing(world, tx, fair, wish, code):
    with pytest.raises(Invalid, match=code):
        decisions.decide(tx, world.ben, public_id=fair, **wish)
    assert standings(tx, fair) == {"hitoyoshi": "up", "hitoyoshi-kuma": "up"}


def test_there_is_nothing_to_decide_where_it_never_stood(world, tx):
    inside = factories.flyer(tx, world.aki).public_id
    with pytest.raises(Conflict, match="decision_impossible"):
        decisions.decide(tx, world.ben, public_id=inside, decision="up", placement="outside")
    with pytest.raises(NotFound):
        decisions.decide(tx, world.ben, public_id="nosuchflyer2", decision="up")


def test_deciding_the_same_twice_changes_and_tells_once(world, tx, held, fair):
    for _ in range(2):
        decisions.decide(tx, world.ben, public_id=held, decision="up")
        decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="x")
    assert len(told(tx, world.aki)) == 1
    assert len(tx.exec(select(PlacementChange).where(PlacementChange.actor_id == world.ben.person_id)).all()) == 4


def test_recalling_or_deleting_settles_the_reports_about_it(world, tx, fair):
    made = reports.make(tx, world.chie, thing="flyer", thing_id=fair, reason="wrong")
    decisions.decide(tx, world.ben, public_id=fair, decision="recall", reason="x")
    assert reports.close(tx, world.ben, report=made.public_id).again is True


def test_several_at_once_and_those_that_cannot_be_are_named(world, tx, held, fair):
    lat, lng = OFFICES[NISHIKI]
    foreign = factories.flyer(tx, world.aki, at=(lat, lng)).public_id
    wished = (held, foreign, fair, "nosuchflyer2", held)
    done = decisions.decide_many(tx, world.ben, public_ids=wished, decision="recall", reason="x")
    assert [one.public_id for one in done.done] == [held, fair]
    assert done.refused == ((foreign, "not_allowed_staff_only"), ("nosuchflyer2", "flyer_unknown"))
    assert standings(tx, foreign) == {"nishiki": "up"}
    again = decisions.decide_many(tx, world.ben, public_ids=(held, fair), decision="recall", reason="x")
    assert [one.public_id for one in again.done] == [held, fair]


def test_several_need_a_reason_too_and_are_fifty_at_most(world, tx, fair):
    wrong = [((fair,), "", "reason_missing"), ((), "x", "too_many_at_once"), ((fair,) * 51, "x", "too_many_at_once")]
    for ids, reason, code in wrong:
        with pytest.raises(Invalid, match=code):
            decisions.decide_many(tx, world.ben, public_ids=ids, decision="recall", reason=reason)
    refused = decisions.decide_many(tx, world.dai, public_ids=(fair,), decision="recall", reason="x").refused
    assert refused == ((fair, "sign_in_first"),)


def test_the_desk_shows_ben_what_waits_in_his_town_and_emi_in_all_of_hers(world, tx, held, fair):
    lat, lng = OFFICES[NISHIKI]
    factories.flyer(tx, world.dai, at=(lat, lng), title="錦のもの")
    assert [one.card.title for one in at_desk(tx, world.ben)] == ["フリーマーケット"]
    assert [one.card.title for one in at_desk(tx, world.fumi)] == ["錦のもの"]
    assert [one.card.title for one in at_desk(tx, world.emi)] == ["フリーマーケット", "錦のもの"]
    assert [one.card.title for one in at_desk(tx, world.ben, state="up")] == ["秋の市"]
    for somebody, error in ((world.aki, NotFound), (world.dai, Unauthenticated)):
        with pytest.raises(error):
            at_desk(tx, somebody)
