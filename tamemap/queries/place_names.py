"""Which of the words that somebody looks for are names of places: a map's towns and their 町字, kept in memory for a minute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import select

from tamemap import clock
from tamemap.domain.areas import Area, quarter, quarter_names, town_names
from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Point
from tamemap.domain.pins import micros
from tamemap.models import Municipality, Place

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.asking import Wanted

# the gazetteer changes once in a year, by the operator's hand
MINUTE = 60_000_000
# a name that so many 町字 share says nothing
MOST = 40


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a map's towns (``towns``: codes) and 町字 (``quarters``: code and middle), as they were at a moment
    (microseconds)."""

    known_at: int
    towns: dict[str, list[str]] = field(default_factory=dict)
    quarters: dict[str, list[tuple[str, Point]]] = field(default_factory=dict)
    middles: dict[str, list[Point]] = field(default_factory=dict)
    _areas: dict[str, tuple[Area, ...]] = field(default_factory=dict)

    def meant_by(self, word: str) -> tuple[Area, ...]:
        """The places that are called so; none for a word that names no place here."""
        name = fold_place(word)
        if name not in self.towns and name not in self.quarters:
            return ()
        if name not in self._areas:
            named = [Area(code) for code in self.towns.get(name, ())]
            parts = [quarter(code, middle, self.middles[code]) for code, middle in self.quarters.get(name, ())[:MOST]]
            self._areas[name] = (*named, *parts)
        return self._areas[name]


Ground = tuple[int | None, str | None]

_known: LRUCache[tuple[str, Ground], Names] = LRUCache(maxsize=200)
_lock = Lock()


def forget() -> None:
    """As if this process had read nothing yet: for a database that has been put back."""
    with _lock:
        _known.clear()


def with_places(db: Session, here: Any, wanted: Wanted) -> Wanted:
    """The same wishes, and for each of their words the places on the map ``here`` (``municipality_code``, ``region_id``) of
    that name."""
    where = str(db.get_bind().engine.url)
    known = at_hand(where, ground_of(here), wanted)
    if known is None:
        found = _read(db, here, micros(clock.now()))
        with _lock:
            _known[where, ground_of(here)] = found
        known = _named(found, wanted)
    return known


def at_hand(where: str, ground: Ground, wanted: Wanted) -> Wanted | None:
    """The same without asking the database at ``where``; None if it must be asked for the names."""
    if not wanted.words:
        return wanted
    found = _known.get((where, ground))
    fresh = found is not None and 0 <= micros(clock.now()) - found.known_at < MINUTE
    return _named(found, wanted) if found is not None and fresh else None


def ground_of(here: Any) -> Ground:
    """The region and the municipality of a map."""
    return here.region_id, here.municipality_code


def _named(names: Names, wanted: Wanted) -> Wanted:
    return replace(wanted, areas=tuple(names.meant_by(word) for word in wanted.words))


def _read(db: Session, here: Any, now: int) -> Names:
    made = Names(now)
    town = Municipality.code == here.municipality_code if here.municipality_code else Municipality.region_id == here.region_id
    towns = {
        code: (name, kana, prefecture)
        for code, name, kana, prefecture in db.execute(
            select(Municipality.code, Municipality.name, Municipality.kana, Municipality.prefecture).where(town)
        )
    }
    for code, names in towns.items():
        for word in town_names(*names):
            made.towns.setdefault(word, []).append(code)
    middles = select(Place.municipality_code, Place.name, Place.kana, Place.lat, Place.lng).where(
        Place.municipality_code.in_(towns),
        Place.kind == "town",
        Place.lat.is_not(None),  # type: ignore[attr-defined,union-attr]
    )
    for code, name, kana, lat, lng in db.execute(middles):
        middle = Point(lat, lng)
        made.middles.setdefault(code, []).append(middle)
        for word in quarter_names(name, kana, towns[code][0], towns[code][2]):
            made.quarters.setdefault(word, []).append((code, middle))
    return made
