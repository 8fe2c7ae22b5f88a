"""What stands on each map, in this process's memory: read once, then only what changed since the version that is known.

Which version is in force is asked of the database in the same transaction, so memory never shows what has left. A map with
100,000 flyers up costs about 30 MB here (and twice the length of their words); maps that nobody asks for cost nothing.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import select

from tamemap import clock
from tamemap.domain.pins import Pin, Pins, Said, follow, micros, saying
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Placement

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.engine import Row
    from sqlmodel import Session


# a version so far away belongs to a map that was made anew; or nobody has asked for so long that all is read as quickly
FAR = 20_000
# a reader whose transaction began a moment before another's: what the other has read is newer, and as true
BEFORE, MOMENT = 50, 60_000_000
# words whose places are remembered, and cards
WORDS, CARDS = 32, 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Pinned:
    """A map at one ``version`` as it has been since the moment ``known_at`` (microseconds).

    ``cards`` are remembered by placement and face for whoever reads them from the database, as long as they are true.
    """

    version: int
    known_at: int
    pins: Pins
    cards: dict[tuple[int, bool], Any] = field(default_factory=dict)
    _said: dict[tuple[str, bool], NDArray[np.bool_]] = field(default_factory=dict)
    _texts: dict[bool, Said] = field(default_factory=dict)

    def saying(self, word: str, *, resident_face: bool) -> NDArray[np.bool_]:
        """Which rows have that folded word on the face."""
        found = self._said.get((word, resident_face))
        if found is None:
            if len(self._said) >= WORDS:
                self._said.pop(next(iter(self._said)), None)
            if resident_face not in self._texts:
                self._texts[resident_face] = Said.of(self.pins.words_inside if resident_face else self.pins.words)
            found = self._texts[resident_face].saying(word)
            self._said[word, resident_face] = found
        return found

    def remember(self, cards: dict[tuple[int, bool], Any]) -> None:
        """Keep cards that were read while this version was in force."""
        if len(self.cards) + len(cards) > CARDS:
            self.cards.clear()
        self.cards.update(cards)


_known: LRUCache[tuple[str, int], Pinned] = LRUCache(maxsize=4000)
_locks: dict[tuple[str, int], Lock] = {}
_lock = Lock()


def forget() -> None:
    """As if this process had read nothing yet: for a database that has been put back."""
    with _lock:
        _known.clear()


def pinned(db: Session, here: Any) -> Pinned:
    """What stands on the map ``here`` (its ``id`` and ``version``, read in this transaction), at that version or a later one."""
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
    return found


_COLUMNS = (
    *(Placement.id, Placement.cell, Placement.lat, Placement.lng, Placement.until, Placement.soon_at, Placement.since),
    *(Placement.category, Flyer.folded_outside, Flyer.folded, Placement.state, Flyer.municipality_code),
)


def _rows(db: Session, *where: Any) -> list[Row[Any]]:
    query = select(*_COLUMNS).join(Flyer, Flyer.id == Placement.flyer_id).where(*where)  # type: ignore[call-overload]
    return list(db.execute(query))


def _pins(rows: list[Row[Any]], now: int) -> Pins:
    # the same words stand on two maps, and mostly on both faces: they are kept once
    pins = (
        Pin(row[0], row[1], row[2], row[3], micros(row[4]), micros(row[5]), micros(row[6]), row[7], row[11],
            sys.intern(row[8]), sys.intern(row[9]))
        for row in rows
        if row[10] == UP
    )  # fmt: skip
    return Pins.of(one for one in pins if one.until > now)


def _read(db: Session, here: Any, now: int) -> Pinned:
    standing = (Placement.map_id == here.id, Placement.state == UP, Placement.until > clock.now())
    return Pinned(here.version, now, _pins(_rows(db, *standing), now))


def _follow(db: Session, here: Any, known: Pinned, now: int) -> Pinned:
    rows = _rows(db, Placement.map_id == here.id, Placement.stamp > known.version)
    if not rows:
        # no flyer has changed, but perhaps the name of a town that stands on its card
        return Pinned(here.version, known.known_at, known.pins, {}, known._said, known._texts)
    changed = {row[0] for row in rows}
    over = known.pins.id[known.pins.until <= now].tolist()
    come = _pins(rows, now)
    pins, stay, at = known.pins.with_changes({*changed, *over}, come)
    said = {
        (word, inside): follow(mask, stay, at, saying(come.words_inside if inside else come.words, word))
        for (word, inside), mask in [*known._said.items()]
    }
    cards = {key: card for key, card in [*known.cards.items()] if key[0] not in changed}
    return Pinned(here.version, now, pins, cards, said)
