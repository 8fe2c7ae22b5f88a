"""The keys of the desk: single letters that decide are for who wants them (WCAG 2.1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.permissions import demand_self
from tamemap.models import Person
from tamemap.queries import staff

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def set_keys(db: Session, actor: Actor, *, on: bool) -> None:
    """Switch them on or off for the actor alone. Twice is once. Raises Unauthenticated, Forbidden for who has no desk."""
    person_id = demand_self(actor)
    staff.desk(db, actor)
    person = db.get_one(Person, person_id)
    person.desk_keys = on
    db.add(person)
    db.flush()
