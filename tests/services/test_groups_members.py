"""Who is in a group: invited, handed over, removed, appointed; and at once without power when it ends."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlmodel import select

from tamemap.errors import Conflict, Forbidden, Gone, Invalid, NotFound, Unauthenticated
from tamemap.models import AuditEntry, GroupMember
from tamemap.queries.groups_manage import desk_groups, managed
from tamemap.queries.people import me
from tamemap.services import groups, invitations
from tamemap.services.groups_members import (
    appoint,
    hand_over,
    invite,
    leave_group,
    remove_member,
    set_role,
    withdraw_invitation,
)
from tests.services.group_rows import group, join, now
from tests.services.rows import mails


@pytest.fixture
def sakura(tx, world):
    return group(tx, world.aki, world.ben)


@pytest.fixture
def aki(tx, world, sakura):
    return now(tx, world.aki)


def roles(db, viewer):
    return {one.name: one.role for one in managed(db, viewer, slug="sakura-kai").members}


def token_of_last_mail(db):
    return [found[1] for one in mails(db) if (found := re.search(r"token=([\w-]+)", one["text"]))][-1]


def test_aki_invites_chie_who_takes_it_up(tx, world, aki):
    invite(tx, aki, slug="sakura-kai", mail="chie@example.jp", role="editor")
    invitations.answer(tx, world.chie, token=token_of_last_mail(tx), accept=True)
    assert roles(tx, aki) == {"Aki": "owner", "Chie": "editor"}
    chie = now(tx, world.chie)
    assert [(one.slug, one.role) for one in me(tx, chie).groups] == [("sakura-kai", "editor")]
    with pytest.raises(Conflict, match="group_member_already"):
        invite(tx, aki, slug="sakura-kai", mail="chie@example.jp", role="editor")


def test_editors_strangers_and_staff_invite_nobody(tx, world, sakura):
    chie = join(tx, sakura, world.chie)
    for actor in (chie, world.fumi, world.ben):
        with pytest.raises(Forbidden):
            invite(tx, actor, slug="sakura-kai", mail="x@example.jp", role="owner")
    with pytest.raises(Unauthenticated):
        invite(tx, world.dai, slug="sakura-kai", mail="x@example.jp", role="owner")


@pytest.mark.parametrize("role", ["", "lead", "curator", "OWNER"])
def test_a_forged_role_is_refused(tx, world, sakura, aki, role):
    join(tx, sakura, world.chie)
    with pytest.raises(Invalid):
        invite(tx, aki, slug="sakura-kai", mail="x@example.jp", role=role)
    with pytest.raises(Invalid):
        set_role(tx, aki, slug="sakura-kai", public_id=world.chie.public_id, role=role)


def test_an_invitation_is_withdrawn_by_its_own_group_only(tx, world, aki):
    sent = invite(tx, aki, slug="sakura-kai", mail="chie@example.jp", role="editor")
    group(tx, world.chie, world.ben, slug="other-kai")
    chie = now(tx, world.chie)
    with pytest.raises(NotFound):
        withdraw_invitation(tx, chie, slug="other-kai", public_id=sent.public_id)
    with pytest.raises(Forbidden):
        withdraw_invitation(tx, chie, slug="sakura-kai", public_id=sent.public_id)
    withdraw_invitation(tx, aki, slug="sakura-kai", public_id=sent.public_id)
    with pytest.raises(Gone):
        invitations.answer(tx, world.chie, token=token_of_last_mail(tx), accept=True)


def test_handing_over_makes_the_old_owner_an_editor(tx, world, sakura, aki):
    join(tx, sakura, world.chie)
    hand_over(tx, aki, slug="sakura-kai", to_public_id=world.chie.public_id)
    assert roles(tx, aki) == {"Aki": "editor", "Chie": "owner"}
    with pytest.raises(Forbidden, match="not_allowed_owner_only"):
        hand_over(tx, aki, slug="sakura-kai", to_public_id=world.chie.public_id)
    leave_group(tx, aki, slug="sakura-kai")
    assert roles(tx, now(tx, world.chie)) == {"Chie": "owner"}


def test_who_is_owner_no_more_does_not_hand_over_with_what_they_knew(tx, world, sakura, aki):
    join(tx, sakura, world.chie)
    join(tx, sakura, world.fumi)
    stale = replace(aki)
    hand_over(tx, aki, slug="sakura-kai", to_public_id=world.chie.public_id)
    with pytest.raises(Forbidden, match="not_allowed_owner_only"):
        hand_over(tx, stale, slug="sakura-kai", to_public_id=world.fumi.public_id)
    with pytest.raises(Forbidden, match="not_allowed_owner_only"):
        invite(tx, stale, slug="sakura-kai", mail="x@example.jp", role="owner")
    assert roles(tx, aki) == {"Aki": "editor", "Chie": "owner", "Fumi": "editor"}


def test_one_hands_over_to_members_and_not_to_oneself(tx, world, aki):
    with pytest.raises(Invalid, match="group_hand_over_self"):
        hand_over(tx, aki, slug="sakura-kai", to_public_id=aki.public_id)
    for forged in (world.chie.public_id, "x", "'; DROP TABLE"):
        with pytest.raises(NotFound):
            hand_over(tx, aki, slug="sakura-kai", to_public_id=forged)


def test_an_editor_neither_takes_over_nor_removes(tx, world, sakura):
    chie = join(tx, sakura, world.chie)
    for call in (
        lambda: set_role(tx, chie, slug="sakura-kai", public_id=chie.public_id, role="owner"),
        lambda: hand_over(tx, chie, slug="sakura-kai", to_public_id=chie.public_id),
        lambda: remove_member(tx, chie, slug="sakura-kai", public_id=world.aki.public_id),
        lambda: appoint(tx, chie, slug="sakura-kai", public_id=chie.public_id),
    ):
        with pytest.raises(Forbidden):
            call()


def test_the_last_owner_stays_until_there_is_another(tx, world, sakura, aki):
    join(tx, sakura, world.chie)
    for call in (
        lambda: leave_group(tx, aki, slug="sakura-kai"),
        lambda: set_role(tx, aki, slug="sakura-kai", public_id=aki.public_id, role="editor"),
        lambda: remove_member(tx, world.ben, slug="sakura-kai", public_id=aki.public_id),
    ):
        with pytest.raises(Conflict, match="group_last_owner"):
            call()
    set_role(tx, aki, slug="sakura-kai", public_id=world.chie.public_id, role="owner")
    leave_group(tx, aki, slug="sakura-kai")
    with pytest.raises(NotFound):
        leave_group(tx, aki, slug="sakura-kai")


def test_who_was_removed_has_lost_it_at_once(tx, world, sakura, aki):
    chie = join(tx, sakura, world.chie)
    remove_member(tx, aki, slug="sakura-kai", public_id=chie.public_id)
    remove_member(tx, aki, slug="sakura-kai", public_id=chie.public_id)
    assert now(tx, chie).groups == frozenset()
    with pytest.raises(Forbidden):
        managed(tx, now(tx, chie), slug="sakura-kai")
    with pytest.raises(Forbidden):
        groups.change(tx, now(tx, chie), slug="sakura-kai", raw={"name": "x"})


def test_staff_appoint_a_member_and_it_is_written_down(tx, world, sakura):
    join(tx, sakura, world.chie)
    assert appoint(tx, world.ben, slug="sakura-kai", public_id=world.chie.public_id).name == "Chie"
    assert roles(tx, world.ben) == {"Aki": "owner", "Chie": "owner"}
    entry = tx.exec(select(AuditEntry).where(AuditEntry.verb == "group.hand_over")).one()
    assert (entry.actor_kind, entry.thing_id, entry.detail) == (
        "staff", "sakura-kai", {"person": world.chie.public_id, "role": "owner"})  # fmt: skip


def test_staff_find_an_owner_when_none_is_left(tx, world, sakura):
    for row in tx.exec(select(GroupMember)).all():
        tx.delete(row)
    tx.flush()
    assert desk_groups(tx, world.ben).groups[0].owners == ()
    found = appoint(tx, world.ben, slug="sakura-kai", mail="chie@example.jp")
    assert (found.name, found.mail) == ("", "chie@example.jp")
    invitations.answer(tx, world.chie, token=token_of_last_mail(tx), accept=True)
    assert desk_groups(tx, world.ben).groups[0].owners == ("Chie",)


def test_staff_of_other_towns_and_owners_appoint_nobody(tx, world, sakura, aki):
    join(tx, sakura, world.chie)
    for actor in (world.fumi, aki):
        with pytest.raises(Forbidden, match="not_allowed_staff_only"):
            appoint(tx, actor, slug="sakura-kai", public_id=world.chie.public_id)
    with pytest.raises(Invalid):
        appoint(tx, world.ben, slug="sakura-kai", mail="nobody")
    with pytest.raises(NotFound):
        appoint(tx, world.ben, slug="sakura-kai", public_id=world.fumi.public_id)


def test_nothing_is_done_in_a_group_that_is_not_there(tx, world, sakura, aki):
    for slug in ("no-such", "../x", "", None):
        with pytest.raises(NotFound):
            invite(tx, aki, slug=slug, mail="x@example.jp", role="editor")
    groups.close(tx, aki, slug="sakura-kai")
    with pytest.raises((Gone, Forbidden)):
        invite(tx, now(tx, aki), slug="sakura-kai", mail="x@example.jp", role="editor")
