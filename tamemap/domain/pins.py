"""What stands on a map in columns, one row per flyer in the order of their cells: a whole map is asked at once.

Moments are microseconds since 1970 (UTC). Columns are never changed: what comes and goes makes new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from tamemap.domain.flyers import CATEGORIES
from tamemap.domain.texts import NONE as NO_TEXTS
from tamemap.domain.texts import Texts

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
    words: Texts
    # the same one where both faces say the same
    words_inside: Texts

    @classmethod
    def of(cls, columns: Sequence[Sequence[Any]]) -> Pins:
        """From columns of Python's in the order of the fields, in any order of the rows; categories by their names."""
        *numbers, category, town, words, words_inside = columns
        kinds: tuple[Any, ...] = (np.int64, np.int64, np.float64, np.float64, np.int64, np.int64, np.int64)
        made: list[Any] = [np.array(one, kind) for one, kind in zip(numbers, kinds, strict=True)]
        made += [np.array([_CODES.get(one, _NONE) for one in category], np.uint8), np.array(town, np.int32)]
        outside = Texts.of(words)
        made += [outside, outside if words_inside == words else Texts.of(words_inside)]
        return cls(*made)

    @classmethod
    def joined(cls, parts: Sequence[Pins]) -> tuple[Pins, NDArray[np.int64]]:
        """All rows of several, cells rising; and which of the rows, one part behind the other, stands where (for other columns
        beside these: :func:`joined`)."""
        rows = np.argsort(np.concatenate([part.cell for part in parts]), kind="stable")
        made: list[Any] = [joined([getattr(part, one.name) for part in parts], rows) for one in fields(cls)[:-1]]
        one_face = all(part.words_inside is part.words for part in parts)
        made.append(made[-1] if one_face else joined([part.words_inside for part in parts], rows))
        return cls(*made), rows

    def __len__(self) -> int:
        return len(self.id)

    def at(self, rows: Any) -> Pins:
        """Some rows (a slice or indices in rising order) without their words: copying those takes longer than all else."""
        numbers = {one.name: getattr(self, one.name)[rows] for one in fields(self)[:-2]}
        return Pins(**numbers, words=NO_TEXTS, words_inside=NO_TEXTS)

    def between(self, first: int, end: int) -> slice:
        """The rows of the cells from ``first`` to before ``end``."""
        return slice(*(int(at) for at in np.searchsorted(self.cell, (first, end))))

    def with_changes(self, gone: Iterable[int], come: Pins) -> tuple[Pins, NDArray[np.bool_], NDArray[np.int64]]:
        """Without the placements ``gone`` and with those that have ``come``; and which rows stayed, and before which of them
        each newcomer stands (for other columns beside these: :func:`follow`)."""
        stay = ~np.isin(self.id, np.fromiter(gone, np.int64))
        at = np.searchsorted(self.cell[stay], come.cell)
        made: list[Any] = [follow(getattr(self, one.name), stay, at, getattr(come, one.name)) for one in fields(self)[:-1]]
        one_face = self.words_inside is self.words and come.words_inside is come.words
        made.append(made[-1] if one_face else follow(self.words_inside, stay, at, come.words_inside))
        return Pins(*made), stay, at


def joined(parts: Sequence[Any], rows: NDArray[np.int64]) -> Any:
    """Columns one behind the other and then in the same order as :meth:`Pins.joined` made."""
    if isinstance(parts[0], Texts):
        return Texts.joined(parts).at(rows)
    return np.concatenate(parts)[rows]


def follow(column: Any, stay: NDArray[np.bool_], at: NDArray[np.int64], come: Any) -> Any:
    """A column after the same change as :meth:`Pins.with_changes` made."""
    if isinstance(column, Texts):
        rows = np.insert(np.flatnonzero(stay), at, np.arange(len(column), len(column) + len(come)))
        return Texts.joined((column, come)).at(rows)
    return np.insert(column[stay], at, come)


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
