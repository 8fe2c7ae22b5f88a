"""The entries of the search's index in which the words stand, the newest first, as each database reads them quickly."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from tamemap.db import is_sqlite
from tamemap.domain.bigrams import MARK, place_mark, word_tokens
from tamemap.domain.folding import fold_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlmodel import Session

# so many of the newest entries are read one by one, and the next step only if the words stood in such a share of them: what is
# rarer is quicker found by the index, which gathers whatever there is (at a million flyers the first page takes 20 ms at most)
STEPS = ((2000, 0.0), (8000, 0.001), (32_000, 0.02))
AT_ONCE = 1000
MOST_ROWS = 2**31

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


def few(db: Session, wanted: str, most: int) -> tuple[int, ...] | None:
    """The numbers of all things in whose entries the words stand, without order; None when there are more than ``most``, or when
    so many of the newest entries hold them that a reader of anything in order meets them soon."""
    if not is_sqlite(db):
        before = _last(db) + 1
        newest_ones = {"wanted": wanted, "before": before, "after": max(1, before - STEPS[0][0])}
        if _read(db, f"SELECT count(*) FROM ({_IN_ORDER}) AS met", **newest_ones)[0][0] > STEPS[-1][1] * STEPS[0][0]:  # noqa: S608
            return None
    rows = _read(db, _SQLITE if is_sqlite(db) else _BY_INDEX, wanted=wanted, before=MOST_ROWS - 1, limit=most + 1)
    return tuple(row.thing_id for row in rows) if len(rows) <= most else None


def marked(names: Sequence[str], *, sqlite: bool) -> str:
    """Entries with one of these marks, as a question in the database's language."""
    quote, either = ('"', " OR ") if sqlite else ("'", " | ")
    return f"({either.join(quote + MARK + name + quote for name in names)})"


def saying(word: str, *, sqlite: bool, placed: bool = True) -> str:
    """Entries in whose words it stands, or (``placed``; no place is called by a single sign) whose place has that name.

    Tokens hold neither quotes nor ASCII signs, so they cannot break out of theirs.
    """
    pairs, place = word_tokens(word), MARK + place_mark(fold_place(word))
    if len(pairs[0]) == 1:
        return f'"{pairs[0]}" *' if sqlite else f"'{pairs[0]}':*"
    if sqlite:
        said = f'"{" ".join(pairs)}"'
        return f'({said} OR "{place}")' if placed else said
    said = "(" + " <-> ".join(f"'{pair}'" for pair in pairs) + ")"
    return f"({said} | '{place}')" if placed else said


def _read(db: Session, query: str, **given: Any) -> Sequence[Any]:
    return db.connection().execute(text(query), given).all()


def _last(db: Session) -> int:
    return db.connection().execute(text("SELECT max(id) FROM search_entry")).scalar() or 0
