"""Reads of map tiles: single flyers as points, crowds as clusters. What stands now comes out of memory (``pinned``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Integer, func, literal, select

from tamemap import clock
from tamemap.domain.cells import checked_tile, cluster_shift, tile_range
from tamemap.domain.pins import Square, squares
from tamemap.models import Placement
from tamemap.queries.asked import MOST_COUNTED, conditions, joined
from tamemap.queries.flyers import CardView, Truth, cards_of, map_at, shows_resident_face, truth
from tamemap.queries.picking import rows_that_fit, stands_now, true_until
from tamemap.queries.pinned import pinned
from tamemap.queries.place_names import with_places

if TYPE_CHECKING:
    from typing import Any

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.asking import Wanted

# from this zoom on every flyer stands for itself: beneath it a finger could not pick between neighbours
SINGLE_FROM = 17
SQUARES = 4  # per side of a tile: 64 pixels each, about a finger's width
SINGLES_MOST = 500


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A crowd: how many, where its middle is, and west, south, east, north of its members in degrees."""

    count: int
    lat: float
    lng: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TileView:
    """What stands on one tile."""

    points: tuple[CardView, ...]
    clusters: tuple[ClusterView, ...]
    truth: Truth


def tile(db: Session, actor: Actor, *, slug: str, z: int, x: int, y: int, wanted: Wanted) -> TileView:
    """One tile of a map under the wishes. Raises NotFound for the map, Invalid at ``tile`` for no tile of this world."""
    checked_tile(z, x, y)
    here, now = map_at(db, slug), clock.now()
    face, known, wanted = shows_resident_face(actor, here), pinned(db, here), with_places(db, here, wanted)
    cells, shift = tile_range(z, x, y), cluster_shift(z, SQUARES)
    single = z >= SINGLE_FROM
    until = None
    if stands_now(wanted, now):
        pins = rows_that_fit(known, wanted, resident_face=face, now=now, rows=known.pins.between(*cells))
        ids = sorted(pins.id.tolist(), reverse=True)[:SINGLES_MOST] if single else []
        found, until = [] if single else squares(pins, shift), true_until(pins, now)
    else:
        ids, found = _over(db, conditions(here, wanted, resident_face=face, now=now), wanted, cells, None if single else shift)
    ids += [one.id for one in found if one.count == 1]
    points = cards_of(db, here, known, tuple(ids), resident_face=face)
    crowds = tuple(ClusterView(one.count, one.lat, one.lng, one.bounds) for one in found if one.count > 1)
    return TileView(points, crowds, truth(here, until))


def _over(
    db: Session, where: list[Any], wanted: Wanted, cells: tuple[int, int], shift: int | None
) -> tuple[list[int], list[Square]]:
    """Of days gone by: the latest ids, or with a ``shift`` squares; of a long past only ``MOST_COUNTED`` flyers are gathered."""
    where = [*where, Placement.cell >= cells[0], Placement.cell < cells[1]]
    if shift is None:
        rows = db.execute(joined(select(Placement.id), wanted).where(*where).order_by(Placement.id.desc()).limit(SINGLES_MOST))  # type: ignore[union-attr]
        return [row[0] for row in rows], []
    part = joined(select(Placement.id, Placement.cell, Placement.lat, Placement.lng), wanted).where(*where)  # type: ignore[call-overload]
    one = part.limit(MOST_COUNTED).subquery().c
    # one label for select and group by, so that PostgreSQL sees that it is one; there a shift is by an integer, never a bigint
    group = one.cell.op(">>")(literal(shift, Integer)).label("square")
    edges = (func.min(one.lng), func.min(one.lat), func.max(one.lng), func.max(one.lat))
    query = select(group, func.count(), func.avg(one.lat), func.avg(one.lng), *edges, func.min(one.id)).group_by("square")
    return [], [Square(row[1], row[2], row[3], (row[4], row[5], row[6], row[7]), row[8]) for row in db.execute(query)]
