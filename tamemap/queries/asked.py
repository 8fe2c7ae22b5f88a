"""What is over: the lists of those who ask for days gone by, from the database. What stands now is known in memory (``picking``).

The ids of one page come out of one index of ``placement`` alone; joined at once, a database would join a hundred thousand rows
to throw all but twenty away.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from tamemap import clock
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Map, Placement

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.areas import Area

# a town's past is long, and nobody needs to know how long: no more are counted
MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class PageOver:
    """The placements of one page in their order, the cursor of the next page (empty: none), and how many there are in all,
    counted to ``MOST_COUNTED``."""

    ids: tuple[int, ...]
    next: str
    total: int


def page_over(db: Session, here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> PageOver:
    """One page in the wished order after its cursor. Raises Invalid for a cursor that we did not write."""
    where = conditions(here, wanted, resident_face=resident_face, now=now)
    count = select(func.count()).select_from(joined(select(Placement.id), wanted).where(*where).limit(MOST_COUNTED).subquery())
    total = int(db.execute(count).scalar_one())
    ids, more = (_nearest if wanted.sort == "near" and wanted.near is not None else _by_time)(db, wanted, where)
    return PageOver(ids, more, total)


def conditions(here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> list[Any]:
    """The WHERE over placement (joined to flyer when there are words): what stood there and fits."""
    where: list[Any] = [Placement.map_id == here.id, Placement.state == UP]
    if wanted.past:
        where.append(Placement.until <= now)
    if wanted.when is not None:
        where += [Placement.soon_at < wanted.when.end, Placement.until > wanted.when.start]
    if wanted.categories:
        where.append(Placement.category.in_(wanted.categories))  # type: ignore[attr-defined]
    folded = Flyer.folded if resident_face else Flyer.folded_outside
    for word, areas in wanted.words_and_areas:
        where.append(or_(folded.contains(word, autoescape=True), *(_in_area(one) for one in areas)))  # type: ignore[attr-defined]
    if (box := wanted.bounds) is not None:
        where.append(Placement.lat.between(box.south, box.north))  # type: ignore[attr-defined]
        where.append(Placement.lng.between(box.west, box.east))  # type: ignore[attr-defined]
    return where


def _in_area(area: Area) -> Any:
    edges = (Placement.lat * a + Placement.lng * b <= c for a, b, c in area.edges)
    return and_(Flyer.municipality_code == area.town, *edges)  # type: ignore[arg-type]


def joined(query: Any, wanted: Wanted) -> Any:
    """The same read, joined to flyer where words are wanted."""
    return query.join(Flyer, Flyer.id == Placement.flyer_id) if wanted.words else query


def _by_time(db: Session, wanted: Wanted, where: list[Any]) -> tuple[tuple[int, ...], str]:
    key: Any = Placement.since if wanted.sort == "new" else Placement.soon_at
    if wanted.cursor:
        seconds, last_id = read_cursor(wanted.cursor, (int, float), int)
        moment = clock.from_timestamp(seconds)
        further, beyond = (key <= moment, key < moment) if wanted.sort == "new" else (key >= moment, key > moment)
        where = [*where, further, or_(beyond, Placement.id < last_id)]  # type: ignore[operator]
    order = key.desc() if wanted.sort == "new" else key
    query = joined(select(Placement.id, key), wanted).where(*where).order_by(order, Placement.id.desc())  # type: ignore[union-attr]
    rows = db.execute(query.limit(wanted.limit + 1)).all()
    page = rows[: wanted.limit]
    more = write_cursor(page[-1][1].timestamp(), page[-1][0]) if len(rows) > wanted.limit else ""
    return tuple(row[0] for row in page), more


def _nearest(db: Session, wanted: Wanted, where: list[Any]) -> tuple[tuple[int, ...], str]:
    assert wanted.near is not None  # noqa: S101  the caller has looked
    offset = max(0, read_cursor(wanted.cursor, int)[0]) if wanted.cursor else 0
    shrink = math.cos(math.radians(wanted.near.lat)) ** 2
    d_lat, d_lng = Placement.lat - wanted.near.lat, Placement.lng - wanted.near.lng
    query = joined(select(Placement.id), wanted).where(*where).order_by(d_lat * d_lat + d_lng * d_lng * shrink, Placement.id)
    rows = db.execute(query.offset(offset).limit(wanted.limit + 1)).all()
    more = write_cursor(offset + wanted.limit) if len(rows) > wanted.limit else ""
    return tuple(row[0] for row in rows[: wanted.limit]), more
