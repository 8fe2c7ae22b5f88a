"""Several questions to the database in one read: what a page needs is asked for at once, however many tables it stands in.

A :class:`Question` is a SELECT that is made once, with the numbers (or names) it asks for as a parameter. ``read`` sends what is
asked as one statement: a UNION ALL of all questions, in which each has its columns among those of the same type. Whoever makes a
page asks ahead (:func:`ahead`) for everything that its parts will ask for; the parts, which ask for themselves, then find it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import CompoundSelect, bindparam, cast, inspect, literal, null, select, union_all
from sqlalchemy.types import NullType

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlmodel import Session

_AHEAD = "tamemap.asked_ahead"


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A SELECT of tables or columns. ``ids`` is its parameter of many values (made by :func:`among`), empty where it has none;
    ``of`` tells which of them a row belongs to. Questions that share the name of a parameter share its value. The rows come in
    no order."""

    select: Any
    ids: str = ""
    of: Callable[[Any], Any] = field(default=lambda row: row[0].id)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with its values; with ``ids`` that are empty nothing is asked."""

    question: Question
    ids: frozenset[Any] = frozenset()
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statement gets."""
        return self.values | ({self.question.ids: sorted(self.ids)} if self.question.ids else {})

    @property
    def needless(self) -> bool:
        """Whether there can be no rows."""
        return bool(self.question.ids) and not self.ids

    def of_these(self, rows: Sequence[Any]) -> list[Any]:
        """Those of the rows of a wider question that are asked for here."""
        return [row for row in rows if self.question.of(row) in self.ids] if self.question.ids else list(rows)


def ask(question: Question, ids: Collection[Any] = (), **values: Any) -> Asked:
    """The question about these ids (None is none) with those values."""
    return Asked(question, frozenset(one for one in ids if one is not None), values)


def among(column: Any, name: str) -> Any:
    """The SQL condition that a column is one of the question's ``ids``, of that name."""
    return column.in_(bindparam(name, expanding=True, type_=column.type))


def read(db: Session, *wanted: Asked) -> list[list[Any]]:
    """The rows (tuples) of each question, in one read for all that is not known yet; without a read where nothing is left to ask.

    Rows of tables are for reading: those that came together with others belong to no session.
    """
    known: list[tuple[Asked, list[Any]]] = db.info.get(_AHEAD, [])
    found = [_known(known, one) for one in wanted]
    missing: dict[Question, Asked] = {}
    for one, rows in zip(wanted, found, strict=True):
        if rows is None:
            before = missing.get(one.question, one)
            if before.values != one.values:
                raise ValueError("one question has one set of values")
            missing[one.question] = Asked(one.question, one.ids | before.ids, one.values)
    answers = dict(zip(missing, _sent(db, tuple(missing.values())), strict=True)) if missing else {}
    return [
        one.of_these(answers[one.question]) if rows is None else rows
        for one, rows in zip(wanted, found, strict=True)
    ]  # fmt: skip


@contextmanager
def ahead(db: Session, *wanted: Asked, known: Sequence[tuple[Asked, list[Any]]] = ()) -> Iterator[None]:
    """Meanwhile, who asks one of these questions (for fewer ids, too) is answered without a read. Nothing may be written then.

    ``known`` is what other questions have answered already.
    """
    before = db.info.get(_AHEAD, [])
    db.info[_AHEAD] = [*before, *known]
    try:
        db.info[_AHEAD] += zip(wanted, read(db, *wanted), strict=True)
        yield
    finally:
        db.info[_AHEAD] = before


def _known(known: list[tuple[Asked, list[Any]]], one: Asked) -> list[Any] | None:
    if one.needless:
        return []
    for before, rows in known:
        if before.question is one.question and before.values == one.values and one.ids <= before.ids:
            return one.of_these(rows)
    return None


def _sent(db: Session, wanted: tuple[Asked, ...]) -> list[list[Any]]:
    if len(wanted) == 1:
        return [list(db.execute(wanted[0].question.select, wanted[0].parameters))]
    if db.autoflush:
        db.flush()
    statement, places = _together(tuple(one.question for one in wanted))
    answers: list[list[Any]] = [[] for _ in wanted]
    for row in db.execute(statement, {name: value for one in wanted for name, value in one.parameters.items()}):
        answers[row[0]].append(tuple(part.taken(row) for part in places[row[0]]))
    return answers


class _Part(NamedTuple):
    """Where a table's row or a single column (``table`` None) of a question stands in the wide row."""

    table: Any
    names: tuple[str, ...]
    at: tuple[int, ...]

    def taken(self, row: Any) -> Any:
        """The row of the table, or None where a join found none; or the value."""
        if self.table is None:
            return row[self.at[0]]
        # its number, or whatever else it is known by, is its first column
        if row[self.at[0]] is None:
            return None
        made = self.table.class_manager.new_instance()
        made.__dict__.update(zip(self.names, (row[at] for at in self.at), strict=True))
        return made


@lru_cache(maxsize=400)
def _together(questions: tuple[Question, ...]) -> tuple[CompoundSelect[Any], tuple[tuple[_Part, ...], ...]]:
    """One statement for all, and where in its rows the parts of each question stand; column 0 is the question's place."""
    subqueries = [one.select.subquery() for one in questions]
    types: list[Any] = []
    taken: list[list[int]] = []
    for inner in subqueries:
        free = [*enumerate(repr(one) for one in types)]
        mine = []
        for column in inner.c:
            place = next((one for one in free if one[1] == repr(column.type)), None)
            if place is None:
                place = (len(types), repr(column.type))
                types.append(column.type)
            else:
                free.remove(place)
            mine.append(place[0])
        taken.append(mine)
    selects = []
    for number, (inner, mine) in enumerate(zip(subqueries, taken, strict=True)):
        columns: list[Any] = [null() if isinstance(one, NullType) else cast(null(), one) for one in types]
        for column, at in zip(inner.c, mine, strict=True):
            columns[at] = column
        named = (column.label(f"c{at}") for at, column in enumerate(columns))
        selects.append(select(literal(number, literal_execute=True).label("question"), *named).select_from(inner))
    places = (tuple(_parts(one.select, mine)) for one, mine in zip(questions, taken, strict=True))
    return union_all(*selects), tuple(places)


def _parts(query: Any, mine: list[int]) -> Iterator[_Part]:
    at = iter(1 + one for one in mine)
    for described in query.column_descriptions:
        if isinstance(described["expr"], type) or described["aliased"]:
            table = inspect(described["entity"]).mapper
            names = tuple(table.get_property_by_column(column).key for column in table.local_table.c)
            yield _Part(table, names, tuple(next(at) for _ in names))
        else:
            yield _Part(None, (), (next(at),))
