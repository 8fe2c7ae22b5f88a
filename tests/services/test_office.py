"""Every verb that staff have by their office, done by Ben for real: one entry in the trail, which can be read in words."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap.domain.caring import MOST
from tamemap.domain.permissions import OFFICE, TABLE
from tamemap.models import AuditEntry, Case, Person, Topic
from tamemap.queries.audit import entries
from tamemap.services import (
    answers,
    board_rooms,
    boards,
    care_settings,
    cases,
    decisions,
    flyers,
    groups,
    groups_members,
    introductions,
    invitations,
    map_settings,
    mascots,
    objections,
    polls,
    posts,
    quiet,
    reply_templates,
    reports,
    residence_codes,
    staff,
    tokens,
)
from tamemap.web.audit_words import plain_sentence
from tests import factories
from tests.factories import HITOYOSHI
from tests.services.group_rows import group, join

# looking is no deed; and what nobody does by office alone, since they are the group's owner or live there besides
LOOKING = {
    "flyer.see_resident_face",
    "flyer.see_down",
    "flyer.see_history",
    "group.see_members",
    "desk.see",
    "case.see",
    "post.see_held",
    "staff.see",
    "mascot.see",
    "audit.read",
}


def flyer(tx, world):
    return factories.flyer(tx, world.aki, outside=True).public_id


def topic(tx, world):
    return factories.topic(tx, world.aki).public_id


def poll(tx, world):
    made = polls.open_poll(tx, world.aki, topic=topic(tx, world), question="どれ", options=["川", "山"])
    return made.poll.public_id


def proposal(tx, world):
    return factories.topic(tx, world.aki, kind="proposal").public_id


def post(tx, world):
    return factories.post(tx, world.aki, topic(tx, world)).public_id


def board(tx, world, writers):
    row = factories.board(tx, "hitoyoshi-hiroba")
    made = topic(tx, world)
    row.writers = writers
    tx.add(row)
    tx.flush()
    return made


def club(tx, world):
    return group(tx, world.aki, world.ben).slug


def asked(tx, world):
    return groups.ask(tx, world.aki, name="さくら会", slug="sakura-kai", municipality_code=HITOYOSHI, words="お願いします。").slug


def editor(tx, world):
    join(tx, group(tx, world.aki, world.ben), world.chie)
    return "sakura-kai"


def introduction(tx, world):
    return factories.topic(tx, world.aki, kind="introduction").public_id


def spoken(tx, world):
    topic(tx, world)
    made = mascots.make(tx, world.ben, municipality_code=HITOYOSHI, name="きりもこ", voices=(world.ben.public_id,))
    return f"mascot:{made.public_id}"


def topic_of(tx):
    return tx.exec(select(Topic.public_id)).one()


def report(tx, world):
    return reports.make(tx, world.chie, thing="topic", thing_id=topic(tx, world), reason="rude").public_id


def gina(tx, world):
    made = factories.person(tx, "Gina")
    invitations.give_staff(tx, person_id=made.person_id, municipality_code=HITOYOSHI, level="curator")
    tx.flush()
    return made.public_id


def batch(tx, actor):
    return residence_codes.make(
        tx,
        actor,
        municipality_code=HITOYOSHI,
        kind="newsletter",
        name="広報12月号",
        amount=1,
        uses_each=100,
        ends_on="2027-03-31",
    ).public_id


def chie(tx):
    return tx.exec(select(Person.public_id).where(Person.name == "Chie")).one()


def none(tx, world):
    return ""


def reported(tx, world):
    report(tx, world)
    return tx.exec(select(Case.public_id)).one()


def objected(tx, world):
    done = cases.decide(tx, world.emi, public_ids=(reported(tx, world),), decision="hold", rule="off_topic").done
    objections.make(tx, world.aki, decision=done[0][1], words="ちがいます")
    return done[0][1]


# by verb: what is there before (made by others), and Ben's deed
DEEDS = {
    "flyer.change": (flyer, lambda tx, ben, one: flyers.change(tx, ben, public_id=one, raw={"title": "冬の市"})),
    "flyer.delete": (flyer, lambda tx, ben, one: flyers.delete(tx, ben, public_id=one, reason="古い")),
    "flyer.place_outside": (flyer, lambda tx, ben, one: flyers.set_outside(tx, ben, public_id=one, outside=False)),
    "flyer.decide": (flyer, lambda tx, ben, one: decisions.decide(tx, ben, public_id=one, decision="recall", reason="雨")),
    "topic.open_theme": (
        none,
        lambda tx, ben, _: boards.open_topic(tx, ben, board="hitoyoshi-hiroba", kind="theme", title="お題", body="川のことを。"),
    ),
    "topic.change": (
        introduction,
        lambda tx, ben, one: introductions.set_place(tx, ben, topic=one, lat=32.217, lng=130.74, place_name="駅前"),
    ),
    "mascot.make": (none, lambda tx, ben, _: mascots.make(tx, ben, municipality_code=HITOYOSHI, name="きりもこ")),
    "post.write_as_mascot": (
        spoken,
        lambda tx, ben, one: posts.write_post(tx, ben, topic=topic_of(tx), body="やあ", group=one),
    ),
    "board.make": (
        none,
        lambda tx, ben, _: board_rooms.make(tx, ben, map_slug="hitoyoshi", name="移住", slug="hitoyoshi-iju"),
    ),
    "board.close_writing": (
        none,
        lambda tx, ben, _: quiet.close_writing(tx, ben, map_slug="hitoyoshi", words="落ちつきましょう"),
    ),
    "topic.close": (topic, lambda tx, ben, one: boards.close_topic(tx, ben, topic=one)),
    "topic.remove": (topic, lambda tx, ben, one: boards.remove_topic(tx, ben, topic=one, reason="荒い")),
    "topic.answer": (proposal, lambda tx, ben, one: answers.answer(tx, ben, topic=one, state="considering")),
    "poll.open": (topic, lambda tx, ben, one: polls.open_poll(tx, ben, topic=one, question="どれ", options=["川", "山"])),
    "poll.close": (poll, lambda tx, ben, one: polls.close_poll(tx, ben, poll=one)),
    "post.write_residents": (
        lambda tx, world: board(tx, world, "residents"),
        lambda tx, ben, one: posts.write_post(tx, ben, topic=one, body="市役所です。"),
    ),
    "post.write_staff": (
        lambda tx, world: board(tx, world, "staff"),
        lambda tx, ben, one: posts.write_post(tx, ben, topic=one, body="引きつぎです。"),
    ),
    "post.remove": (post, lambda tx, ben, one: posts.remove_post(tx, ben, post=one, reason="荒い")),
    "case.decide": (reported, lambda tx, ben, one: cases.decide(tx, ben, public_ids=(one,), decision="keep")),
    "objection.decide": (
        objected,
        lambda tx, ben, one: objections.answer(tx, ben, decision=one, outcome="declined", words="きまりです"),
    ),
    "template.make": (
        none,
        lambda tx, ben, _: reply_templates.make(tx, ben, municipality_code=HITOYOSHI, name="お願い", words="おだやかに。"),
    ),
    "report.see": (report, lambda tx, ben, one: reports.close(tx, ben, report=one)),
    "group.change": (club, lambda tx, ben, one: groups.change(tx, ben, slug=one, raw={"description": "なおしました。"})),
    "group.remove_member": (
        editor,
        lambda tx, ben, one: groups_members.remove_member(tx, ben, slug=one, public_id=chie(tx)),
    ),
    "group.hand_over": (
        editor,
        lambda tx, ben, one: groups_members.appoint(tx, ben, slug=one, public_id=chie(tx)),
    ),
    "group.close": (club, lambda tx, ben, one: groups.close(tx, ben, slug=one)),
    "group.decide": (asked, lambda tx, ben, one: groups.decide(tx, ben, slug=one, approve=True)),
    "staff.invite": (
        none,
        lambda tx, ben, _: staff.invite(tx, ben, mail="h@example.jp", role="curator", municipality_codes=(HITOYOSHI,)),
    ),
    "staff.change": (gina, lambda tx, ben, one: staff.end(tx, ben, person=one, municipality_code=HITOYOSHI)),
    "residence_code.make": (none, lambda tx, ben, _: batch(tx, ben)),
    "residence_code.see": (
        lambda tx, world: batch(tx, world.emi),
        lambda tx, ben, one: residence_codes.hand_out(tx, ben, public_id=one),
    ),
    "map.set": (
        none,
        lambda tx, ben, _: map_settings.change(tx, ben, slug="hitoyoshi", guests_may_post=False, hold_guests=True),
    ),
    "care.set": (
        none,
        lambda tx, ben, _: care_settings.change(
            tx, ben, map_slug="hitoyoshi", switches=(), numbers=dict.fromkeys(MOST, "5"), words="闇バイト"
        ),
    ),
    "town.make_token": (
        none,
        lambda tx, ben, _: tokens.make(tx, ben, name="ホームページ", scopes=("flyers",), days=9, municipality_code=HITOYOSHI),
    ),
}


def test_no_deed_by_office_is_forgotten_here():
    assert set(DEEDS) | LOOKING == {verb for verb, who in TABLE.items() if who & OFFICE}


@pytest.mark.parametrize("verb", DEEDS)
def test_bens_deed_is_one_entry_with_its_thing_and_reads_as_a_sentence(tx, world, verb):
    before, deed = DEEDS[verb]
    thing = before(tx, world)
    already = set(tx.exec(select(AuditEntry.id)).all())
    deed(tx, world.ben, thing)
    (entry,) = [row for row in tx.exec(select(AuditEntry)) if row.id not in already]
    assert (entry.verb, entry.actor_id, entry.actor_kind) == (verb, world.ben.person_id, "staff")
    assert (entry.municipality_code, bool(entry.thing and entry.thing_id)) == (HITOYOSHI, True)
    view = entries(tx, world.ben, limit=1).items[0]
    assert view.verb == verb
    for lang, name in (("ja", "Benさん（人吉市 職員）"), ("en", "Ben (人吉市 staff)")):
        said = plain_sentence(view, lang)
        assert name in said
        assert view.thing.name in said
    assert view.thing.name
