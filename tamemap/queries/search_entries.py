"""The entries of the search's index in which the words stand, the newest first, as each database reads them quickly."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tamemap.db import is_sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlmodel import Session

# so many of the newest entries are read one by one, and the next step only if the words stood in such a share of them: what is
# rarer is quicker found by the index, which gathers whatever there is (at a million flyers the first page takes 20 ms at most)
STEPS = ((2000, 0.0), (8000, 0.001), (32_000, 0.02))
AT_ONCE = 1000

# the index itself is read from its end; the join in this order keeps it so
_SQLITE = (
    "SELECT e.id, e.thing, e.thing_id FROM search_words AS w CROSS JOIN search_entry AS e ON e.id = w.rowid "
    "WHERE w.words MATCH :wanted AND w.rowid < :before ORDER BY w.rowid DESC LIMIT :limit"
)
# OFFSET 0 keeps the planner from choosing: it cannot know how often a word of several pairs stands in a row, and guesses badly
_IN_ORDER = (
    "SELECT id, thing, thing_id FROM (SELECT * FROM search_entry WHERE id >= :after AND id < :before ORDER BY id DESC OFFSET 0) "
    "AS e WHERE words @@ CAST(:wanted AS tsquery)"
)
_BY_INDEX = (
    "SELECT id, thing, thing_id FROM (SELECT id, thing, thing_id FROM search_entry "
    "WHERE words @@ CAST(:wanted AS tsquery) AND id < :before OFFSET 0) AS e ORDER BY id DESC LIMIT :limit"
)


def newest(db: Session, wanted: str, before: int, first: int) -> Iterator[Any]:
    """Rows of id, thing and thing_id below the number ``before``, read as they are taken, ``first`` about so many.

    ``wanted`` is the question in the database's own language.
    """
    if is_sqlite(db):
        limit = first
        while rows := _read(db, _SQLITE, wanted=wanted, before=before, limit=limit):
            yield from rows
            before, limit = rows[-1].id, limit * 4
        return
    before = min(before, _last(db) + 1)
    steps, worth = chain(STEPS, repeat(STEPS[-1])), True
    while worth and before > 1:
        many, share = next(steps)
        after = max(1, before - many)
        rows = _read(db, _IN_ORDER, wanted=wanted, before=before, after=after)
        yield from rows
        before, worth = after, len(rows) >= share * many
    while before > 1 and (rows := _read(db, _BY_INDEX, wanted=wanted, before=before, limit=AT_ONCE)):
        yield from rows
        before = rows[-1].id if len(rows) == AT_ONCE else 1


def _read(db: Session, query: str, **given: Any) -> Sequence[Any]:
    return db.connection().execute(text(query), given).all()


def _last(db: Session) -> int:
    return db.connection().execute(text("SELECT max(id) FROM search_entry")).scalar() or 0
