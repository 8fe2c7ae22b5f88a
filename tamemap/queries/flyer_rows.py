"""The rows behind the page of one flyer, in one read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from tamemap import clock
from tamemap.domain.placements import shown_state
from tamemap.domain.writing import reference
from tamemap.models import Flyer, Group, Map, Municipality, Picture, Placement

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class PlacementView:
    """A flyer's standing on one map, as people see it; ``reason`` is for its poster and staff."""

    map_slug: str
    map_name: str
    kind: str
    state: str
    since: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """All rows that a flyer's page needs; the row of its group is kept here so that the session knows it."""

    row: Flyer
    town: str
    prefecture: str
    region_id: int
    town_map: Map
    above: Map | None
    group: Group | None
    standings: tuple[PlacementView, ...]
    pictures: tuple[Picture, ...]


ABOVE, WHERE = aliased(Map), aliased(Map)


def load_flyer(db: Session, public_id: str) -> Loaded | None:
    """A flyer with everything about it, in one read: a row for each of its placements and pictures."""
    query = (
        select(
            Flyer,
            Municipality.name,
            Municipality.prefecture,
            Municipality.region_id,
            Map,
            ABOVE,
            Group,
            Placement,
            WHERE,
            Picture,
        )  # type: ignore[call-overload]
        .join(Municipality, Municipality.code == Flyer.municipality_code)
        .join(Map, Map.municipality_code == Flyer.municipality_code)
        .outerjoin(ABOVE, ABOVE.id == Map.above_id)
        .outerjoin(Group, Group.id == Flyer.group_id)
        .outerjoin(Placement, Placement.flyer_id == Flyer.id)
        .outerjoin(WHERE, WHERE.id == Placement.map_id)
        .outerjoin(Picture, and_(Picture.flyer_id == Flyer.id, Picture.hidden_at.is_(None)))  # type: ignore[union-attr]
        .where(Flyer.public_id == reference(public_id))
        .order_by(Placement.id, Picture.position, Picture.id)
    )
    rows = db.execute(query).all()
    if not rows:
        return None
    now = clock.now()
    standings = {one[7].id: standing(one[7], one[8], now) for one in rows if one[7] is not None}
    pictures = {one[9].id: one[9] for one in rows if one[9] is not None}
    return Loaded(*rows[0][:7], tuple(standings.values()), tuple(pictures.values()))


def standing(placement: Placement, here: Map, now: datetime) -> PlacementView:
    """The view of a standing at that moment (for queries)."""
    state = shown_state(placement.state, placement.until, now)
    return PlacementView(here.slug, here.name, here.kind, state, placement.since, placement.until, placement.reason)
