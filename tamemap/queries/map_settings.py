"""Reads about what staff set for a map: whether guests may post, and what needs proof of residence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.permissions import PROVABLE, demand
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Map
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.residence import towns_where

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class MapSettings:
    """The settings of a resident map; ``proof_for`` are names of ``domain.permissions.PROVABLE``, in its order."""

    slug: str
    name: str
    guests_may_post: bool
    hold_guests: bool
    proof_for: tuple[str, ...]


def settings_of(row: Map) -> MapSettings:
    """The settings that stand in a map's row (for services and queries)."""
    asked = row.proof_for.split()
    return MapSettings(
        row.slug, row.name, row.guests_may_post, row.hold_guests, tuple(name for name in PROVABLE if name in asked)
    )


def all_settings(db: Session, actor: Actor) -> tuple[MapSettings, ...]:
    """The maps of the towns in which the actor may set something. Raises as ``demand`` for ``map.set`` where there is none."""
    codes = [town.code for town in towns_where(db, actor, verb="map.set")]
    rows = db.exec(select(Map).where(col(Map.municipality_code).in_(codes)).order_by(col(Map.region_id), col(Map.id)))
    return tuple(settings_of(row) for row in rows)


def map_settings(db: Session, actor: Actor, *, slug: str) -> MapSettings:
    """One map's settings. Raises NotFound, also for a regional map (it has none), and as ``demand`` for ``map.set``."""
    row = db.exec(select(Map).where(Map.slug == reference(slug), col(Map.municipality_code).is_not(None))).first()
    if row is None:
        raise NotFound("map_unknown")
    demand(actor, "map.set", ground_of_map(row))
    return settings_of(row)
