"""Reads about the flyers that topics are about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.domain.writing import reference
from tamemap.models import Flyer, Placement

if TYPE_CHECKING:
    from tamemap.models import Map


@dataclass(frozen=True, slots=True)
class FlyerRef:
    """The flyer that a topic is about, while it stands on the board's map."""

    public_id: str
    title: str


def flyer_on_map(db: Session, public_id: object, map_: Map) -> int | None:
    """The row number of a flyer that stands on this map now, else None."""
    query = select(Flyer.id).join(Placement).where(Flyer.public_id == reference(public_id), *_standing(map_))
    return db.exec(query).first()


def flyer_refs(db: Session, ids: list[int], map_: Map) -> dict[int | None, FlyerRef]:
    """The flyers of these row numbers that stand on that map."""
    if not ids:
        return {}
    rows = db.exec(select(Flyer.id, Flyer.public_id, Flyer.title).join(Placement).where(col(Flyer.id).in_(ids), *_standing(map_)))
    return {row_id: FlyerRef(public_id, title) for row_id, public_id, title in rows}


def _standing(map_: Map) -> tuple[Any, ...]:
    # what was unticked, recalled, deleted or is over leaves the boards at the same moment as the map
    return (
        Placement.map_id == map_.id,
        Placement.state == UP,
        Placement.until > clock.now(),
        col(Flyer.deleted_at).is_(None),
    )
