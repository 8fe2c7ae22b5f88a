"""From a reader's wishes to rows: what must hold, and in which order the placements come.

Rows are found in two steps: first the ids of one page, out of one index of ``placement`` alone, then the flyers of those ids.
Joined at once, a database would join a hundred thousand rows to throw all but twenty away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import and_, func, or_, select

from tamemap import clock
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.cells import ranges_of_bounds
from tamemap.domain.geography import Bounds
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Placement

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.queries.maps import MapView

# metres within which the nearest are looked for, until there are enough; beyond the last one everywhere
RADII = (1_000, 4_000, 16_000, 64_000)
METRES_PER_DEGREE = 111_320
CROWD = 2_000


def conditions(here: MapView, wanted: Wanted, *, resident_face: bool, now: datetime, by_cell: bool = True) -> list[Any]:
    """The WHERE of a map's reads over placement (joined to flyer when there are words): what stands there and fits.

    Without ``by_cell`` a bounding box is asked for by its edges alone, so that another index leads.
    """
    where: list[Any] = [Placement.map_id == here.id, Placement.state == UP]
    if wanted.past:
        where.append(Placement.until <= now)
    elif wanted.when is None or wanted.when.end > now:
        # only who asks for days gone by finds what is over
        where.append(Placement.until > now)
    if wanted.when is not None:
        where += [Placement.soon_at < wanted.when.end, Placement.until > wanted.when.start]
    if wanted.categories:
        where.append(Placement.category.in_(wanted.categories))  # type: ignore[attr-defined]
    folded = Flyer.folded if resident_face else Flyer.folded_outside
    where += [folded.contains(word, autoescape=True) for word in wanted.words]  # type: ignore[attr-defined]
    if wanted.bounds is not None:
        where += _within(wanted.bounds, by_cell=by_cell)
    return where


def _within(bounds: Bounds, *, by_cell: bool = True) -> list[Any]:
    edges = [
        Placement.lat.between(bounds.south, bounds.north),  # type: ignore[attr-defined]
        Placement.lng.between(bounds.west, bounds.east),  # type: ignore[attr-defined]
    ]
    if not by_cell:
        return edges
    ranges = ranges_of_bounds(bounds)
    # one stretch of the index that holds all ranges, and the ranges in it
    stretch = [Placement.cell >= ranges[0][0], Placement.cell < ranges[-1][1]]
    return [*stretch, or_(*(and_(Placement.cell >= first, Placement.cell < end) for first, end in ranges)), *edges]


# counts of this process: another version of the map, or another minute (flyers end on minutes), is another count
_counts: LRUCache[tuple[Any, ...], int] = LRUCache(maxsize=5000)
_lock = Lock()


def total(db: Session, here: MapView, wanted: Wanted, *, resident_face: bool, now: datetime) -> int:
    """How many there are in all, whatever the order and the page."""
    filters = replace(wanted, near=None, sort="", limit=0, cursor="")
    minute = now.replace(second=0, microsecond=0)
    key = (str(db.get_bind().engine.url), here.id, here.version, minute, filters, resident_face)
    with _lock:
        if (known := _counts.get(key)) is not None:
            return known
    where = conditions(here, wanted, resident_face=resident_face, now=now)
    count = int(db.execute(_joined(select(func.count()).select_from(Placement), wanted).where(*where)).scalar_one())
    with _lock:
        _counts[key] = count
    return count


def _joined(query: Any, wanted: Wanted) -> Any:
    return query.join(Flyer, Flyer.id == Placement.flyer_id) if wanted.words else query


@dataclass(frozen=True, slots=True)
class PageOfIds:
    """The placements of one page in their order, and the cursor of the next page (empty: none)."""

    ids: tuple[int, ...]
    next: str


def page_of_ids(db: Session, here: MapView, wanted: Wanted, *, resident_face: bool, now: datetime) -> PageOfIds:
    """One page in the wished order after its cursor. Raises Invalid for a cursor that we did not write."""
    if wanted.sort == "near" and wanted.near is not None:
        return _nearest(db, here, wanted, resident_face=resident_face, now=now)
    # few in view: find them by place and sort them; a crowd: walk in order until the page is full
    few = wanted.bounds is None or total(db, here, wanted, resident_face=resident_face, now=now) <= CROWD
    where = conditions(here, wanted, resident_face=resident_face, now=now, by_cell=few)
    key: Any = Placement.since if wanted.sort == "new" else Placement.soon_at
    if wanted.cursor:
        seconds, last_id = read_cursor(wanted.cursor, (int, float), int)
        moment = clock.from_timestamp(seconds)
        further, beyond = (key <= moment, key < moment) if wanted.sort == "new" else (key >= moment, key > moment)
        where += [further, or_(beyond, Placement.id < last_id)]  # type: ignore[operator]
    order = key.desc() if wanted.sort == "new" else key
    query = _joined(select(Placement.id, key), wanted).where(*where).order_by(order, Placement.id.desc())  # type: ignore[union-attr]
    rows = db.execute(query.limit(wanted.limit + 1)).all()
    page = rows[: wanted.limit]
    more = write_cursor(page[-1][1].timestamp(), page[-1][0]) if len(rows) > wanted.limit else ""
    return PageOfIds(tuple(row[0] for row in page), more)


def _nearest(db: Session, here: MapView, wanted: Wanted, *, resident_face: bool, now: datetime) -> PageOfIds:
    """The nearest, looked for in growing squares: beyond a few kilometres nobody needs the distance of everything."""
    assert wanted.near is not None  # noqa: S101  the caller has looked
    offset = max(0, read_cursor(wanted.cursor, int)[0]) if wanted.cursor else 0
    shrink = math.cos(math.radians(wanted.near.lat)) ** 2
    d_lat, d_lng = Placement.lat - wanted.near.lat, Placement.lng - wanted.near.lng
    square = d_lat * d_lat + d_lng * d_lng * shrink
    enough = offset + wanted.limit + 1
    for radius in (*RADII, None):
        where = conditions(here, wanted, resident_face=resident_face, now=now)
        if radius is not None:
            spot = Bounds(wanted.near.lng, wanted.near.lat, wanted.near.lng, wanted.near.lat)
            where += _within(spot.padded(radius))
            where.append(square <= (radius / METRES_PER_DEGREE) ** 2)
        query = _joined(select(Placement.id), wanted).where(*where).order_by(square, Placement.id)
        rows = db.execute(query.offset(offset).limit(wanted.limit + 1)).all()
        if offset + len(rows) >= enough:
            break
    more = write_cursor(offset + wanted.limit) if len(rows) > wanted.limit else ""
    return PageOfIds(tuple(row[0] for row in rows[: wanted.limit]), more)
