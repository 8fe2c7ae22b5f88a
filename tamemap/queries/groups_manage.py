"""Reads about groups for those who look after them: their members, those who asked for one, and staff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, or_, select

from tamemap.domain.groups import ACTIVE, ASKED, CLOSED, OWNER
from tamemap.domain.permissions import allowed, demand
from tamemap.domain.writing import reference
from tamemap.errors import Forbidden, NotFound, Unauthenticated
from tamemap.models import Flyer, Group, GroupMember, Municipality, Person, Role
from tamemap.queries.grounds import ground_of
from tamemap.queries.groups import GroupView, view_of

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor, Ground

MOST = 200


@dataclass(frozen=True, slots=True)
class MemberView:
    """Somebody in a group, for its members and staff; ``only_owner``: the group would have no owner without them."""

    public_id: str
    name: str
    role: str
    since: datetime
    is_me: bool
    only_owner: bool


@dataclass(frozen=True, slots=True)
class ManagedGroup:
    """A group as those see it who may look after it.

    For who asked for it and does not have it (yet), only ``group`` and ``reason`` say something.
    """

    group_id: int
    group: GroupView
    reason: str
    members: tuple[MemberView, ...]
    role: str  # of the viewer, empty for staff and for who asked
    may_change: bool
    may_invite: bool
    may_remove: bool
    may_hand_over: bool
    may_close: bool
    may_make_token: bool
    may_decide: bool


@dataclass(frozen=True, slots=True)
class OwnGroup:
    """A group that somebody asked for or belongs to; ``role`` empty: asked for only, ``reason`` why it was declined."""

    slug: str
    name: str
    municipality_name: str
    state: str
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class RequestView:
    """A group that is asked for, with what staff want to know of who asks."""

    slug: str
    name: str
    municipality_name: str
    html: str
    contact: str
    url: str
    words: str
    asked_at: datetime
    asker: str
    asker_since: datetime | None
    asker_flyers: int
    asker_groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CuratedGroup:
    """A group of a town, for its staff; without ``owners`` somebody must be found."""

    slug: str
    name: str
    municipality_name: str
    state: str
    owners: tuple[str, ...]
    members: tuple[MemberView, ...]
    flyers: int


@dataclass(frozen=True, slots=True)
class DeskGroups:
    """The groups at the desk: those asked for (the oldest first), and those that are there (without an owner first)."""

    waiting: tuple[RequestView, ...]
    groups: tuple[CuratedGroup, ...]


def managed(db: Session, actor: Actor, *, slug: str) -> ManagedGroup:
    """A group for its members, for who asked for it, and for staff. Raises NotFound, Unauthenticated, Forbidden."""
    if actor.is_guest:
        raise Unauthenticated("sign_in_first")
    row = db.exec(select(Group).where(Group.slug == reference(slug))).first()
    if row is None:
        raise NotFound("group_unknown")
    ground = ground_of(db, row.municipality_code)
    asker = actor.person_id is not None and actor.person_id == row.asked_by and actor.scopes is None
    insider = allowed(actor, "group.see_members", ground, group_id=row.id)
    if not insider and not (asker and row.state != ACTIVE):
        if row.state not in {ACTIVE, CLOSED} and not actor.waiting:
            raise NotFound("group_unknown")
        demand(actor, "group.see_members", ground, group_id=row.id)
    active = row.state == ACTIVE
    may = {name: active and allowed(actor, f"group.{name}", ground, group_id=row.id)
           for name in ("change", "invite", "remove_member", "hand_over", "close", "make_token")}  # fmt: skip
    found = members_of(db, actor, row) if insider else ()
    return ManagedGroup(
        group_id=row.id or 0,
        group=view_of(db, actor, row),
        reason=row.reason,
        members=found,
        role=next((one.role for one in found if one.is_me), ""),
        may_change=may["change"],
        may_invite=may["invite"],
        may_remove=may["remove_member"],
        may_hand_over=may["hand_over"],
        may_close=may["close"],
        may_make_token=may["make_token"],
        may_decide=allowed(actor, "group.decide", ground),
    )


def members_of(db: Session, actor: Actor, row: Group) -> tuple[MemberView, ...]:
    """Who is in a group, owners first (for queries and services; who may see it has been asked before)."""
    found = db.exec(
        select(GroupMember, Person)
        .join(Person, col(Person.id) == GroupMember.person_id)
        .where(GroupMember.group_id == row.id, col(Person.left_at).is_(None))
        .order_by(col(GroupMember.role).desc(), col(GroupMember.since), col(GroupMember.id))
    ).all()
    owners = sum(member.role == OWNER for member, _ in found)
    return tuple(
        MemberView(
            person.public_id,
            person.name,
            member.role,
            member.since,
            is_me=person.id == actor.person_id,
            only_owner=member.role == OWNER and owners == 1,
        )
        for member, person in found
    )


def own_groups(db: Session, actor: Actor) -> tuple[OwnGroup, ...]:
    """The groups that the actor belongs to, and those they asked for. Raises Unauthenticated for a guest."""
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    roles = select(GroupMember.group_id, GroupMember.role).where(GroupMember.person_id == actor.person_id).subquery()
    rows = db.exec(
        select(Group, Municipality.name, roles.c.role)
        .join(Municipality, col(Municipality.code) == Group.municipality_code)
        .outerjoin(roles, roles.c.group_id == Group.id)
        .where(
            or_(roles.c.role.is_not(None), (col(Group.asked_by) == actor.person_id) & col(Group.state).not_in([ACTIVE, CLOSED]))
        )
        .order_by(col(Group.id))
    )
    return tuple(OwnGroup(row.slug, row.name, town, row.state, role or "", row.reason) for row, town, role in rows)


def desk_groups(db: Session, actor: Actor) -> DeskGroups:
    """The groups of the towns that this actor curates. Raises Unauthenticated, Forbidden for everybody else."""
    if not actor.may_enter_desk:
        if actor.waiting:
            raise Unauthenticated("desk_needs_proof")
        raise Unauthenticated("sign_in_first") if actor.is_guest else Forbidden("not_allowed_staff_only")
    query = select(Group, Municipality.name).join(Municipality, col(Municipality.code) == Group.municipality_code)
    rows = db.exec(query.where(_curated_by(actor)).order_by(col(Group.asked_at), col(Group.id)).limit(MOST)).all()
    waiting = tuple(_request(db, row, town) for row, town in rows if row.state == ASKED)
    groups = [_curated(db, actor, row, town) for row, town in rows if row.state in {ACTIVE, CLOSED}]
    groups.sort(key=lambda one: (one.state != ACTIVE, bool(one.owners), one.name))
    return DeskGroups(waiting, tuple(groups))


def _curated_by(actor: Actor) -> Any:
    if actor.operator_of_all:
        return True
    return or_(col(Group.municipality_code).in_(actor.staff_of), col(Municipality.region_id).in_(actor.operator_of))


def _request(db: Session, row: Group, town: str) -> RequestView:
    asker = db.get(Person, row.asked_by) if row.asked_by is not None else None
    posted = select(func.count()).select_from(Flyer).where(Flyer.poster_id == row.asked_by, col(Flyer.deleted_at).is_(None))
    others = (
        select(Group.name)
        .join(GroupMember, col(GroupMember.group_id) == Group.id)
        .where(GroupMember.person_id == row.asked_by, Group.state == ACTIVE)
    )
    return RequestView(
        slug=row.slug,
        name=row.name,
        municipality_name=town,
        html=row.html,
        contact=row.contact,
        url=row.url,
        words=row.asked_words,
        asked_at=row.asked_at,
        asker=asker.name if asker and asker.left_at is None else "",
        asker_since=asker.created_at if asker else None,
        asker_flyers=db.exec(posted).one() if asker else 0,
        asker_groups=tuple(db.exec(others.order_by(Group.name))) if asker else (),
    )


def _curated(db: Session, actor: Actor, row: Group, town: str) -> CuratedGroup:
    found = members_of(db, actor, row)
    flyers = select(func.count()).select_from(Flyer).where(Flyer.group_id == row.id, col(Flyer.deleted_at).is_(None))
    owners = tuple(one.name for one in found if one.role == OWNER)
    return CuratedGroup(row.slug, row.name, town, row.state, owners, found, db.exec(flyers).one())


def deciders(db: Session, ground: Ground) -> tuple[int, ...]:
    """Who is told of a request: staff of the town; where there are none, the operators (for services)."""
    staff = db.exec(
        select(Role.person_id).where(Role.role == "staff", Role.municipality_code == ground.municipality_code).distinct()
    ).all()
    if staff:
        return tuple(staff)
    region = or_(col(Role.region_id) == ground.region_id, col(Role.region_id).is_(None))
    return tuple(db.exec(select(Role.person_id).where(Role.role == "operator", region).distinct()).all())
