"""The gazetteer of one map for a phone: small enough to be kept there, so that places are found without signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.models import Municipality, Place
from tamemap.queries.maps import map_view

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# the towns of Japan with the most 町字 have some three thousand
MOST = 6000


@dataclass(frozen=True, slots=True)
class TownPlaces:
    """``items``: name, folded as ``domain.folding.fold_place`` does (with its kana), kind, latitude, longitude, the town's code;
    ``towns``: prefecture and name by code.
    """

    towns: dict[str, tuple[str, str]]
    items: tuple[tuple[str, str, str, float, float, str], ...]


def town_places(db: Session, actor: Actor, *, slug: str) -> TownPlaces:
    """The named places with a position of a town (of a region's towns for its map). Raises NotFound for no such map."""
    found = map_view(db, actor, slug=slug)
    here = Place.municipality_code == found.municipality_code
    if found.municipality_code is None:
        here = Municipality.region_id == found.region_id
    rows = db.execute(
        select(Place.name, Place.folded, Place.kind, Place.lat, Place.lng, Place.municipality_code,
               Municipality.prefecture, Municipality.name.label("town"))  # type: ignore[attr-defined]
        .join(Municipality, Municipality.code == Place.municipality_code)
        .where(here, Place.lat.is_not(None))  # type: ignore[union-attr]
        .order_by(Place.id)
        .limit(MOST)
    ).all()  # fmt: skip
    return TownPlaces(
        towns={row.municipality_code: (row.prefecture, row.town) for row in rows},
        items=tuple((row.name, row.folded, row.kind, row.lat, row.lng, row.municipality_code) for row in rows),
    )
