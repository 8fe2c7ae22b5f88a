"""What stands on a map in columns, one row per flyer in the order of their cells: a whole map is asked at once.

Moments are microseconds since 1970 (UTC). Columns are never changed: what comes and goes makes new ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from tamemap.domain.flyers import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from tamemap.domain.asking import Wanted
    from tamemap.domain.geography import Point

_CODES = {name: code for code, name in enumerate(CATEGORIES)}
# no category of ours: found by nobody who asks for one
_NONE = 255


def micros(moment: datetime) -> int:
    """A moment as these columns keep it."""
    return round(moment.timestamp() * 1_000_000)


@dataclass(frozen=True, slots=True)
class Pins:
    """The columns; ``category`` holds our own small numbers, ``town`` the municipality's code as one."""

    id: NDArray[np.int64]
    cell: NDArray[np.int64]
    lat: NDArray[np.float64]
    lng: NDArray[np.float64]
    until: NDArray[np.int64]
    soon_at: NDArray[np.int64]
    since: NDArray[np.int64]
    category: NDArray[np.uint8]
    town: NDArray[np.int32]
    words: NDArray[np.object_]
    words_inside: NDArray[np.object_]

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]]) -> Pins:
        """From columns of Python's in the order of the fields, cells rising; categories by their names."""
        *numbers, category, town, words, words_inside = columns
        kinds: tuple[Any, ...] = (np.int64, np.int64, np.float64, np.float64, np.int64, np.int64, np.int64)
        made: list[Any] = [np.array(one, kind) for one, kind in zip(numbers, kinds, strict=True)]
        made += [np.array([_CODES.get(one, _NONE) for one in category], np.uint8), np.array(town, np.int32)]
        made += [texts(words), texts(words_inside)]
        return cls(*made)

    def __len__(self) -> int:
        return len(self.id)

    def at(self, rows: Any) -> Pins:
        """Some rows (a slice or indices in rising order) without their words: copying those takes longer than all else."""
        numbers = {one.name: getattr(self, one.name)[rows] for one in fields(self)[:-2]}
        return Pins(**numbers, words=self.words[:0], words_inside=self.words[:0])

    def between(self, first: int, end: int) -> slice:
        """The rows of the cells from ``first`` to before ``end``."""
        return slice(*(int(at) for at in np.searchsorted(self.cell, (first, end))))

    def with_changes(self, gone: Iterable[int], come: Pins) -> tuple[Pins, NDArray[np.bool_], NDArray[np.int64]]:
        """Without the placements ``gone`` and with those that have ``come``; and which rows stayed, and before which of them
        each newcomer stands (for other columns beside these: :func:`follow`)."""
        stay = ~np.isin(self.id, np.fromiter(gone, np.int64))
        at = np.searchsorted(self.cell[stay], come.cell)
        made = Pins(*(follow(getattr(self, one.name), stay, at, getattr(come, one.name)) for one in fields(self)))
        return made, stay, at


def texts(column: Sequence[str]) -> NDArray[np.object_]:
    """A column of texts."""
    made = np.empty(len(column), object)
    made[:] = column
    return made


def follow(column: Any, stay: NDArray[np.bool_], at: NDArray[np.int64], come: Any) -> Any:
    """A column after the same change as :meth:`Pins.with_changes` made."""
    return np.insert(column[stay], at, come)


def saying(column: NDArray[np.object_], word: str) -> NDArray[np.bool_]:
    """In which of the folded texts the folded word stands."""
    return np.array([word in text for text in column.tolist()], np.bool_)


@dataclass(frozen=True, slots=True)
class Said:
    """Folded texts one behind the other, to be looked through at once: in memory they lie scattered. No text holds a newline."""

    text: str
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, column: NDArray[np.object_]) -> Said:
        """From texts in the order of the rows."""
        rows = column.tolist()
        lengths = np.fromiter(map(len, rows), np.int64, len(rows)) + 1
        return cls("\n".join(rows), np.cumsum(lengths) - lengths)

    def saying(self, word: str) -> NDArray[np.bool_]:
        """As :func:`saying`."""
        found = np.zeros(len(self.starts), np.bool_)
        hits = [hit.start() for hit in re.finditer(re.escape(word), self.text)]
        found[np.searchsorted(self.starts, np.array(hits, np.int64), "right") - 1] = True
        return found


def fitting(pins: Pins, wanted: Wanted, now: int) -> NDArray[np.bool_]:
    """Which rows stand at that moment and fit the wishes, whatever their words."""
    keep = pins.until > now
    if wanted.when is not None:
        keep &= (pins.soon_at < micros(wanted.when.end)) & (pins.until > micros(wanted.when.start))
    if wanted.categories:
        chosen = np.zeros(256, np.bool_)
        chosen[[_CODES[name] for name in wanted.categories]] = True
        keep &= chosen[pins.category]
    if (box := wanted.bounds) is not None:
        keep &= (pins.lat >= box.south) & (pins.lat <= box.north) & (pins.lng >= box.west) & (pins.lng <= box.east)
    return keep


def first_by(key: Any, ids: NDArray[np.int64], many: int, *, newest_first: bool) -> NDArray[np.int64]:
    """Of rows with these keys and ids the first ``many`` by rising key; ties by falling or rising id. Answers indices."""
    at = np.arange(len(key))
    if len(key) > many:
        at = np.flatnonzero(key <= np.partition(key, many - 1)[many - 1])
    return at[np.lexsort((-ids[at] if newest_first else ids[at], key[at]))][:many]


def squared_distance(pins: Pins, place: Point, shrink: float) -> NDArray[np.float64]:
    """How far each row is from the place, squared, in degrees of latitude; ``shrink`` makes those of longitude smaller."""
    north, east = pins.lat - place.lat, pins.lng - place.lng
    return north * north + east * east * shrink  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class Square:
    """A square of a tile: how many stand in it, their middle, their edges (west, south, east, north), one of their ids."""

    count: int
    lat: float
    lng: float
    bounds: tuple[float, float, float, float]
    id: int


def squares(pins: Pins, shift: int) -> list[Square]:
    """The rows gathered by ``cell >> shift``, in the order of their cells."""
    if not len(pins):
        return []
    group = pins.cell >> shift
    starts = np.concatenate(([0], np.flatnonzero(group[1:] != group[:-1]) + 1))
    count = np.diff(np.append(starts, len(pins)))
    parts = (
        count.tolist(),
        (np.add.reduceat(pins.lat, starts) / count).tolist(),
        (np.add.reduceat(pins.lng, starts) / count).tolist(),
        *(edge.reduceat(of, starts).tolist() for edge in (np.minimum, np.maximum) for of in (pins.lng, pins.lat)),
        pins.id[starts].tolist(),
    )
    return [Square(one[0], one[1], one[2], one[3:7], one[7]) for one in zip(*parts, strict=True)]
