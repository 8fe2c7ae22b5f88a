"""Moving a flyer on a map: the row and its history change together, or not at all (for services).

The map's version follows by itself (``services.stamps``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select, update

from tamemap import clock
from tamemap.config import settings
from tamemap.domain.cells import cell_of
from tamemap.domain.dates import When
from tamemap.domain.placements import lasts, until
from tamemap.models import Flyer, Map, Placement, PlacementChange
from tamemap.queries.grounds import ground_of

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def town_map(db: Session, row: Flyer) -> Map:
    """The resident map of the flyer's municipality."""
    return db.exec(select(Map).where(Map.municipality_code == row.municipality_code)).one()


def regional_map(db: Session, row: Flyer) -> Map:
    """The regional map above it."""
    return db.get_one(Map, town_map(db, row).above_id)


def placement_on(db: Session, row: Flyer, here: Map) -> Placement | None:
    """The flyer's standing on that map, if it ever had one."""
    return db.exec(select(Placement).where(Placement.flyer_id == row.id, Placement.map_id == here.id)).first()


def move(db: Session, actor: Actor, row: Flyer, here: Map | int, state: str, *, reason: str = "") -> Placement:
    """Give the flyer that state on that map, and write down who did it, when and why."""
    here = db.get_one(Map, here) if isinstance(here, int) else here
    now = clock.now()
    standing = placement_on(db, row, here)
    before = standing.state if standing else ""
    if standing is None:
        standing = Placement(flyer_id=row.id or 0, map_id=here.id or 0, state=state, since=now, until=now, soon_at=now,
                             cell=0, lat=row.lat, lng=row.lng, category=row.category)  # fmt: skip
    standing.state, standing.since, standing.reason = state, now, reason
    standing.decided_by = actor.person_id
    _copy(standing, row)
    db.add(standing)
    db.add(
        PlacementChange(
            flyer_id=row.id or 0,
            map_id=here.id or 0,
            from_state=before,
            to_state=state,
            actor_id=actor.person_id,
            actor_kind=actor.kind_on(ground_of(db, row.municipality_code)),
            reason=reason,
            changed_at=now,
        )
    )
    db.flush()
    return standing


def refresh(db: Session, row: Flyer) -> None:
    """After a flyer has changed: its placements take over what they copy."""
    for standing in db.exec(select(Placement).where(Placement.flyer_id == row.id)).all():
        _copy(standing, row)
        db.add(standing)
    db.flush()


def _copy(standing: Placement, row: Flyer) -> None:
    standing.cell, standing.lat, standing.lng = cell_of(row.lat, row.lng), row.lat, row.lng
    standing.category, standing.soon_at = row.category, row.starts_at or clock.NEVER
    standing.until = until(When(row.starts_at, row.ends_at, row.all_day), row.created_at, settings().flyer_days)
    standing.lasts = lasts(standing.soon_at, standing.until)


def raise_version(db: Session, map_id: int | None) -> None:
    """What browsers and tiles remember of that map is old (for services)."""
    db.flush()
    db.exec(update(Map).where(col(Map.id) == map_id).values(version=Map.version + 1))
