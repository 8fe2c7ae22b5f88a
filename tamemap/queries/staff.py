"""Reads about the desk: what somebody may do there, and who the staff of their towns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, or_, select

from tamemap.domain.actors import Ground
from tamemap.domain.permissions import allowed
from tamemap.errors import Forbidden, Unauthenticated
from tamemap.models import Municipality, Person, Role, SignedIn

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

PAGES = {
    "cases": "case.see",
    "figures": "case.see",
    "boards": "board.make",
    "care": "case.see",
    "groups": "group.decide",
    "staff": "staff.see",
    "mascots": "mascot.see",
    "residence_codes": "residence_code.see",
    "maps": "map.set",
    "tokens": "town.make_token",
    "audit": "audit.read",
}
"""The pages of the desk beside the flyers, each with the verb that opens it."""


@dataclass(frozen=True, slots=True)
class DeskTown:
    """A town of the actor's; ``leads``: they may also say who its staff are."""

    code: str
    name: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """The actor's towns, and which ``PAGES`` of the desk have something for them."""

    towns: tuple[DeskTown, ...]
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class StaffView:
    """Somebody in a town's staff; ``seen`` is when they were last here, None for nobody signed in at present."""

    public_id: str
    name: str
    level: str
    department: str
    since: datetime
    seen: datetime | None
    is_me: bool


def desk(db: Session, actor: Actor) -> Desk:
    """What there is at the desk for this actor.

    Raises Unauthenticated (``sign_in_first``, ``desk_needs_proof``), Forbidden for those who are nobody's staff, and for tokens.
    """
    if actor.scopes is not None:
        raise Forbidden("token_scope_missing")
    if not actor.may_enter_desk:
        if actor.is_guest or actor.waiting:
            raise Unauthenticated("desk_needs_proof" if actor.waiting else "sign_in_first")
        raise Forbidden("not_allowed_staff_only")
    grounds = [(name, Ground(code, region_id)) for code, name, region_id in _towns(db, actor)]
    may = {page for page, verb in PAGES.items() if any(allowed(actor, verb, ground) for _, ground in grounds)}
    towns = [DeskTown(one.municipality_code or "", name, allowed(actor, "staff.change", one)) for name, one in grounds]
    return Desk(tuple(towns), frozenset(may))


def _towns(db: Session, actor: Actor) -> list[tuple[str, str, int]]:
    query = select(Municipality.code, Municipality.name, Municipality.region_id).order_by(Municipality.code)
    if not actor.operator_of_all:
        mine = col(Municipality.code).in_(actor.staff_of), col(Municipality.region_id).in_(actor.operator_of)
        query = query.where(or_(*mine))
    return [tuple(row) for row in db.exec(query)]


def staff_of(db: Session, actor: Actor, *, municipality_codes: tuple[str, ...]) -> dict[str, tuple[StaffView, ...]]:
    """The staff of those of these towns that are the actor's, leads first. Raises as ``desk``."""
    mine = {town.code for town in desk(db, actor).towns if town.code in municipality_codes}
    seen = select(SignedIn.person_id, func.max(SignedIn.seen_at).label("seen")).group_by(SignedIn.person_id).subquery()
    rows = db.exec(
        select(Role, Person, seen.c.seen)
        .join(Person, Person.id == Role.person_id)
        .outerjoin(seen, seen.c.person_id == Person.id)
        .where(Role.role == "staff", col(Role.municipality_code).in_(mine), col(Person.left_at).is_(None))
        .order_by(col(Role.level).desc(), Person.name, Person.id)
    )
    found: dict[str, list[StaffView]] = {code: [] for code in sorted(mine)}
    for role, person, at in rows:
        found[role.municipality_code or ""].append(
            StaffView(
                person.public_id,
                person.name,
                role.level,
                role.department,
                role.granted_at,
                at,
                is_me=person.id == actor.person_id,
            )
        )
    return {code: tuple(views) for code, views in found.items()}
