"""Which of the flyers that stand on a map fit a reader's wishes, out of memory: one page of them, how many there are in all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tamemap import clock
from tamemap.domain.areas import lying
from tamemap.domain.asking import Wanted, read_cursor, write_cursor
from tamemap.domain.pins import Pins, first_by, fitting, micros, squared_distance

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.queries.pinned import Pinned

Rows = slice | NDArray[np.int64]
END_OF_TIME = 2**62


@dataclass(frozen=True, slots=True)
class Picked:
    """The placements of one page in their order, the cursor of the next page (empty: none), and how many there are in all.

    All of it is true until ``true_until``, unless the map changes before.
    """

    ids: tuple[int, ...]
    next: str
    total: int
    true_until: datetime


def stands_now(wanted: Wanted, now: datetime) -> bool:
    """Whether memory knows the answer: who asks for days gone by also finds what is over."""
    return not wanted.past and (wanted.when is None or wanted.when.end > now)


def rows_that_fit(pinned: Pinned, wanted: Wanted, *, resident_face: bool, now: datetime, rows: slice = slice(None)) -> Rows:
    """Which of these rows stand at that moment and fit all wishes."""
    part = pinned.pins.at(rows)
    keep = fitting(part, wanted, micros(now))
    for word, areas in wanted.words_and_areas:
        said = pinned.saying(word, resident_face=resident_face)[rows]
        keep &= said | lying(part, areas) if areas else said
    return rows if keep.all() else np.flatnonzero(keep) + (rows.start or 0)


def true_until(pins: Pins, now: datetime) -> datetime:
    """Until when the clock changes nothing of them: the next that is over, or the midnight after which dates are said anew."""
    midnight = clock.day_start(clock.tokyo(now).date() + timedelta(days=1))
    ahead = pins.until[pins.until > micros(now)]
    return min(midnight, clock.from_timestamp(int(ahead.min()) / 1_000_000)) if len(ahead) else midnight


def pick(pinned: Pinned, wanted: Wanted, *, resident_face: bool, now: datetime) -> Picked:
    """One page in the wished order after its cursor. Raises Invalid for a cursor that we did not write."""
    pins = pinned.pins.at(rows_that_fit(pinned, wanted, resident_face=resident_face, now=now))
    page = _nearest if wanted.sort == "near" and wanted.near is not None else _by_time
    ids, more = page(pins, wanted)
    return Picked(ids, more, len(pins), true_until(pins, now))


def _by_time(pins: Pins, wanted: Wanted) -> tuple[tuple[int, ...], str]:
    key: Any = -pins.since if wanted.sort == "new" else pins.soon_at
    ids = pins.id
    if wanted.cursor:
        seconds, last_id = read_cursor(wanted.cursor, (int, float), int)
        moment = min(max(round(seconds * 1_000_000), -END_OF_TIME), END_OF_TIME)
        after = -moment if wanted.sort == "new" else moment
        further = (key > after) | ((key == after) & (ids < last_id))
        key, ids = key[further], ids[further]
    at = first_by(key, ids, wanted.limit + 1, newest_first=True)
    page = at[: wanted.limit]
    if len(at) <= wanted.limit:
        return _numbers(ids[page]), ""
    last = page[-1]
    return _numbers(ids[page]), write_cursor(abs(int(key[last])) / 1_000_000, int(ids[last]))


def _nearest(pins: Pins, wanted: Wanted) -> tuple[tuple[int, ...], str]:
    assert wanted.near is not None  # noqa: S101  the caller has looked
    offset = max(0, read_cursor(wanted.cursor, int)[0]) if wanted.cursor else 0
    square = squared_distance(pins, wanted.near, math.cos(math.radians(wanted.near.lat)) ** 2)
    at = first_by(square, pins.id, min(offset + wanted.limit + 1, len(pins) + 1), newest_first=False)[offset:]
    more = write_cursor(offset + wanted.limit) if len(at) > wanted.limit else ""
    return _numbers(pins.id[at[: wanted.limit]]), more


def _numbers(ids: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(ids.tolist())
