"""Who is in a group: inviting, roles, handing over when officers change, leaving; and staff finding a new owner."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import i18n, urls
from tamemap.domain.groups import EDITOR, OWNER, ROLES
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound
from tamemap.models import Group, GroupMember, Invitation, Person
from tamemap.queries.grounds import ground_of
from tamemap.queries.groups_manage import MemberView, members_of
from tamemap.services import invitations, notices
from tamemap.services.authority import ask_first, demand, record
from tamemap.services.groups import demand_active, loaded
from tamemap.services.sign_in import checked_mail

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor, Ground
    from tamemap.queries.invitations import InvitationView


@dataclass(frozen=True, slots=True)
class Appointed:
    """Who became owner: ``name`` at once, or the address that was invited (one of them is empty)."""

    name: str
    mail: str


def invite(db: Session, actor: Actor, *, slug: str, mail: str, role: str, lang: str = i18n.DEFAULT) -> InvitationView:
    """Invite an address into the group as ``owner`` or ``editor``: for owners.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict ``group_member_already``, and as ``invitations.send``.
    """
    row, actor, ground = _opened(db, actor, slug)
    demand(db, actor, "group.invite", ground, group_id=row.id, thing="group", thing_id=row.slug)
    if role not in ROLES:
        raise Invalid.at("role", "role_wrong")
    member = _person_of_mail(db, mail)
    held = _membership(db, row, member.id) if member else None
    if held is not None and held.role in {role, OWNER}:
        raise Conflict("group_member_already")
    return invitations.send(db, actor, mail=mail, role=role, group=row, lang=lang)


def withdraw_invitation(db: Session, actor: Actor, *, slug: str, public_id: str) -> None:
    """Take an open invitation of this group back. Raises NotFound, Gone, Unauthenticated, Forbidden."""
    found = db.exec(
        select(Group)
        .join(Invitation, col(Invitation.group_id) == Group.id)
        .where(Invitation.public_id == reference(public_id), Group.slug == reference(slug))
    ).first()
    if found is None:
        raise NotFound("invitation_unknown")
    demand_active(found)
    invitations.withdraw(db, actor, public_id=public_id)


def leave_group(db: Session, actor: Actor, *, slug: str) -> None:
    """Leave a group. Raises Unauthenticated, NotFound, Conflict ``group_last_owner``: the only owner hands over first."""
    person_id = demand_self(actor)
    row = loaded(db, slug)
    held = _membership(db, row, person_id)
    if held is None:
        raise NotFound("group_member_unknown")
    _demand_other_owner(db, row, held)
    db.delete(held)
    db.flush()
    _tell_owners(db, row, but=person_id, code="group_member_left", name=actor.name)


def remove_member(db: Session, actor: Actor, *, slug: str, public_id: str) -> None:
    """Take somebody out of the group: for owners and staff. They lose its powers at once, and are told. Twice is once.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict ``group_last_owner``.
    """
    row, actor, ground = _opened(db, actor, slug)
    person = _person(db, public_id)
    ask_first(actor, "group.remove_member", ground, group_id=row.id)
    held = _membership(db, row, person.id)
    if held is None:
        return
    _demand_other_owner(db, row, held)
    detail = {"person": person.public_id}
    demand(db, actor, "group.remove_member", ground, group_id=row.id, thing="group", thing_id=row.slug, detail=detail)
    db.delete(held)
    db.flush()
    if person.id != actor.person_id:
        notices.tell(db, person_id=person.id, code="group_removed", params={"name": row.name}, url=urls.group_page(row.slug))


def set_role(db: Session, actor: Actor, *, slug: str, public_id: str, role: str) -> tuple[MemberView, ...]:
    """Make a member owner or editor: for owners and staff. Answers all members.

    Raises NotFound, Gone, Unauthenticated, Forbidden, Invalid at ``role``, Conflict ``group_last_owner``.
    """
    row, actor, ground = _opened(db, actor, slug)
    ask_first(actor, "group.hand_over", ground, group_id=row.id)
    if role not in ROLES:
        raise Invalid.at("role", "role_wrong")
    person, held = _member(db, row, public_id)
    if held.role != role:
        if role == EDITOR:
            _demand_other_owner(db, row, held)
        _deed(db, actor, ground, row, {"person": person.public_id, "role": role})
        _give(db, row, held, role)
    return members_of(db, actor, row)


def hand_over(db: Session, actor: Actor, *, slug: str, to_public_id: str) -> tuple[MemberView, ...]:
    """Hand the group over to another member: they become owner, the actor an editor. Answers all members.

    Of two who are handed over to at the same moment only the first becomes owner: then the actor is owner no more.
    Raises NotFound, Gone, Unauthenticated, Forbidden ``not_allowed_owner_only``, Invalid at ``to_public_id`` for oneself.
    """
    row, actor, ground = _opened(db, actor, slug)
    ask_first(actor, "group.hand_over", ground, group_id=row.id)
    person, held = _member(db, row, to_public_id)
    if person.id == actor.person_id:
        raise Invalid.at("to_public_id", "group_hand_over_self")
    _deed(db, actor, ground, row, {"person": person.public_id, "role": OWNER})
    _give(db, row, held, OWNER)
    own = _membership(db, row, actor.person_id)
    if own is not None and own.role == OWNER:
        _give(db, row, own, EDITOR)
    return members_of(db, actor, row)


def appoint(db: Session, actor: Actor, *, slug: str, public_id: str = "", mail: str = "", lang: str = i18n.DEFAULT) -> Appointed:
    """Find the group a new owner, when the old one is gone: for staff of its town, written down.

    A member becomes owner at once; any other address is invited as owner. Raises NotFound, Gone, Unauthenticated, Forbidden,
    Invalid at ``mail``, and as ``invitations.send``.
    """
    row, actor, ground = _opened(db, actor, slug)
    ask_first(actor, "group.decide", ground)
    person = _person(db, public_id) if public_id else _person_of_mail(db, mail)
    held = _membership(db, row, person.id) if person is not None else None
    if public_id and held is None:
        raise NotFound("group_member_unknown")
    if person is None or held is None:
        sent = invitations.send(db, actor, mail=mail, role=OWNER, group=row, lang=lang)
        detail = {"invitation": sent.public_id, "role": OWNER}
        record(db, actor, "group.hand_over", ground, thing="group", thing_id=row.slug, detail=detail)
        return Appointed("", sent.mail)
    if held.role != OWNER:
        detail = {"person": person.public_id, "role": OWNER}
        record(db, actor, "group.hand_over", ground, thing="group", thing_id=row.slug, detail=detail)
        _give(db, row, held, OWNER)
    return Appointed(person.name, "")


def _opened(db: Session, actor: Actor, slug: str) -> tuple[Group, Actor, Ground]:
    """An active group, locked, and the actor as they stand to it now: who was owner a moment ago may be none any more."""
    row = loaded(db, slug)
    ground = ground_of(db, row.municipality_code)
    if row.state != "active":
        ask_first(actor, "group.see_members", ground)
    demand_active(row)
    if actor.scopes is None and actor.person_id is not None:
        held = _membership(db, row, actor.person_id)
        others, owned = actor.groups - {row.id or 0}, actor.owns - {row.id or 0}
        actor = replace(
            actor,
            groups=others | ({row.id or 0} if held else set()),
            owns=owned | ({row.id or 0} if held is not None and held.role == OWNER else set()),
        )
    return row, actor, ground


def _deed(db: Session, actor: Actor, ground: Ground, row: Group, detail: dict[str, str]) -> None:
    demand(db, actor, "group.hand_over", ground, group_id=row.id, thing="group", thing_id=row.slug, detail=detail)


def _membership(db: Session, row: Group, person_id: int | None) -> GroupMember | None:
    query = select(GroupMember).where(GroupMember.group_id == row.id, GroupMember.person_id == person_id)
    return db.exec(query.execution_options(populate_existing=True)).first()


def _person(db: Session, public_id: str) -> Person:
    found = db.exec(select(Person).where(Person.public_id == reference(public_id), col(Person.left_at).is_(None))).first()
    if found is None:
        raise NotFound("person_unknown")
    return found


def _member(db: Session, row: Group, public_id: str) -> tuple[Person, GroupMember]:
    person = _person(db, public_id)
    held = _membership(db, row, person.id)
    if held is None:
        raise NotFound("group_member_unknown")
    return person, held


def _person_of_mail(db: Session, mail: str) -> Person | None:
    return db.exec(select(Person).where(Person.mail == checked_mail(mail), col(Person.left_at).is_(None))).first()


def _give(db: Session, row: Group, held: GroupMember, role: str) -> None:
    """Change a member's role, and tell a new owner."""
    held.role = role
    db.add(held)
    db.flush()
    if role == OWNER:
        notices.tell(
            db, person_id=held.person_id, code="group_handed_over", params={"name": row.name}, url=urls.group_room(row.slug)
        )


def _demand_other_owner(db: Session, row: Group, held: GroupMember) -> None:
    if held.role != OWNER:
        return
    others = (
        select(GroupMember.id)
        .join(Person, col(Person.id) == GroupMember.person_id)
        .where(
            GroupMember.group_id == row.id, GroupMember.role == OWNER, GroupMember.id != held.id, col(Person.left_at).is_(None)
        )
    )
    if db.exec(others).first() is None:
        raise Conflict("group_last_owner")


def _tell_owners(db: Session, row: Group, *, but: int, code: str, name: str) -> None:
    for person_id in owners_of(db, row.id):
        if person_id != but:
            notices.tell(
                db, person_id=person_id, code=code, params={"group": row.name, "name": name}, url=urls.group_room(row.slug)
            )


def owners_of(db: Session, group_id: int | None) -> tuple[int, ...]:
    """The owners of a group, by row number (for services)."""
    query = select(GroupMember.person_id).where(GroupMember.group_id == group_id, GroupMember.role == OWNER)
    return tuple(db.exec(query.order_by(col(GroupMember.id))))
