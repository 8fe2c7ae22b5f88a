"""Reads of map tiles: single flyers as points, crowds as clusters. What stands now comes out of memory (``pinned``)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import Integer, func, literal, select
from sqlmodel import col

from tamemap import clock
from tamemap.domain.cells import checked_tile, cluster_shift, tile_range
from tamemap.domain.pins import Square, squares
from tamemap.domain.shown import Point
from tamemap.models import Placement
from tamemap.queries.asked import MOST_COUNTED, Asked, read_asked, together
from tamemap.queries.flyers import Truth, cards_of, map_at, shows_resident_face, truth
from tamemap.queries.picking import rows_that_fit, stands_now, true_until
from tamemap.queries.pictures import thumb_address
from tamemap.queries.pinned import at_hand, pinned
from tamemap.queries.place_names import with_places

if TYPE_CHECKING:
    from typing import Any

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.asking import Wanted
    from tamemap.queries.flyers import CardView
    from tamemap.queries.pinned import Pinned

# from this zoom on every flyer stands for itself: beneath it a finger could not pick between neighbours
SINGLE_FROM = 17
SQUARES = 4  # per side of a tile: 64 pixels each, about a finger's width
SINGLES_MOST = 500
# of so many flyers a tile is made in a millisecond or two
AT_ONCE = 60_000


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

    points: tuple[Point, ...]
    clusters: tuple[ClusterView, ...]
    truth: Truth


def tile(db: Session, actor: Actor, *, slug: str, z: int, x: int, y: int, wanted: Wanted) -> TileView:
    """One tile of a map under the wishes. Raises NotFound for the map, Invalid at ``tile`` for no tile of this world."""
    checked_tile(z, x, y)
    here, now = map_at(db, slug), clock.now()
    face, known, wanted = shows_resident_face(actor, here), pinned(db, here), with_places(db, here, wanted)
    cells = tile_range(z, x, y)
    if stands_now(wanted, now):
        return _standing(known, wanted, z, known.pins.between(*cells), truth_of=here, face=face)
    shift = None if z >= SINGLE_FROM else cluster_shift(z, SQUARES)
    ids, found = _over(db, read_asked(db, here, wanted, resident_face=face, now=now), cells, shift)
    ids += [one.id for one in found if one.count == 1]
    cards = cards_of(db, here, known, tuple(ids), resident_face=face)
    return TileView(tuple(map(_point_of, cards)), _crowds(found), truth(here, true_until(known.pins, now)))


def tile_at_hand(slug: str, version: int, *, z: int, x: int, y: int, wanted: Wanted, at_once: bool) -> TileView | None:
    """The same for a guest out of memory alone, of a map that is known at that very version; None where it is not.

    ``at_once``: only what takes less than a millisecond or two. Raises Invalid at ``tile``.
    """
    cells, known = tile_range(z, x, y), at_hand(slug, version)
    if known is None or (named := known.with_places(wanted)) is None or not stands_now(wanted, clock.now()):
        return None
    rows = known.pins.between(*cells)
    if at_once and not (rows.stop - rows.start <= AT_ONCE and known.has_looked_for(wanted.words, resident_face=False)):
        return None
    return _standing(known, named, z, rows, truth_of=known, face=False)


def is_at_hand(slug: str, version: int, wanted: Wanted) -> bool:
    """Whether memory knows what :func:`bring_to_hand` brings."""
    known = at_hand(slug, version)
    return known is not None and known.with_places(wanted) is not None and known.has_looked_for(wanted.words, resident_face=False)


def bring_to_hand(db: Session, _actor: Actor, *, slug: str, wanted: Wanted) -> int:
    """Read a map into memory, and where the words of the wishes stand for guests and which of them are names of places;
    answers how many flyers. Raises NotFound."""
    here = map_at(db, slug)
    known = pinned(db, here)
    for word in with_places(db, here, wanted).words:
        known.saying(word, resident_face=False)
    return len(known.pins)


def _standing(known: Pinned, wanted: Wanted, z: int, rows: slice, *, truth_of: Any, face: bool) -> TileView:
    now = clock.now()
    fit = rows_that_fit(known, wanted, resident_face=face, now=now, rows=rows)
    pins = known.pins.at(fit)
    if z >= SINGLE_FROM:
        found, at = [], np.argsort(-pins.id)[:SINGLES_MOST].tolist()
    else:
        found = squares(pins, cluster_shift(z, SQUARES))
        starts = accumulate((one.count for one in found), initial=0)
        at = [start for one, start in zip(found, starts, strict=False) if one.count == 1]
    places = (np.arange(rows.start, rows.stop) if isinstance(fit, slice) else fit)[at].tolist()
    points = tuple(
        known.shown.point(row, pins.lat[one].item(), pins.lng[one].item()) for row, one in zip(places, at, strict=True)
    )
    return TileView(points, _crowds(found), truth(truth_of, true_until(pins, now)))


def _crowds(found: list[Square]) -> tuple[ClusterView, ...]:
    return tuple(ClusterView(one.count, one.lat, one.lng, one.bounds) for one in found if one.count > 1)


def _point_of(card: CardView) -> Point:
    thumb = thumb_address(card.thumb.name, (one.size for one in card.thumb.sizes)) if card.thumb else ""
    return Point(card.public_id, card.title, card.category, card.when, thumb, card.lat, card.lng)


def _over(db: Session, asked: Asked, cells: tuple[int, int], shift: int | None) -> tuple[list[int], list[Square]]:
    """Of days gone by: the latest ids, or with a ``shift`` squares; of a long past only ``MOST_COUNTED`` flyers are gathered."""
    here = (Placement.cell >= cells[0], Placement.cell < cells[1])
    if shift is None:
        newest = [query.where(*here).order_by(col(Placement.id).desc()).limit(SINGLES_MOST) for query in asked.each(Placement.id)]
        number = together(newest).c.id
        return list(db.execute(select(number).order_by(number.desc()).limit(SINGLES_MOST)).scalars()), []
    each = asked.each(Placement.id, Placement.cell, Placement.lat, Placement.lng)
    found = together([query.where(*here).limit(MOST_COUNTED) for query in each])
    one = select(found).limit(MOST_COUNTED).subquery().c
    # one label for select and group by, so that PostgreSQL sees that it is one; there a shift is by an integer, never a bigint
    group = one.cell.op(">>")(literal(shift, Integer)).label("square")
    edges = (func.min(one.lng), func.min(one.lat), func.max(one.lng), func.max(one.lat))
    query = select(group, func.count(), func.avg(one.lat), func.avg(one.lng), *edges, func.min(one.id)).group_by("square")
    return [], [Square(row[1], row[2], row[3], (row[4], row[5], row[6], row[7]), row[8]) for row in db.execute(query)]
