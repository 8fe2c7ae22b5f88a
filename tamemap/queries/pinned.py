"""What stands on each map, in this process's memory: read once, then only what changed since the version that is known.

Which version is in force is asked of the database in the same transaction, so memory never shows what has left. A map with
100,000 flyers up costs some 110 MB here (measured with the words of short flyers); small maps that nobody asks for cost nothing.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from tamemap import clock
from tamemap import db as database
from tamemap.domain.pins import Pins, follow, micros
from tamemap.domain.placements import UP
from tamemap.domain.shown import Shown, moments
from tamemap.models import Flyer, Placement
from tamemap.queries import place_names
from tamemap.queries.pictures import thumbs_of
from tamemap.queries.place_names import Ground, ground_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sqlmodel import Session

    from tamemap.domain.asking import Wanted


# a version so far away belongs to a map that was made anew; or nobody has asked for so long that all is read as quickly
FAR = 20_000
# a reader whose transaction began a moment before another's: what the other has read is newer, and as true
BEFORE, MOMENT = 50, 60_000_000
# words whose places are remembered, and cards
WORDS, CARDS = 32, 20_000
# a map is read in portions of so many rows, with a pause of so many seconds behind each: a process that reads a large one goes on
# answering everybody else within milliseconds
PORTION, BREATH = 1000, 0.002


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """A map of a ``kind`` at one ``version`` as it has been since the moment ``known_at`` (microseconds).

    ``ground`` is its region and its municipality; ``cards`` are remembered by placement and face for whoever reads them from the
    database, as long as they are true.
    """

    version: int
    kind: str
    ground: Ground
    known_at: int
    pins: Pins
    shown: Shown
    cards: dict[tuple[int, bool], Any] = field(default_factory=dict)
    _said: dict[tuple[str, bool], NDArray[np.bool_]] = field(default_factory=dict)
    _looking: Lock = field(default_factory=Lock)

    def has_looked_for(self, words: Iterable[str], *, resident_face: bool) -> bool:
        """Whether it is remembered where all of these words stand."""
        return all((word, resident_face) in self._said for word in words)

    def saying(self, word: str, *, resident_face: bool) -> NDArray[np.bool_]:
        """Which rows have that folded word on the face; who asks meanwhile waits for the one that looks."""
        found = self._said.get((word, resident_face))
        if found is None:
            with self._looking:
                found = self._looked_for(word, resident_face=resident_face)
        return found

    def _looked_for(self, word: str, *, resident_face: bool) -> NDArray[np.bool_]:
        found = self._said.get((word, resident_face))
        if found is None:
            if len(self._said) >= WORDS:
                self._said.pop(next(iter(self._said)), None)
            found = (self.pins.words_inside if resident_face else self.pins.words).saying(word)
            self._said[word, resident_face] = found
        return found

    def with_places(self, wanted: Wanted) -> Wanted | None:
        """The wishes with the places that their words name; None if the database must be asked for the names."""
        return place_names.at_hand(str(database.engine().url), self.ground, wanted)

    def remember(self, cards: dict[tuple[int, bool], Any]) -> None:
        """Keep cards that were read while this version was in force."""
        if len(self.cards) + len(cards) > CARDS:
            self.cards.clear()
        self.cards.update(cards)


_known: LRUCache[tuple[str, int], Pinned] = LRUCache(maxsize=4000)
_numbers: dict[tuple[str, str], int] = {}
_locks: dict[tuple[str, int], Lock] = {}
_lock = Lock()


def forget() -> None:
    """As if this process had read nothing yet: for a database that has been put back."""
    with _lock:
        _known.clear()
        _numbers.clear()


def at_hand(slug: str, version: int) -> Pinned | None:
    """What stands on that map, if this process knows it at that very version: nothing is asked of the database."""
    where = str(database.engine().url)
    found = _known.get((where, _numbers.get((where, slug), 0)))
    fits = found is not None and found.version == version and found.known_at - micros(clock.now()) < MOMENT
    return found if fits else None


def pinned(db: Session, here: Any) -> Pinned:
    """What stands on the map ``here`` (its row of this transaction), at that version or a later one."""
    key = (str(db.get_bind().engine.url), here.id)
    found, now = _known.get(key), micros(clock.now())
    if found is not None and found.version == here.version and found.known_at - now < MOMENT:
        return found
    with _lock:
        lock = _locks.setdefault(key, Lock())
    with lock:
        found = _known.get(key)
        if found is None or found.known_at - now >= MOMENT or not -BEFORE < here.version - found.version < FAR:
            found = _read(db, here, now)
        elif found.version < here.version:
            found = _follow(db, here, found, now)
        with _lock:
            _known[key] = found
            _numbers[key[0], here.slug] = here.id
    return found


# as the driver tells them: thousands of moments are made of their texts at once
_MOMENTS = tuple(
    type_coerce(one, NullType())  # type: ignore[arg-type]
    for one in (Placement.until, Placement.soon_at, Placement.since, Flyer.starts_at, Flyer.ends_at)
)
_COLUMNS = (
    *(Placement.id, Placement.cell, Placement.lat, Placement.lng, *_MOMENTS[:3]),
    *(Placement.category, Flyer.municipality_code, Flyer.folded_outside, Flyer.folded),
    *(Flyer.public_id, Flyer.title, Flyer.category, *_MOMENTS[3:], Flyer.all_day, Flyer.id, Placement.state),
)


def _rows(db: Session, *where: Any) -> Iterator[Sequence[Any]]:
    """Rows in portions, at least one (empty)."""
    query = select(*_COLUMNS).join(Flyer, Flyer.id == Placement.flyer_id).where(*where)  # type: ignore[call-overload]
    # past the session, which would look at each of 100,000 rows; and without a cursor on the server, for which PostgreSQL plans
    # as if only the first rows were wanted
    found = db.connection().execute(query)
    rows: Sequence[Any] = ()
    for rows in found.partitions(PORTION):
        yield rows
        if len(rows) == PORTION:
            # whoever asks this process for anything has their turn before it goes on
            time.sleep(BREATH)
    if not rows:
        yield ()


def _columns(db: Session, here: Any, rows: Sequence[Any]) -> tuple[Pins, Shown]:
    columns: list[Any] = [*zip(*rows, strict=True)] or [()] * len(_COLUMNS)
    columns[4:7] = map(moments, columns[4:7])
    if here.kind == "regional":
        # nobody sees another face there
        columns[10] = columns[9]
    thumbs = thumbs_of(db, columns[17], outside=here.kind == "regional")
    pictures = [thumbs.get(number, "") for number in columns[17]]
    return Pins.of(columns[:11]), Shown.of([*columns[11:13], pictures, *columns[13:17]])


def _in_order(parts: Iterable[tuple[Pins, Shown]]) -> tuple[Pins, Shown]:
    pins, shown = zip(*parts, strict=True)
    made, rows = Pins.joined(pins)
    return made, Shown.joined(shown, rows)


def _read(db: Session, here: Any, now: int) -> Pinned:
    ground, standing = ground_of(here), (Placement.map_id == here.id, Placement.state == UP, Placement.until > clock.now())
    read = _in_order(_columns(db, here, rows) for rows in _rows(db, *standing))
    return Pinned(here.version, here.kind, ground, now, *read)


def _follow(db: Session, here: Any, known: Pinned, now: int) -> Pinned:
    ground, rows = ground_of(here), [*chain(*_rows(db, Placement.map_id == here.id, Placement.stamp > known.version))]
    if not rows:
        # no flyer has changed, but perhaps the name of a town that stands on its card
        return Pinned(here.version, here.kind, ground, known.known_at, known.pins, known.shown, {}, known._said)
    changed = {row[0] for row in rows}
    over = known.pins.id[known.pins.until <= now].tolist()
    up = [row for row, until in zip(rows, moments([row[4] for row in rows]), strict=True) if row[-1] == UP and until > now]
    come, come_shown = _in_order([_columns(db, here, up)])
    pins, stay, at = known.pins.with_changes({*changed, *over}, come)
    said = {
        (word, inside): follow(mask, stay, at, (come.words_inside if inside else come.words).saying(word))
        for (word, inside), mask in [*known._said.items()]
    }
    cards = {key: card for key, card in [*known.cards.items()] if key[0] not in changed}
    return Pinned(here.version, here.kind, ground, now, pins, known.shown.with_changes(stay, at, come_shown), cards, said)
