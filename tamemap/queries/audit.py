"""Reads of the audit trail: what staff, operators and the installation did, for leads and operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, false, or_, select, true

from tamemap import clock
from tamemap.domain.asking import read_cursor, write_cursor
from tamemap.domain.writing import reference
from tamemap.errors import Forbidden, Invalid, Unauthenticated
from tamemap.models import AccessToken, AuditEntry, Municipality, Person, Region, Role
from tamemap.queries.audit_things import Thing, things_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; empty or None: everything. ``thing`` is an id or a slug, ``person`` a public id, both days included."""

    person: str = ""
    verb: str = ""
    thing: str = ""
    town: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class EntryView:
    """One deed. ``kind`` is staff, operator or system; ``name`` is empty for who has left; ``token`` names a program that did it.

    ``place`` is the town or region, ``department`` the present one of whoever did it there.
    """

    at: datetime
    kind: str
    person: str
    name: str
    left: bool
    token: str
    verb: str
    municipality_code: str
    place: str
    department: str
    thing: Thing
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some deeds, the newest first; ``next`` is the cursor of the following page, None on the last."""

    items: tuple[EntryView, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class Choices:
    """Who did something that the actor may read of (public id, name: empty for who has left), and which verbs there are."""

    people: tuple[tuple[str, str], ...]
    verbs: tuple[str, ...]


def wanted_of(params: Mapping[str, str]) -> Wanted:
    """From a form. Of a pasted address its last part counts. Raises Invalid at ``since`` or ``until`` for no date."""
    words = {name: params.get(name, "").strip()[:100] for name in ("person", "verb", "thing", "town")}
    words["thing"] = words["thing"].split("?")[0].rstrip("/").rsplit("/", 1)[-1]
    return Wanted(**words, since=_day(params, "since"), until=_day(params, "until"))


def _day(params: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(params[name]) if params.get(name) else None
    except ValueError:
        raise Invalid.at(name, "audit_day_wrong") from None


def demand_reader(actor: Actor) -> None:
    """Raise unless there is something in the trail for this actor: leads and operators."""
    if actor.scopes is not None:
        raise Forbidden("token_scope_missing")
    if not (actor.leads or actor.operator_of or actor.operator_of_all):
        if actor.is_guest or actor.waiting:
            raise Unauthenticated("desk_needs_proof" if actor.waiting else "sign_in_first")
        raise Forbidden("not_allowed_lead_only")


def _mine(actor: Actor) -> Any:
    """As ``audit.read`` in the table of permissions, for many rows at once."""
    if actor.operator_of_all:
        return true()
    return or_(col(AuditEntry.municipality_code).in_(actor.leads), col(AuditEntry.region_id).in_(actor.operator_of))


def entries(db: Session, actor: Actor, *, wanted: Wanted = Wanted(), limit: int = 50, cursor: str = "") -> EntryPage:
    """The deeds in the actor's towns and regions, the newest first. Raises Unauthenticated, Forbidden, Invalid at ``cursor``."""
    demand_reader(actor)
    limit = max(1, min(limit, 500))
    query = select(AuditEntry).where(_mine(actor), *_conditions(db, wanted))
    if cursor:
        query = query.where(AuditEntry.id < read_cursor(cursor, int)[0])
    rows = db.exec(query.order_by(col(AuditEntry.id).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    return EntryPage(_views(db, shown), write_cursor(shown[-1].id) if len(rows) > limit else None)


def _conditions(db: Session, wanted: Wanted) -> list[Any]:
    found: list[Any] = []
    if wanted.person:
        person = db.exec(select(Person.id).where(Person.public_id == reference(wanted.person))).first()
        found.append(AuditEntry.actor_id == person if person is not None else false())
    found += [AuditEntry.verb == wanted.verb if wanted.verb.isprintable() else false()] if wanted.verb else []
    found += [AuditEntry.thing_id == reference(wanted.thing)] if wanted.thing else []
    found += [AuditEntry.municipality_code == reference(wanted.town)] if wanted.town else []
    found += [AuditEntry.at >= clock.day_start(wanted.since)] if wanted.since else []
    found += [AuditEntry.at < clock.day_end(wanted.until)] if wanted.until else []
    return found


def choices(db: Session, actor: Actor) -> Choices:
    """What the trail can be narrowed to. Raises Unauthenticated, Forbidden."""
    demand_reader(actor)
    people = select(AuditEntry.actor_id).where(_mine(actor)).distinct()
    rows = db.exec(select(Person).where(col(Person.id).in_(people)).order_by(Person.name, Person.id)).all()
    verbs = db.exec(select(AuditEntry.verb).where(_mine(actor)).distinct().order_by(AuditEntry.verb)).all()
    return Choices(tuple((row.public_id, "" if row.left_at else row.name) for row in rows), tuple(verbs))


def _views(db: Session, rows: Sequence[AuditEntry]) -> tuple[EntryView, ...]:
    ids = {row.actor_id for row in rows}
    people = {row.id: row for row in db.exec(select(Person).where(col(Person.id).in_(ids)))}
    tokens = _pairs(db, select(AccessToken.id, AccessToken.name).where(col(AccessToken.id).in_({row.token_id for row in rows})))
    towns = _pairs(db, select(Municipality.code, Municipality.name).where(_in(Municipality.code, rows, "municipality_code")))
    regions = _pairs(db, select(Region.id, Region.name).where(_in(Region.id, rows, "region_id")))
    held = select(Role).where(and_(col(Role.person_id).in_(ids), Role.role == "staff"))
    departments = {(role.person_id, role.municipality_code): role.department for role in db.exec(held)}
    things = things_of(db, [(row.thing, row.thing_id) for row in rows])
    views = []
    for row in rows:
        person = people.get(row.actor_id)
        here = person is not None and person.left_at is None
        views.append(
            EntryView(
                at=row.at,
                kind=row.actor_kind,
                person=person.public_id if person is not None and here else "",
                name=person.name if person is not None and here else "",
                left=person is not None and not here,
                token=tokens.get(row.token_id, ""),
                verb=row.verb,
                municipality_code=row.municipality_code or "",
                place=towns.get(row.municipality_code) or regions.get(row.region_id, ""),
                department=departments.get((row.actor_id, row.municipality_code), "") if row.actor_kind == "staff" else "",
                thing=things[row.thing, row.thing_id],
                detail=dict(row.detail),
            )
        )
    return tuple(views)


def _in(column: Any, rows: Sequence[AuditEntry], name: str) -> Any:
    return col(column).in_({getattr(row, name) for row in rows})


def _pairs(db: Session, query: Any) -> dict[Any, str]:
    return {key: name for key, name in db.exec(query)}  # noqa: C416  rows are not plain pairs
