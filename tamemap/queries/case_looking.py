"""Reads about who of the staff looks at which case at this moment, and whether the keys of the desk are on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.care import LOOKING_FOR
from tamemap.domain.permissions import demand_self
from tamemap.models import Case, Person
from tamemap.queries import staff
from tamemap.queries.cases import for_actor

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Looker:
    """Another of the staff who looks at a ``case`` (its id) now, ``since`` then."""

    case: str
    name: str
    since: datetime


def looking(db: Session, actor: Actor) -> tuple[Looker, ...]:
    """Who looks at the actor's open cases, besides the actor. Raises as ``queries.staff.desk``."""
    staff.desk(db, actor)
    now = Case.looking_at > clock.now() - LOOKING_FOR, Case.looking_by != actor.person_id  # type: ignore[operator]
    found = (
        select(Case.public_id, Person.name, Case.looking_at)
        .join(Person, col(Person.id) == Case.looking_by)
        .where(for_actor(actor), col(Case.closed_at).is_(None), *now)
    )
    return tuple(Looker(case, name, since) for case, name, since in db.exec(found) if since is not None)


def keys_on(db: Session, actor: Actor) -> bool:
    """Whether single letters decide for the actor. Raises Unauthenticated, Forbidden for programs."""
    return db.get_one(Person, demand_self(actor)).desk_keys
