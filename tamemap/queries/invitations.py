"""Reads about invitations: which wait for an answer, and what one is about for whoever holds its link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock, session
from tamemap.domain.permissions import allowed, demand
from tamemap.errors import Gone, NotFound
from tamemap.models import Group, Invitation, Municipality, Person
from tamemap.queries.grounds import ground_of
from tamemap.queries.people import actor_of_person

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation that waits. ``mail`` is empty for those who may not invite there; names of a group's towns are none."""

    public_id: str
    mail: str
    role: str
    department: str
    municipality_codes: tuple[str, ...]
    municipality_names: tuple[str, ...]
    invited_by: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation is about, for whoever holds its link. ``kind`` is group or staff.

    ``places`` are the group's or towns' names.
    ``fits``: whether the actor can take it up as they are now; ``mail`` is to whom it was sent, in part for others.
    """

    kind: str
    role: str
    department: str
    places: tuple[str, ...]
    group_slug: str
    invited_by: str
    mail: str
    fits: bool
    expires_at: datetime


def waiting(
    db: Session, actor: Actor, *, group_id: int | None = None, municipality_code: str | None = None
) -> tuple[InvitationView, ...]:
    """The open invitations into a group (for its members and staff) or into a town's staff (for these), the newest first.

    Raises NotFound, Unauthenticated, Forbidden.
    """
    query = select(Invitation).where(Invitation.outcome == "", Invitation.expires_at > clock.now())
    if group_id is not None:
        group = db.get(Group, group_id)
        if group is None:
            raise NotFound("group_unknown")
        ground = ground_of(db, group.municipality_code)
        demand(actor, "group.see_members", ground, group_id=group_id)
        may_invite = allowed(actor, "group.invite", ground, group_id=group_id) or allowed(actor, "group.hand_over", ground)
        rows: Sequence[Invitation] = db.exec(
            query.where(Invitation.group_id == group_id).order_by(col(Invitation.id).desc())
        ).all()
    else:
        ground = ground_of(db, municipality_code or "")
        demand(actor, "staff.see", ground)
        may_invite = allowed(actor, "staff.invite", ground)
        found = db.exec(query.where(col(Invitation.group_id).is_(None)).order_by(col(Invitation.id).desc())).all()
        rows = [row for row in found if municipality_code in row.municipality_codes.split()]
    return _views(db, rows, may_invite=may_invite)


def _views(db: Session, rows: Sequence[Invitation], *, may_invite: bool) -> tuple[InvitationView, ...]:
    towns = town_names(db, {code for row in rows for code in row.municipality_codes.split()})
    inviters = {row.id: row.name for row in db.exec(select(Person).where(col(Person.id).in_({one.invited_by for one in rows})))}
    return tuple(
        InvitationView(
            row.public_id,
            row.mail if may_invite else "",
            row.role,
            row.department,
            codes := tuple(row.municipality_codes.split()),
            tuple(towns[code] for code in codes),
            inviters.get(row.invited_by, ""),
            row.created_at,
            row.expires_at,
        )
        for row in rows
    )


def view_of(db: Session, row: Invitation) -> InvitationView:
    """One invitation as its inviter sees it (for services)."""
    return _views(db, [row], may_invite=True)[0]


def town_names(db: Session, codes: Iterable[str]) -> dict[str, str]:
    """The names of municipalities by their codes, in the order of the codes."""
    query = select(Municipality.code, Municipality.name).where(col(Municipality.code).in_(set(codes)))
    return {code: name for code, name in db.exec(query.order_by(Municipality.code))}  # noqa: C416  rows are not plain pairs


def load(db: Session, token: object, *, lock: bool = False) -> Invitation:
    """The open invitation of this link (for services and queries).

    Raises Gone: ``invitation_over`` when there is none, it was answered or is too old; ``invitation_void`` when who invited may
    no longer do so.
    """
    query = select(Invitation).where(Invitation.token_hash == session.hashed(str(token)[:200]))
    row = db.exec(query.with_for_update() if lock else query).first()
    if row is None or row.outcome or row.expires_at <= clock.now():
        raise Gone("invitation_over")
    if not _stands(db, row):
        raise Gone("invitation_void")
    return row


def _stands(db: Session, row: Invitation) -> bool:
    """Whether who invited might do so at this moment, too; the command line may always."""
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    if group is not None and group.state != "active":
        return False
    if row.invited_by is None:
        return True
    person = db.get(Person, row.invited_by)
    if person is None or person.left_at is not None:
        return False
    inviter = actor_of_person(db, person)
    if group is not None:
        ground = ground_of(db, group.municipality_code)
        return any(allowed(inviter, verb, ground, group_id=group.id) for verb in ("group.invite", "group.hand_over"))
    return all(allowed(inviter, "staff.invite", ground_of(db, code)) for code in row.municipality_codes.split())


def look(db: Session, actor: Actor, *, token: str) -> Offer:
    """What the invitation is about. Raises as ``load``."""
    row = load(db, token)
    group = db.get(Group, row.group_id) if row.group_id is not None else None
    inviter = db.get(Person, row.invited_by) if row.invited_by is not None else None
    return Offer(
        kind="group" if group else "staff",
        role=row.role,
        department=row.department,
        places=(group.name,) if group else tuple(town_names(db, row.municipality_codes.split()).values()),
        group_slug=group.slug if group else "",
        invited_by=inviter.name if inviter else "",
        mail=row.mail if actor.mail == row.mail else in_part(row.mail),
        fits=not actor.is_guest and (group is not None or actor.mail == row.mail),
        expires_at=row.expires_at,
    )


def in_part(mail: str) -> str:
    """So much of an address that its owner knows it, and nobody else learns it."""
    name, _, host = mail.partition("@")
    return f"{name[:2] if len(name) > 3 else name[:1]}…@{host}"
