"""What a map's points show, in columns beside ``domain.pins`` and in the order of its rows.

Numbers and texts only, no object for each flyer: Python's collector would walk through all of them again and again.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from tamemap.domain.dates import When
from tamemap.domain.pins import follow, joined, micros
from tamemap.domain.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# no moment at all, as numpy keeps it
_NONE = int(np.iinfo(np.int64).min)


def moments(values: Sequence[Any]) -> NDArray[np.int64]:
    """A column of moments as a database tells them: aware ones, or their texts in UTC (SQLite); None stays none."""
    if isinstance(next((one for one in values if one is not None), None), str):
        return np.array([one or "NaT" for one in values], "datetime64[us]").astype(np.int64)
    return np.array([_NONE if one is None else micros(one) for one in values], np.int64)


@dataclass(frozen=True, slots=True)
class Point:
    """A flyer as a point of a tile; ``thumb`` is the address of its small picture (empty: none)."""

    public_id: str
    title: str
    category: str
    when: When
    thumb: str
    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns."""

    public_id: Texts
    title: Texts
    thumb: Texts
    category: NDArray[np.object_]
    starts_at: NDArray[np.int64]
    ends_at: NDArray[np.int64]
    all_day: NDArray[np.bool_]

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]]) -> Shown:
        """From columns of Python's in the order of the fields; moments as :func:`moments` takes them."""
        public_id, title, thumb, category, starts_at, ends_at, all_day = columns
        # there are few, and each is kept once
        named = np.array([*map(sys.intern, category)], object)
        made: list[Any] = [*map(Texts.of, (public_id, title, thumb)), named]
        made += [moments(starts_at), moments(ends_at), np.array(all_day, np.bool_)]
        return cls(*made)

    @classmethod
    def joined(cls, parts: Sequence[Shown], rows: NDArray[np.int64]) -> Shown:
        """All of several, their ``rows`` in the same order as ``Pins.joined`` made."""
        return cls(*(joined([getattr(part, one.name) for part in parts], rows) for one in fields(cls)))

    def with_changes(self, stay: NDArray[np.bool_], at: NDArray[np.int64], come: Shown) -> Shown:
        """After the same change as ``Pins.with_changes`` made."""
        return Shown(*(follow(getattr(self, one.name), stay, at, getattr(come, one.name)) for one in fields(self)))

    def point(self, row: int, lat: float, lng: float) -> Point:
        """One of them, which stands there."""
        when = When(_moment(self.starts_at[row]), _moment(self.ends_at[row]), bool(self.all_day[row]))
        return Point(self.public_id[row], self.title[row], self.category[row], when, self.thumb[row], lat, lng)


def _moment(value: Any) -> datetime | None:
    return None if value == _NONE else _EPOCH + timedelta(microseconds=int(value))
