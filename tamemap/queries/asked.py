"""What is over: the lists of those who ask for days gone by, from the database. What stands now is known in memory (``picking``).

The ids of one page come out of one index of ``placement`` alone; joined at once, a database would join a hundred thousand rows
to throw all but twenty away. Words that are rare are asked of the search's index first: to find them nowhere, a database would
read all that ever stood there (9 s of a processor at a million flyers). What is nearest is looked for near by first, and what was
on some days by how long it lasts: what lasts two days began at most two days before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select, union_all

from tamemap import clock
from tamemap.db import is_sqlite
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.bigrams import word_tokens
from tamemap.domain.cells import ranges_of_bounds
from tamemap.domain.geography import METRES_PER_DEGREE, Bounds
from tamemap.domain.placements import UP, begun
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
# whoever asks for more days than this reads them in the order of one index, which is the quicker the more there are
FEW_DAYS = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class PageOver:
    """The placements of one page in their order, the cursor of the next page (empty: none), and how many there are in all,
    counted to ``MOST_COUNTED`` (with words that stand in many, to ``MOST_COUNTED_SAID``)."""

    ids: tuple[int, ...]
    next: str
    total: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What stood there and fits: ``where`` over placement (joined to flyer when there are words) and one of the ``parts``, which
    have nothing in common and are each a range of one index. ``named``: it names the few flyers that come into question."""

    where: tuple[Any, ...]
    parts: tuple[tuple[Any, ...], ...]
    named: bool
    words: bool

    def each(self, *columns: Any) -> list[Any]:
        """A read of these columns for each part."""
        found = select(*columns)
        if self.words:
            found = found.join(Flyer, Flyer.id == Placement.flyer_id)  # type: ignore[arg-type]
        return [found.where(*self.where, *part) for part in self.parts]


def page_over(db: Session, here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> PageOver:
    """One page in the wished order after its cursor. Raises Invalid for a cursor that we did not write."""
    asked = read_asked(db, here, wanted, resident_face=resident_face, now=now)
    most = MOST_COUNTED if asked.named or not wanted.words else MOST_COUNTED_SAID
    one = together([part.limit(most) for part in asked.each(Placement.id)])
    total = int(db.execute(select(func.count()).select_from(select(one).limit(most).subquery())).scalar_one())
    ids, more = (_nearest if wanted.sort == "near" and wanted.near is not None else _by_time)(db, wanted, asked)
    return PageOver(ids, more, total)


def together(queries: list[Any]) -> Any:
    """All that these find, as one table. Each is read for itself: SQLite would read a map's whole index rather than some ranges
    that are joined by OR."""
    if len(queries) == 1:
        return queries[0].subquery()
    return union_all(*(select(query.subquery()) for query in queries)).subquery()


def read_asked(db: Session, here: Map, wanted: Wanted, *, resident_face: bool, now: datetime) -> Asked:
    """What is asked of a map, for the database."""
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
    if numbers is not None:
        # + 0: SQLite, without statistics, would take the map's index and not the flyers' own
        where += [Placement.flyer_id.in_(numbers), Placement.map_id + 0 == here.id]  # type: ignore[attr-defined, operator]
        return Asked(tuple(where), ((),), named=True, words=True)
    parts: tuple[tuple[Any, ...], ...] = ((),)
    if wanted.when is not None and wanted.when.end - wanted.when.start <= FEW_DAYS:
        parts = tuple(_begun(*one) for one in begun(wanted.when.start))
    return Asked((Placement.map_id == here.id, *where), parts, named=False, words=bool(wanted.words))


def _begun(lasts: int, earliest: datetime | None) -> tuple[Any, ...]:
    long = Placement.lasts == lasts
    return (long,) if earliest is None else (long, Placement.soon_at >= earliest)


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


def _by_time(db: Session, wanted: Wanted, asked: Asked) -> tuple[tuple[int, ...], str]:
    newest = wanted.sort == "new"
    key: Any = Placement.since if newest else Placement.soon_at
    further: list[Any] = []
    if wanted.cursor:
        seconds, last_id = read_cursor(wanted.cursor, (int, float), int)
        moment = clock.from_timestamp(seconds)
        further = [key <= moment if newest else key >= moment]
        further.append(or_(key < moment if newest else key > moment, Placement.id < last_id))  # type: ignore[operator]

    def first(query: Any, at: Any, number: Any) -> Any:
        return query.order_by(at.desc() if newest else at, number.desc()).limit(wanted.limit + 1)

    each = asked.each(Placement.id.label("id"), key.label("key"))  # type: ignore[union-attr]
    one = together([first(query.where(*further), key, Placement.id) for query in each]).c
    rows = db.execute(first(select(one.id, one.key), one.key, one.id)).all()
    page = rows[: wanted.limit]
    more = write_cursor(page[-1][1].timestamp(), page[-1][0]) if len(rows) > wanted.limit else ""
    return tuple(row[0] for row in page), more


def _nearest(db: Session, wanted: Wanted, asked: Asked) -> tuple[tuple[int, ...], str]:
    near = wanted.near
    assert near is not None  # noqa: S101  the caller has looked
    offset = max(0, read_cursor(wanted.cursor, int)[0]) if wanted.cursor else 0
    shrink = math.cos(math.radians(near.lat)) ** 2
    d_lat, d_lng = Placement.lat - near.lat, Placement.lng - near.lng
    square = (d_lat * d_lat + d_lng * d_lng * shrink).label("square")
    each = asked.each(Placement.id.label("id"), square)  # type: ignore[union-attr]

    def first(found: Any) -> Any:
        return db.execute(
            select(found.id, found.square).order_by(found.square, found.id).offset(offset).limit(wanted.limit + 1)
        ).all()

    # where the index leads to some days or flyers, it does not lead to places
    for metres in () if asked.named or len(each) > 1 else REACHES:
        box = Bounds(near.lng, near.lat, near.lng, near.lat).padded(metres)
        ranges = ((Placement.cell >= start, Placement.cell < end) for start, end in ranges_of_bounds(box))
        rows = first(together([each[0].where(*one) for one in ranges]).c)
        # nothing outside the box is nearer than its edge
        if len(rows) > wanted.limit and rows[-1][1] <= (metres / METRES_PER_DEGREE) ** 2:
            break
    else:
        rows = first(together(each).c)
    more = write_cursor(offset + wanted.limit) if len(rows) > wanted.limit else ""
    return tuple(row[0] for row in rows[: wanted.limit]), more
