"""The audit trail: every deed by office leaves one entry, the same deed by its author none; it can only be added to."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from tamemap import clock, db
from tamemap.errors import Forbidden, Invalid, Unauthenticated
from tamemap.models import AuditEntry, Person
from tamemap.queries.audit import Wanted, choices, entries, wanted_of
from tamemap.services import audit, authority, boards, decisions, flyers, invitations, posts, reports, staff, tokens
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI, OFFICES


def trail(tx, actor=None):
    query = select(AuditEntry).order_by(AuditEntry.id)
    return [row for row in tx.exec(query).all() if actor is None or row.actor_id == actor.person_id]


def flyer(tx, world):
    return factories.flyer(tx, world.aki, outside=True).public_id


def topic(tx, world):
    return factories.topic(tx, world.aki).public_id


def post(tx, world):
    return factories.post(tx, world.aki, topic(tx, world)).public_id


# by verb: what is there before, the deed, and what of it stands in the trail besides the thing
DEEDS = {
    "flyer.change": (
        flyer,
        lambda tx, who, one: flyers.change(tx, who, public_id=one, raw={"title": "冬の市"}),
        {"fields": ["title"]},
    ),
    "flyer.delete": (flyer, lambda tx, who, one: flyers.delete(tx, who, public_id=one, reason="古い"), {}),
    "flyer.place_outside": (
        flyer,
        lambda tx, who, one: flyers.set_outside(tx, who, public_id=one, outside=False),
        {"outside": False},
    ),
    "topic.close": (topic, lambda tx, who, one: boards.close_topic(tx, who, topic=one), {}),
    "post.remove": (post, lambda tx, who, one: posts.remove_post(tx, who, post=one, reason="荒い"), {}),
}


@pytest.mark.parametrize("verb", DEEDS)
def test_what_ben_does_by_his_office_is_written_down_once_and_the_authors_own_deed_is_not(tx, world, verb):
    before, deed, detail = DEEDS[verb]
    deed(tx, world.aki, before(tx, world))
    assert trail(tx) == []
    thing = before(tx, world)
    deed(tx, world.ben, thing)
    (entry,) = trail(tx)
    assert (entry.verb, entry.actor_id, entry.actor_kind) == (verb, world.ben.person_id, "staff")
    assert (entry.thing, entry.thing_id, entry.detail) == (verb.split(".")[0], thing, detail)
    assert (entry.municipality_code, entry.at, entry.token_id) == (HITOYOSHI, clock.now(), None)


@pytest.mark.parametrize("decision", ["recall", "delete"])
def test_a_decision_is_one_entry_also_when_it_deletes(tx, world, decision):
    one = flyer(tx, world)
    decisions.decide(tx, world.ben, public_id=one, decision=decision, reason="雨で中止")
    (entry,) = trail(tx)
    assert (entry.verb, entry.thing_id, entry.detail) == ("flyer.decide", one, {"decision": decision, "placement": "all"})


def test_of_many_decisions_only_those_that_came_about_are_written_down(tx, world):
    here, there = flyer(tx, world), factories.flyer(tx, world.chie, at=OFFICES[NISHIKI]).public_id
    decided = decisions.decide_many(tx, world.ben, public_ids=(here, there), decision="recall", reason="雨で中止")
    assert len(decided.done) == 1
    assert [entry.thing_id for entry in trail(tx)] == [here]


def test_a_theme_a_removed_topic_and_a_closed_report_stand_in_the_trail(tx, world):
    theme = boards.open_topic(tx, world.ben, board="hitoyoshi-hiroba", kind="theme", title="お題", body="川のことを。").public_id
    talk = topic(tx, world)
    made = reports.make(tx, world.chie, thing="topic", thing_id=talk, reason="rude")
    reports.close(tx, world.ben, report=made.public_id)
    boards.remove_topic(tx, world.ben, topic=talk, reason="荒い")
    found = [(entry.verb, entry.thing, entry.thing_id, entry.detail) for entry in trail(tx)]
    assert found == [
        ("topic.open_theme", "topic", theme, {}),
        ("report.see", "topic", talk, {"report": made.public_id}),
        ("topic.remove", "topic", talk, {}),
    ]


def test_ben_talking_like_anybody_leaves_nothing(tx, world):
    factories.topic(tx, world.ben)
    factories.flyer(tx, world.ben)
    assert trail(tx) == []


def test_what_is_refused_leaves_nothing(world):
    with db.transaction(write=True) as tx:
        one = flyer(tx, world)
    for actor, reason in ((world.fumi, "雨"), (world.ben, "")):
        with pytest.raises((Forbidden, Invalid)), db.transaction(write=True) as tx:
            decisions.decide(tx, actor, public_id=one, decision="recall", reason=reason)
    with db.transaction(write=False) as tx:
        assert trail(tx) == []


@pytest.mark.parametrize("deed", ["UPDATE audit_entry SET verb = 'flyer.see'", "DELETE FROM audit_entry"])
def test_the_database_itself_keeps_the_trail(world, deed):
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=flyer(tx, world), decision="recall", reason="雨で中止")
    with pytest.raises(DatabaseError, match="only be added to"), db.transaction(write=True) as tx:
        tx.connection().execute(text(deed))
    with db.transaction(write=False) as tx:
        assert [entry.verb for entry in trail(tx)] == ["flyer.decide"]


def test_when_everything_goes_the_trail_may_go_and_after_it_none_may(world):
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=flyer(tx, world), decision="recall", reason="雨で中止")
    with db.transaction(write=True) as tx, authority.trail_may_go(tx):
        tx.connection().execute(text("DELETE FROM audit_entry"))
    with db.transaction(write=True) as tx:
        assert trail(tx) == []
        decisions.decide(tx, world.ben, public_id=flyer(tx, world), decision="recall", reason="雨で中止")
    with pytest.raises(DatabaseError, match="only be added to"), db.transaction(write=True) as tx:
        tx.connection().execute(text("DELETE FROM audit_entry"))


@pytest.fixture
def done(tx, world):
    """Ben recalled Aki's 秋の市, Fumi one in 錦町, Emi one in 人吉市, an hour after another."""
    ids = []
    for hours, actor, at in ((0, world.ben, HITOYOSHI), (1, world.fumi, NISHIKI), (2, world.emi, HITOYOSHI)):
        with clock.frozen_at(clock.now() + timedelta(hours=hours)):
            ids.append(factories.flyer(tx, world.aki, at=OFFICES[at]).public_id)
            decisions.decide(tx, actor, public_id=ids[-1], decision="recall", reason="雨で中止")
    return ids


def test_leads_read_of_their_towns_and_operators_of_their_region(tx, world, done):
    def read(actor):
        return [(view.thing.id, view.kind, view.name) for view in entries(tx, actor).items]

    assert read(world.ben) == [(done[2], "operator", "Emi"), (done[0], "staff", "Ben")]
    assert read(world.fumi) == [(done[1], "staff", "Fumi")]
    assert read(world.emi) == [(done[2], "operator", "Emi"), (done[1], "staff", "Fumi"), (done[0], "staff", "Ben")]


def test_nobody_else_reads_it(tx, world):
    gina = factories.person(tx, "Gina")
    invitations.give_staff(tx, person_id=gina.person_id, municipality_code=HITOYOSHI, level="curator")
    tx.flush()
    curator = factories.actor_of_person(tx, tx.get_one(Person, gina.person_id))
    for actor, error in ((curator, Forbidden), (world.aki, Forbidden), (world.dai, Unauthenticated)):
        for read in (entries, choices):
            with pytest.raises(error):
                read(tx, actor)


def test_an_entry_has_names_as_they_are_today(tx, world, done):
    staff.change(tx, world.emi, person=world.ben.public_id, municipality_code=HITOYOSHI, level="lead", department="総務課")
    view = entries(tx, world.ben, wanted=Wanted(thing=done[0])).items[0]
    assert (view.name, view.place, view.department, view.verb) == ("Ben", "人吉市", "総務課", "flyer.decide")
    assert (view.thing.name, view.thing.url) == ("秋の市", f"/f/{done[0]}")
    ben = tx.get_one(Person, world.ben.person_id)
    ben.left_at, ben.name = clock.now(), ""
    tx.add(ben)
    tx.flush()
    view = entries(tx, world.emi, wanted=Wanted(thing=done[0])).items[0]
    assert (view.name, view.person, view.left) == ("", "", True)


def test_it_is_narrowed_to_who_what_where_and_when(tx, world, done):
    def found(**wanted):
        return [view.thing.id for view in entries(tx, world.emi, wanted=Wanted(**wanted)).items]

    assert found(person=world.fumi.public_id) == [done[1]]
    assert found(verb="flyer.decide", town=HITOYOSHI) == [done[2], done[0]]
    assert found(verb="flyer.delete") == []
    assert found(thing=done[1]) == [done[1]]
    assert found(person="nobody") == found(thing="\x00") == []
    assert len(found(since=date(2026, 11, 22), until=date(2026, 11, 22))) == 3
    assert found(since=date(2026, 11, 23)) == found(until=date(2026, 11, 21)) == []
    assert choices(tx, world.emi).verbs == ("flyer.decide",)
    assert [name for _, name in choices(tx, world.emi).people] == ["Ben", "Emi", "Fumi"]


def test_a_pasted_address_names_its_thing_and_no_date_is_refused():
    assert wanted_of({"thing": "https://tamemap.example/f/abc234def567?lang=en"}).thing == "abc234def567"
    assert wanted_of({"since": "2026-11-22"}).since == date(2026, 11, 22)
    with pytest.raises(Invalid) as refused:
        wanted_of({"until": "きのう"})
    assert [one.field for one in refused.value.errors] == ["until"]


def test_page_by_page_nothing_is_lost_and_nothing_comes_twice(tx, world, done):
    first = entries(tx, world.emi, limit=2)
    second = entries(tx, world.emi, limit=2, cursor=first.next)
    assert [view.thing.id for view in first.items + second.items] == done[::-1]
    assert second.next is None
    with pytest.raises(Invalid):
        entries(tx, world.emi, cursor="x")


def test_taking_it_along_is_written_down_in_each_town_that_it_is_of(tx, world):
    audit.take_along(tx, world.ben, wanted=Wanted(verb="flyer.decide"))
    audit.take_along(tx, world.emi, wanted=Wanted())
    audit.take_along(tx, world.ben, wanted=Wanted(town=NISHIKI))
    assert [(row.verb, row.municipality_code, row.detail) for row in trail(tx)] == [
        ("audit.read", HITOYOSHI, {"verb": "flyer.decide"}),
        ("audit.read", None, {}),
    ]
    with pytest.raises(Forbidden):
        audit.take_along(tx, world.aki, wanted=Wanted())


def test_a_token_made_for_the_town_stands_there_one_of_a_group_does_not(tx, world):
    made = tokens.make(tx, world.ben, name="町のホームページ", scopes=("flyers",), days=30, municipality_code=HITOYOSHI)
    view = entries(tx, world.ben).items[0]
    assert (view.verb, view.thing.name, view.detail) == ("town.make_token", "町のホームページ", {"scopes": "flyers", "days": 30})
    assert made.text not in str(view)
