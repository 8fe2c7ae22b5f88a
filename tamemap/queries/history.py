"""Reads of what happened to a flyer: who changed its standing, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.domain.permissions import allowed
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Flyer, Map, Person, PlacementChange
from tamemap.queries.grounds import ground_of, is_author

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One step in a flyer's history: who (as what), when, from what to what on which map, why."""

    map_name: str
    from_state: str
    to_state: str
    actor_name: str
    actor_kind: str
    reason: str
    changed_at: datetime


def history(db: Session, actor: Actor, *, public_id: str) -> tuple[ChangeView, ...]:
    """All changes of a flyer's placements, oldest first, for its author, their group and staff. Raises NotFound for others."""
    row = db.execute(select(Flyer).where(Flyer.public_id == reference(public_id))).scalars().first()
    if row is None:
        raise NotFound("flyer_unknown")
    mine, ground = is_author(db, actor, row), ground_of(db, row.municipality_code)
    if not allowed(actor, "flyer.see_history", ground, author=mine, group_id=row.group_id):
        raise NotFound("flyer_unknown")
    query = (
        select(PlacementChange, Map.name, Person.name)
        .join(Map, Map.id == PlacementChange.map_id)
        .outerjoin(Person, Person.id == PlacementChange.actor_id)
        .where(PlacementChange.flyer_id == row.id)
        .order_by(PlacementChange.id)
    )
    return tuple(
        ChangeView(name, change.from_state, change.to_state, who or "", change.actor_kind, change.reason, change.changed_at)
        for change, name, who in db.execute(query)
    )
