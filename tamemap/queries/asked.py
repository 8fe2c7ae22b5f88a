"""What is over: the lists of those who ask for days gone by, from the database. What stands now is known in memory (``picking``).

The ids of one page come out of one index of ``placement`` alone; joined at once, a database would join a hundred thousand rows
to throw all but twenty away. Words that are rare are asked of the search's index first: to find them nowhere, a database would
read all that ever stood there (9 s of a processor at a million flyers). What is nearest is looked for near by first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, union_all

from tamemap import clock
from tamemap.db import is_sqlite
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.bigrams import word_tokens
from tamemap.domain.cells import ranges_of_bounds
from tamemap.domain.geography import METRES_PER_DEGREE, Bounds
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Map, Placement
from tamemap.queries.search_entries import few, marked, saying

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.areas import Area

# a town's past is long, and nobody needs to know how long: no more are counted
MOST_COUNTED = 10_000
# words that stand in so few flyers are looked up in the search's index; what stands in more is met soon, and counted less far
FEW, MOST_COUNTED_SAID = 5_000, 1_000
# metres around a place within which its nearest are looked for, one after the other; then everywhere
REACHES = (100, 300, 1_000, 3_000, 10_000, 30_000)


@dataclass(frozen=True, slots=True)
class PageOver:
    """The placements of one page in their order, the cursor of the next page (empty: none), and how many there are in all,
    counted to ``MOST_COUNTED`` (with words that stand in many, to ``MOST_COUNTED_SAID``)."""

    ids: tuple[int, ...]
    next: str
    total: int


def page_over(db: Session, here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> PageOver:
    """One page in the wished order after its cursor. Raises Invalid for a cursor that we did not write."""
    where, narrow = conditions(db, here, wanted, resident_face=resident_face, now=now)
    most = MOST_COUNTED if narrow or not wanted.words else MOST_COUNTED_SAID
    count = select(func.count()).select_from(joined(select(Placement.id), wanted).where(*where).limit(most).subquery())
    total = int(db.execute(count).scalar_one())
    if wanted.sort == "near" and wanted.near is not None:
        ids, more = _nearest(db, wanted, where, reaches=() if narrow else REACHES)
    else:
        ids, more = _by_time(db, wanted, where)
    return PageOver(ids, more, total)


def conditions(db: Session, here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> tuple[list[Any], bool]:
    """The WHERE over placement (joined to flyer when there are words): what stood there and fits; and whether it names the few
    flyers that come into question."""
    where: list[Any] = [Placement.state == UP]
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
    numbers = _saying(db, here, wanted, resident_face=resident_face)
    if numbers is None:
        return [Placement.map_id == here.id, *where], False
    # + 0: SQLite, without statistics, would take the map's index and not the flyers' own
    return [Placement.flyer_id.in_(numbers), Placement.map_id + 0 == here.id, *where], True  # type: ignore[attr-defined, operator]


def _saying(db: Session, here: Map, wanted: Wanted, *, resident_face: bool) -> tuple[int, ...] | None:
    """The flyers of this map that hold all the words which name no place; None: too many, or there is no such word."""
    sqlite = is_sqlite(db)
    both, no = (" AND ", " NOT ") if sqlite else (" & ", " & !")
    words = [word for word, areas in wanted.words_and_areas if not areas and word_tokens(word)[0]]
    if not words:
        return None
    said = both.join(saying(word, sqlite=sqlite, placed=False) for word in words)
    face = both if resident_face else no
    return few(db, f"({said}{both}{marked([f'm{here.id}'], sqlite=sqlite)}){face}{marked(['resident'], sqlite=sqlite)}", FEW)


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


def _nearest(db: Session, wanted: Wanted, where: list[Any], reaches: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    near = wanted.near
    assert near is not None  # noqa: S101  the caller has looked
    offset = max(0, read_cursor(wanted.cursor, int)[0]) if wanted.cursor else 0
    shrink = math.cos(math.radians(near.lat)) ** 2
    d_lat, d_lng = Placement.lat - near.lat, Placement.lng - near.lng
    square = (d_lat * d_lat + d_lng * d_lng * shrink).label("square")
    query = joined(select(Placement.id.label("id"), square), wanted).where(*where)  # type: ignore[union-attr]
    for metres in reaches:
        box = Bounds(near.lng, near.lat, near.lng, near.lat).padded(metres)
        # one part for each range of the index: SQLite reads a map's whole index rather than ranges joined by OR
        ranges = ((Placement.cell >= first, Placement.cell < end) for first, end in ranges_of_bounds(box))
        rows = db.execute(_in_order(union_all(*(query.where(*one) for one in ranges)), offset, wanted.limit)).all()
        # nothing outside the box is nearer than its edge
        if len(rows) > wanted.limit and rows[-1][1] <= (metres / METRES_PER_DEGREE) ** 2:
            break
    else:
        rows = db.execute(_in_order(query, offset, wanted.limit)).all()
    more = write_cursor(offset + wanted.limit) if len(rows) > wanted.limit else ""
    return tuple(row[0] for row in rows[: wanted.limit]), more


def _in_order(found: Any, offset: int, limit: int) -> Any:
    one = found.subquery().c
    return select(one.id, one.square).order_by(one.square, one.id).offset(offset).limit(limit + 1)
