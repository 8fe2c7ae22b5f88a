"""Invitations: into a group, into a town's staff; once, for two weeks, as long as who invited may."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.errors import Forbidden, Gone, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import AuditEntry, Group, GroupMember, Invitation, Notice, OutboxEntry, Person, Role
from tamemap.queries.people import actor_of_person
from tamemap.services import invitations, staff
from tests import factories
from tests.factories import DAY, HITOYOSHI, NISHIKI

GINA = "gina@example.jp"


def mailed(tx) -> str:
    """The token in the last invitation's mail."""
    mails = [row.payload for row in tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail").order_by(OutboxEntry.id))]
    return re.search(r"/invitation\?token=(\S+)", mails[-1]["text"])[1]


def again(tx, actor):
    """The person as they are now."""
    return actor_of_person(tx, tx.get_one(Person, actor.person_id))


@pytest.fixture
def gina(world, tx):
    """Gina, who has signed in with her mail address."""
    return factories.person(tx, "Gina")


@pytest.fixture
def club(world, tx):
    """Aki's group, and Aki as its owner."""
    row = Group(slug="odori", name="踊りの会", municipality_code=HITOYOSHI, state="active", asked_at=clock.now())
    tx.add(row)
    tx.flush()
    tx.add(GroupMember(group_id=row.id, person_id=world.aki.person_id, role="owner", since=clock.now()))
    tx.flush()
    return row


def invited_to_staff(tx, actor, role="curator", **changes) -> str:
    staff.invite(tx, actor, **{"mail": GINA, "role": role, "municipality_codes": (HITOYOSHI,), "department": "総務課"} | changes)
    return mailed(tx)


def test_gina_is_invited_and_becomes_staff_with_her_department(tx, world, gina):
    token = invited_to_staff(tx, world.ben)
    offer = invitations.look(tx, gina, token=token)
    assert (offer.kind, offer.places, offer.role, offer.invited_by, offer.fits) == ("staff", ("人吉市",), "curator", "Ben", True)
    done = invitations.answer(tx, gina, token=token, accept=True)
    assert (done.kind, done.accepted, done.places, done.then) == ("staff", True, ("人吉市",), "/desk")
    role = tx.exec(select(Role).where(Role.person_id == gina.person_id)).one()
    assert (role.role, role.level, role.department, role.municipality_code) == ("staff", "curator", "総務課", HITOYOSHI)
    trail = tx.exec(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(row.verb, row.actor_id, row.actor_kind) for row in trail] == [
        ("staff.invite", world.ben.person_id, "staff"),
        ("staff.join", gina.person_id, "staff"),
    ]
    told = tx.exec(select(Notice).where(Notice.person_id == world.ben.person_id)).one()
    assert (told.code, told.url) == ("invitation_taken", "/desk/staff")


def test_it_counts_once(tx, world, gina):
    token = invited_to_staff(tx, world.ben)
    invitations.answer(tx, gina, token=token, accept=True)
    with pytest.raises(Gone, match="invitation_over"):
        invitations.answer(tx, gina, token=token, accept=True)
    assert len(tx.exec(select(Role).where(Role.person_id == gina.person_id)).all()) == 1


def test_it_is_over_after_two_weeks(tx, world, gina):
    token = invited_to_staff(tx, world.ben)
    with clock.frozen_at(clock.now() + timedelta(days=14)), pytest.raises(Gone, match="invitation_over"):
        invitations.answer(tx, gina, token=token, accept=True)


def test_declining_makes_nobody_staff_and_is_told(tx, world, gina):
    token = invited_to_staff(tx, world.ben)
    assert invitations.answer(tx, gina, token=token, accept=False).accepted is False
    assert tx.exec(select(Role).where(Role.person_id == gina.person_id)).all() == []
    assert tx.exec(select(Notice.code).where(Notice.person_id == world.ben.person_id)).all() == ["invitation_declined"]


def test_staff_rights_go_to_the_invited_mailbox_only(tx, world):
    token = invited_to_staff(tx, world.ben)
    assert invitations.look(tx, world.chie, token=token).fits is False
    assert invitations.look(tx, world.chie, token=token).mail == "gi…@example.jp"
    for accept in (True, False):
        with pytest.raises(Forbidden, match="invitation_other_mail"):
            invitations.answer(tx, world.chie, token=token, accept=accept)
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        invitations.answer(tx, world.dai, token=token, accept=True)


def test_a_groups_link_may_be_passed_on(tx, world, club):
    invitations.send(tx, world.aki, mail=GINA, role="editor", group=club)
    done = invitations.answer(tx, world.chie, token=mailed(tx), accept=True)
    assert (done.kind, done.then) == ("group", "/g/odori/manage")
    member = tx.exec(select(GroupMember).where(GroupMember.person_id == world.chie.person_id)).one()
    assert (member.group_id, member.role) == (club.id, "editor")


def test_an_editor_invited_as_owner_becomes_one_and_an_owner_stays_one(tx, world, club):
    for role, becomes in (("editor", "editor"), ("owner", "owner"), ("editor", "owner")):
        invitations.send(tx, world.aki, mail="chie@example.jp", role=role, group=club)
        invitations.answer(tx, world.chie, token=mailed(tx), accept=True)
        assert tx.exec(select(GroupMember.role).where(GroupMember.person_id == world.chie.person_id)).one() == becomes


def test_a_lead_stays_one_when_invited_as_curator(tx, world):
    staff.invite(tx, world.emi, mail="ben@example.jp", role="curator", municipality_codes=(HITOYOSHI,))
    invitations.answer(tx, world.ben, token=mailed(tx), accept=True)
    assert again(tx, world.ben).leads == {HITOYOSHI}


def test_sent_again_it_is_a_new_link_and_the_old_one_is_over(tx, world, gina):
    old = invited_to_staff(tx, world.ben)
    new = invited_to_staff(tx, world.ben, role="lead")
    assert [one.role for one in invitations.waiting(tx, world.ben, municipality_code=HITOYOSHI)] == ["lead"]
    with pytest.raises(Gone, match="invitation_over"):
        invitations.look(tx, gina, token=old)
    assert invitations.look(tx, gina, token=new).role == "lead"


def test_what_somebody_invited_who_may_no_longer_do_so_is_void(tx, world, gina, club):
    token = invited_to_staff(tx, world.ben)
    staff.change(tx, world.emi, person=world.ben.public_id, municipality_code=HITOYOSHI, level="curator", department="")
    with pytest.raises(Gone, match="invitation_void"):
        invitations.answer(tx, gina, token=token, accept=True)
    invitations.send(tx, world.aki, mail=GINA, role="editor", group=club)
    club.state = "closed"
    tx.add(club)
    tx.flush()
    with pytest.raises(Gone, match="invitation_void"):
        invitations.look(tx, gina, token=mailed(tx))


def test_an_invitation_into_two_towns_needs_a_right_in_both(tx, world, gina):
    with pytest.raises(Forbidden, match="not_allowed_lead_only"):
        invited_to_staff(tx, world.ben, municipality_codes=(HITOYOSHI, NISHIKI))
    token = invited_to_staff(tx, world.emi, municipality_codes=(NISHIKI, HITOYOSHI))
    invitations.answer(tx, gina, token=token, accept=True)
    assert again(tx, gina).staff_of == {HITOYOSHI, NISHIKI}


def test_taken_back_by_who_may_invite_there(tx, world, gina):
    token = invited_to_staff(tx, world.ben)
    public_id = tx.exec(select(Invitation.public_id)).one()
    for stranger in (world.aki, world.fumi):
        with pytest.raises(Forbidden):
            invitations.withdraw(tx, stranger, public_id=public_id)
    invitations.withdraw(tx, world.ben, public_id=public_id)
    invitations.withdraw(tx, world.ben, public_id=public_id)
    assert invitations.waiting(tx, world.ben, municipality_code=HITOYOSHI) == ()
    with pytest.raises(Gone):
        invitations.look(tx, gina, token=token)
    with pytest.raises(NotFound):
        invitations.withdraw(tx, world.ben, public_id="nothing")


def test_who_waits_is_seen_by_colleagues_the_address_by_leads_only(tx, world, gina):
    staff.invite(tx, world.ben, mail=GINA, role="curator", municipality_codes=(HITOYOSHI,))
    invitations.answer(tx, gina, token=mailed(tx), accept=True)
    staff.invite(tx, world.ben, mail="hana@example.jp", role="curator", municipality_codes=(HITOYOSHI,))
    assert [one.mail for one in invitations.waiting(tx, world.ben, municipality_code=HITOYOSHI)] == ["hana@example.jp"]
    assert [one.mail for one in invitations.waiting(tx, again(tx, gina), municipality_code=HITOYOSHI)] == [""]
    with pytest.raises(Forbidden):
        invitations.waiting(tx, world.fumi, municipality_code=HITOYOSHI)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"mail": "nobody"}, "mail", "mail_wrong"),
        ({"role": "owner"}, "role", "role_wrong"),
        ({"department": "課" * 41}, "department", "text_too_long"),
        ({"municipality_codes": ()}, "municipality", "role_needs_municipality"),
    ],
)
def test_a_wrong_invitation_names_its_field(tx, world, changes, field, code):
    with pytest.raises(Invalid) as refused:
        invited_to_staff(tx, world.ben, **changes)
    assert [(one.field, one.code) for one in refused.value.errors] == [(field, code)]


def test_nobody_is_drowned_in_invitations(tx, world):
    for _ in range(5):
        invited_to_staff(tx, world.ben)
    with pytest.raises(TooMany, match="invitations_too_many"):
        invited_to_staff(tx, world.ben)
    for number in range(45):
        invited_to_staff(tx, world.ben, mail=f"h{number}@example.jp")
    with pytest.raises(TooMany, match="invitations_too_many"):
        invited_to_staff(tx, world.ben, mail="another@example.jp")
    with clock.frozen_at(clock.now() + DAY):
        invited_to_staff(tx, world.ben)


def test_taken_up_twice_at_the_same_moment_it_counts_once(world):
    with db.transaction(write=True) as tx:
        gina = factories.person(tx, "Gina")
        token = invited_to_staff(tx, world.ben)
    ended, moment = [], clock.now()

    def accept():
        with clock.frozen_at(moment):
            try:
                with db.transaction(write=True) as tx:
                    ended.append(invitations.answer(tx, gina, token=token, accept=True).accepted)
            except Gone as error:
                ended.append(error.code)

    threads = [threading.Thread(target=accept) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, ended)) == ["True", *["invitation_over"] * 3]
    with db.transaction(write=False) as tx:
        assert len(tx.exec(select(Role).where(Role.person_id == gina.person_id)).all()) == 1
