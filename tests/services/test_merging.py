"""Two accounts of one person become one: everything comes along, nothing personal stays behind."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from tamemap import clock
from tamemap.domain.actors import Actor
from tamemap.errors import Conflict, Forbidden, Invalid, Unauthenticated
from tamemap.models import (
    AccessToken,
    AuditEntry,
    BoardFollow,
    CareSetting,
    Case,
    CaseDecision,
    Fan,
    Flyer,
    Group,
    GroupMember,
    Handshake,
    Invitation,
    Map,
    Mascot,
    MascotVoice,
    Mention,
    Notice,
    Objection,
    Person,
    Picture,
    Placement,
    PlacementChange,
    Poll,
    PollOption,
    PollVote,
    Post,
    Reaction,
    Reading,
    ReplyTemplate,
    Report,
    ResidenceCodeBatch,
    Role,
    SignInCode,
    Suspension,
    Tie,
    Topic,
    TopicMark,
)
from tamemap.queries.people import actor_of_session
from tamemap.services import merging, sign_in
from tests import factories
from tests.factories import HITOYOSHI, KASHIMA, NISHIKI
from tests.services.people_rows import identity, opened, passkey, person_of, without_mail
from tests.services.push_service import device
from tests.services.rows import mails
from tests.services.test_sign_in import code_of

BROWSER = "phone"
MINUTE = timedelta(minutes=1)


def offered(tx, actor, other, *, strong: bool = True) -> str:
    return merging.offer(tx, actor, other_id=other.person_id, browser_key=BROWSER, strong=strong)


def merged(tx, actor, other, **how: bool) -> merging.Merged:
    done = merging.merge(tx, actor, key=offered(tx, actor, other, **how), browser_key=BROWSER)
    tx.expire_all()
    return done


def columns() -> set[str]:
    """Every column of every table that points at a person."""
    return {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    }


def test_merging_knows_every_column_that_points_at_a_person():
    assert set(merging.PLAN) == columns()


def group(tx, slug: str, **members: str) -> Group:
    row = Group(slug=slug, name=slug, municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
    tx.add(row)
    tx.flush()
    return row


def join(tx, row: Group, actor: Actor, role: str) -> None:
    tx.add(GroupMember(group_id=row.id, person_id=actor.person_id, role=role, since=clock.now()))
    tx.flush()


def everything_of(tx, chie: Actor) -> None:
    """At least one row of Chie's for every column that points at a person."""
    who, now = chie.person_id, clock.now()
    later = now + MINUTE
    flyer = factories.flyer(tx, chie)
    topic = factories.topic(tx, chie)
    made = tx.exec(select(Post)).first()
    club = group(tx, "club")
    club.asked_by = club.decided_by = who
    join(tx, club, chie, "owner")
    opened(tx, chie)
    passkey(tx, chie)
    identity(tx, chie)
    tx.exec(select(Placement)).first().decided_by = who
    tx.add(PlacementChange(flyer_id=flyer.id, map_id=tx.exec(select(Placement.map_id)).first(), from_state="up", to_state="up",
                           actor_id=who, actor_kind="member", changed_at=now))  # fmt: skip
    token = AccessToken(
        token_hash="t", name="t", person_id=who, group_id=club.id, scopes="flyers", created_at=now, expires_at=later
    )
    tx.add(token)
    tx.add(Role(person_id=who, role="staff", municipality_code=NISHIKI, granted_at=now))
    tx.add(Notice(person_id=who, code="flyer_up", created_at=now))
    device(tx, opened(tx, chie)[1])
    tx.add(SignInCode(mail="chie@example.jp", purpose="again", person_id=who, code_hash="c", link_hash="l", browser_hash="b",
                      created_at=now, expires_at=later))  # fmt: skip
    for mine, theirs in ((who, None), (None, who)):
        tx.add(Handshake(key_hash=secrets.token_hex(8), kind="provider", browser_hash="b", person_id=mine, other_id=theirs,
                         created_at=now, expires_at=later))  # fmt: skip
    tx.add(Invitation(token_hash="i", mail="x@example.jp", group_id=club.id, role="editor", invited_by=who, created_at=now,
                      expires_at=later))  # fmt: skip
    tx.add(ResidenceCodeBatch(municipality_code=HITOYOSHI, name="b", amount=1, uses_each=1, expires_at=later, made_by=who,
                              created_at=now))  # fmt: skip
    tx.add(Fan(person_id=who, prefecture="08", interests="food", updated_at=now))
    tx.add(Tie(person_id=who, municipality_code=HITOYOSHI, kind="born", since=now))
    tx.add(Reaction(post_id=made.id, person_id=who, kind="like", created_at=now))
    tx.add(Mention(post_id=made.id, person_id=who))
    tx.add(Report(thing="topic", thing_id=topic.public_id, reporter_id=who, reporter_hash=chie.owner_hash, reason="other",
                  created_at=now))  # fmt: skip
    tx.flush()
    talk(tx, who, tx.exec(select(Topic.id)).one())
    tx.add(AuditEntry(at=now, actor_id=who, actor_kind="staff", token_id=token.id, verb="flyer.decide"))
    picture = factories.waiting_picture(tx, chie)
    tx.add(Reading(owner_hash=chie.owner_hash, original=picture.original, asked_at=now))
    tx.flush()


def talk(tx, who: int, topic: int) -> None:
    """What Chie does on boards, and what staff do there about her and by her."""
    now, region = clock.now(), tx.exec(select(Map.region_id)).first()
    poll = Poll(topic_id=topic, question="いつ", created_at=now)
    case = Case(thing="topic", thing_id="x", region_id=region, author_id=who, looking_by=who, source="report", opened_at=now)
    tx.add_all([poll, case])
    tx.flush()
    option = PollOption(poll_id=poll.id, position=0, words="朝")
    decision = CaseDecision(case_id=case.id, decision="warn", decided_by=who, decided_at=now)
    tx.add_all([option, decision])
    tx.flush()
    tx.add(PollVote(poll_id=poll.id, option_id=option.id, person_id=who, created_at=now))
    tx.add(Objection(decision_id=decision.id, person_id=who, words="w", made_at=now, decided_by=who))
    tx.add(Suspension(person_id=who, region_id=region, decision_id=decision.id, since=now, until=now))
    tx.add(ReplyTemplate(municipality_code=HITOYOSHI, name="n", words="w", made_by=who, made_at=now))
    # that she follows her own topic, she does by opening it
    tx.add(BoardFollow(board_id=tx.get_one(Topic, topic).board_id, person_id=who, since=now))
    tx.add(CareSetting(map_id=tx.exec(select(Map.id)).first(), changed_by=who, changed_at=now))
    mascot = Mascot(municipality_code=HITOYOSHI, name="m", made_by=who, made_at=now)
    tx.add(mascot)
    tx.flush()
    tx.add(MascotVoice(mascot_id=mascot.id, person_id=who))
    tx.flush()


def pointing_at(tx, person_id: int) -> dict[str, int]:
    found = {}
    for name in sorted(columns()):
        column = merging.column_of(name)
        count = len(tx.execute(select(column.table).where(column == person_id)).all())
        if count:
            found[name] = count
    return found


def test_everything_of_the_other_account_comes_along(tx, world):
    everything_of(tx, world.chie)
    before = pointing_at(tx, world.chie.person_id)
    assert set(before) == columns()
    merged(tx, world.aki, world.chie)
    assert pointing_at(tx, world.chie.person_id) == {"audit_entry.actor_id": 1}
    ended = {
        "push_subscription.person_id",
        "signed_in.person_id",
        "sign_in_code.person_id",
        "handshake.person_id",
        "handshake.other_id",
        "audit_entry.actor_id",
    }
    after = pointing_at(tx, world.aki.person_id)
    assert {name: after[name] for name in before if name not in ended} == {
        # the notice that tells of it is one more
        name: count + (name == "notice.person_id")
        for name, count in before.items()
        if name not in ended
    }
    assert {row.owner_hash for row in tx.exec(select(Picture))} == {world.aki.owner_hash}
    assert tx.exec(select(Reading.owner_hash)).one() == world.aki.owner_hash
    assert tx.exec(select(Report.reporter_hash)).one() == world.aki.owner_hash


def test_nothing_personal_stays_with_the_account_that_is_left(tx, world):
    everything_of(tx, world.chie)
    row = person_of(tx, world.chie)
    row.district, row.proved_code, row.proved_at = "宮中", KASHIMA, clock.now()
    tx.flush()
    merged(tx, world.aki, world.chie)
    left = person_of(tx, world.chie)
    kept = {name: value for name, value in left.model_dump().items() if value not in {None, "", True}}
    assert kept == {"id": left.id, "public_id": left.public_id, "created_at": left.created_at, "left_at": clock.now()}
    for table in SQLModel.metadata.sorted_tables:
        if table.name != "outbox":
            assert "chie@example.jp" not in str(tx.execute(select(table)).all()), table.name


def test_her_address_stays_and_the_other_one_is_told(tx, world):
    assert merged(tx, world.aki, world.chie) == merging.Merged("aki@example.jp", "chie@example.jp")
    assert person_of(tx, world.aki).mail == "aki@example.jp"
    assert [mail["to"] for mail in mails(tx)] == ["aki@example.jp", "chie@example.jp"]


def test_without_an_address_she_has_the_other_ones(tx, world):
    aki = without_mail(tx, world.aki)
    assert merged(tx, aki, world.chie) == merging.Merged("chie@example.jp", "")
    assert person_of(tx, aki).mail == "chie@example.jp"


def test_the_other_accounts_devices_and_programs_end(tx, world):
    token, _ = opened(tx, world.chie)
    tx.add(AccessToken(token_hash="t", name="t", person_id=world.chie.person_id, municipality_code=HITOYOSHI, scopes="desk",
                       created_at=clock.now(), expires_at=clock.now() + MINUTE))  # fmt: skip
    tx.flush()
    merged(tx, world.aki, world.chie)
    assert actor_of_session(tx, token=token).is_guest
    assert tx.exec(select(AccessToken.person_id, AccessToken.ended_at)).all() == [(world.aki.person_id, clock.now())]


def test_what_both_have_is_there_once_and_the_higher_counts(tx, world):
    now = clock.now()
    mine, theirs = group(tx, "mine"), group(tx, "theirs")
    join(tx, mine, world.aki, "editor")
    join(tx, mine, world.chie, "owner")
    join(tx, theirs, world.aki, "owner")
    join(tx, theirs, world.chie, "editor")
    for who, level, department in ((world.aki, "curator", "観光課"), (world.chie, "lead", "市民課")):
        for role, code in (("staff", HITOYOSHI), ("operator", None)):
            tx.add(
                Role(
                    person_id=who.person_id, role=role, level=level, department=department, municipality_code=code, granted_at=now
                )
            )
        tx.add(Tie(person_id=who.person_id, municipality_code=HITOYOSHI, kind="born", since=now))
        tx.add(Fan(person_id=who.person_id, prefecture="43" if who is world.aki else "08", gender=department, updated_at=now))
    topic = factories.topic(tx, world.ben)
    post = tx.exec(select(Post).join(Topic).where(Topic.public_id == topic.public_id)).one()
    for who, kind in ((world.aki, "like"), (world.chie, "like"), (world.chie, "thanks")):
        tx.add(Reaction(post_id=post.id, person_id=who.person_id, kind=kind, created_at=now))
    tx.flush()
    merged(tx, world.aki, world.chie)
    who = world.aki.person_id

    def rows(table: Any, *names: str) -> list[tuple[Any, ...]]:
        return sorted(tuple(getattr(row, name) for name in names) for row in tx.exec(select(table).where(table.person_id == who)))

    assert rows(GroupMember, "group_id", "role") == [(mine.id, "owner"), (theirs.id, "owner")]
    assert rows(Role, "role", "level", "department") == [("operator", "lead", "観光課"), ("staff", "lead", "観光課")]
    assert rows(Tie, "municipality_code", "kind") == [(HITOYOSHI, "born")]
    assert rows(Reaction, "kind") == [("like",), ("thanks",)]
    assert rows(Fan, "prefecture", "gender") == [("43", "観光課")]


@pytest.mark.parametrize(("mine", "theirs", "counts"), [(1, 2, "theirs"), (2, 1, "mine"), (None, 1, "theirs"), (1, None, "mine")])
def test_the_newer_proof_of_residence_counts(tx, world, mine, theirs, counts):
    for actor, days, code in ((world.aki, mine, HITOYOSHI), (world.chie, theirs, KASHIMA)):
        row = person_of(tx, actor)
        if days:
            row.proved_code, row.proved_at = code, clock.now() - timedelta(days=30 - days)
    tx.flush()
    merged(tx, world.aki, world.chie)
    row = person_of(tx, world.aki)
    code = KASHIMA if counts == "theirs" else HITOYOSHI
    assert (row.proved_code, row.residence_code) == (code, code)


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        (True, False, True),
        (False, True, True),
        (None, True, True),
        (None, False, False),
        (False, None, False),
        (None, None, None),
    ],
)
def test_what_either_follows_is_followed_and_read_as_far_as_either_has(tx, world, mine, theirs, kept):
    now = clock.now()
    shared, other = (factories.topic(tx, world.ben, title=title) for title in ("川", "山"))
    shared, other = (tx.exec(select(Topic.id).where(Topic.public_id == one.public_id)).one() for one in (shared, other))
    for who, said, read_to in ((world.aki, mine, 3), (world.chie, theirs, 7)):
        tx.add(TopicMark(person_id=who.person_id, topic_id=shared, following=said, read_to=read_to, marked_at=now))
        tx.add(BoardFollow(board_id=tx.get_one(Topic, shared).board_id, person_id=who.person_id, since=now))
    tx.add(TopicMark(person_id=world.chie.person_id, topic_id=other, following=True, read_to=2, marked_at=now))
    tx.flush()
    merged(tx, world.aki, world.chie)
    marks = tx.exec(select(TopicMark).where(TopicMark.person_id == world.aki.person_id).order_by(TopicMark.topic_id))
    assert [(row.topic_id, row.following, row.read_to) for row in marks] == [(shared, kept, 7), (other, True, 2)]
    assert tx.exec(select(BoardFollow.person_id)).all() == [world.aki.person_id]


def test_she_was_here_when_either_account_was_and_is_told_as_she_wished(tx, world):
    aki, chie = person_of(tx, world.aki), person_of(tx, world.chie)
    aki.seen_at, aki.quiet_from, aki.digest = clock.now() - MINUTE, "20:00", "weekly"
    chie.seen_at, chie.seen_before = clock.now(), clock.now() - 60 * MINUTE
    tx.flush()
    merged(tx, world.aki, world.chie)
    row = person_of(tx, world.aki)
    assert (row.seen_at, row.seen_before) == (clock.now(), clock.now() - 60 * MINUTE)
    assert (row.digest, row.quiet_from, row.quiet_to) == ("weekly", "20:00", "07:00")


def test_where_nothing_is_said_about_residence_the_other_account_says_it(tx, world):
    row = person_of(tx, world.aki)
    row.residence_code = None
    tx.flush()
    merged(tx, world.aki, world.chie)
    assert person_of(tx, world.aki).residence_code == KASHIMA


def test_a_merge_happens_once_for_this_person_in_this_browser_within_ten_minutes(tx, world):
    key = offered(tx, world.aki, world.chie)
    for actor, given, browser in (
        (world.ben, key, BROWSER), (world.aki, key, "another"), (world.aki, "x", BROWSER), (world.aki, "", BROWSER),
    ):  # fmt: skip
        for act in (merging.preview, merging.merge):
            with pytest.raises(Invalid, match="handshake_over"):
                act(tx, actor, key=given, browser_key=browser)
    with clock.frozen_at(clock.now() + 10 * MINUTE), pytest.raises(Invalid, match="handshake_over"):
        merging.merge(tx, world.aki, key=key, browser_key=BROWSER)
    merging.preview(tx, world.aki, key=key, browser_key=BROWSER)
    merging.merge(tx, world.aki, key=key, browser_key=BROWSER)
    with pytest.raises(Invalid, match="handshake_over"):
        merging.merge(tx, world.aki, key=key, browser_key=BROWSER)


def test_the_preview_says_what_both_have_and_changes_nothing(tx, world):
    factories.flyer(tx, world.chie)
    factories.topic(tx, world.chie)
    join(tx, group(tx, "club"), world.chie, "owner")
    found = merging.preview(tx, world.aki, key=offered(tx, world.aki, world.chie), browser_key=BROWSER)
    assert (found.own.name, found.own.flyers, found.own.posts, found.own.groups) == ("Aki", 0, 0, ())
    assert (found.other.name, found.other.flyers, found.other.posts, found.other.groups) == ("Chie", 1, 1, ("club",))
    assert (found.mail, found.other.ways.mail) == ("aki@example.jp", "chie@example.jp")
    assert person_of(tx, world.chie).left_at is None


def test_staff_rights_come_along_when_a_code_proved_them_and_that_is_written_down(tx, world):
    key = offered(tx, world.aki, world.ben, strong=False)
    for act in (merging.preview, merging.merge):
        with pytest.raises(Conflict, match="merge_needs_code"):
            act(tx, world.aki, key=key, browser_key=BROWSER)
    token, aki = opened(tx, world.aki)
    merged(tx, aki, world.ben)
    assert actor_of_session(tx, token=token).staff_of == {HITOYOSHI}
    entry = tx.exec(select(AuditEntry)).one()
    assert (entry.verb, entry.actor_id, entry.thing_id) == ("staff.change", aki.person_id, aki.public_id)
    assert (entry.actor_kind, entry.municipality_code, entry.detail) == ("staff", HITOYOSHI, {"merged": world.ben.public_id})


def test_an_operators_rights_are_written_down_for_the_region(tx, world):
    merged(tx, world.aki, world.emi)
    entry = tx.exec(select(AuditEntry)).one()
    assert (entry.actor_kind, entry.municipality_code, entry.region_id) == ("operator", None, next(iter(world.emi.operator_of)))


def test_staff_who_have_not_shown_who_they_are_take_no_other_account_in(tx, world):
    _, ben = opened(tx, world.ben, strong=False)
    with pytest.raises(Unauthenticated, match="desk_needs_proof"):
        merging.merge(tx, ben, key=offered(tx, ben, world.chie), browser_key=BROWSER)


def test_guests_and_programs_merge_nothing(tx, world):
    key = offered(tx, world.aki, world.chie)
    with pytest.raises(Unauthenticated):
        merging.merge(tx, world.dai, key=key, browser_key=BROWSER)
    with pytest.raises(Forbidden):
        program = Actor(person_id=world.aki.person_id, scopes=frozenset({"flyers"}), token_id=1)
        merging.merge(tx, program, key=key, browser_key=BROWSER)


def test_an_account_that_was_left_meanwhile_is_none(tx, world):
    key = offered(tx, world.aki, world.chie)
    person_of(tx, world.chie).left_at = clock.now()
    tx.flush()
    with pytest.raises(Invalid, match="handshake_over"):
        merging.merge(tx, world.aki, key=key, browser_key=BROWSER)


def test_by_mail_from_the_address_to_one_account(tx, world):
    """The whole way: Aki adds Chie's address, proves it, and is both; Chie's address makes a new account afterwards."""
    _, aki = opened(tx, world.aki)
    flyer = factories.flyer(tx, world.chie)
    sign_in.ask_to_add(tx, aki, mail="chie@example.jp", browser_key=BROWSER)
    entered = sign_in.add_with_code(tx, aki, mail="chie@example.jp", code=code_of(mails(tx)[-1]), browser_key=BROWSER)
    merging.merge(tx, aki, key=entered.merge, browser_key=BROWSER)
    tx.expire_all()
    assert tx.get(Flyer, flyer.id).poster_id == aki.person_id
    sign_in.ask(tx, Actor(), mail="chie@example.jp", browser_key="other")
    again = sign_in.with_code(tx, Actor(), mail="chie@example.jp", code=code_of(mails(tx)[-1]), browser_key="other")
    assert again.new_person
    assert again.person_public_id not in {aki.public_id, world.chie.public_id}


def test_the_audit_trail_stays_as_it_was(tx, world):
    tx.add(AuditEntry(at=clock.now(), actor_id=world.ben.person_id, actor_kind="staff", verb="flyer.decide"))
    tx.flush()
    before = tx.execute(text("SELECT * FROM audit_entry")).all()
    merged(tx, world.aki, world.ben)
    assert tx.execute(text("SELECT * FROM audit_entry ORDER BY id")).all()[:1] == before
    assert tx.exec(select(Person.left_at).where(Person.id == world.ben.person_id)).one() == clock.now()
