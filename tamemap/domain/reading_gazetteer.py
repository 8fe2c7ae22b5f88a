"""What is known of places: spellings that mend what was read, and positions for a venue that was read. Pure.

``queries.reading_gazetteer`` makes it from the tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap.domain.folding import fold_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HEAD = re.compile(r"(?:\S{2,3}[都道府県]\s*)?(?:[^\s\d]{1,4}郡\s*)?")
# where one of these stands for another, it is another place: 東公民館 is not 西公民館
TELLING = frozenset("東西南北上中下左右前後内外新旧大小本元第一二三四五六七八九十0123456789")
LEAST_TOWN, LEAST_NAME, LEAST_BEGINNING, LEAST_SHORT = 4, 6, 4, 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its position, and the town it is in."""

    name: str
    municipality_code: str
    lat: float
    lng: float
    folded: str
    known: bool = False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All that is known of places (``domain.reading_field.Gazetteer``): beginnings of addresses, facilities, positions."""

    beginnings: tuple[tuple[str, str], ...]
    names: dict[str, str]
    spots: tuple[Spot, ...]
    quarters: dict[tuple[str, str], Spot]
    towns: dict[str, str] = field(default_factory=dict)  # code → name

    def town(self, text: str) -> str | None:
        """The start of an address as it is officially written; one sign of a longer one may have been misread."""
        head = HEAD.match(text)
        before = head[0] if head else ""
        rest = text[len(before) :]
        exact = max((one for one, _ in self.beginnings if rest.startswith(one)), key=len, default="")
        longer = {
            one
            for one, _ in self.beginnings
            if len(one) > max(len(exact), LEAST_TOWN - 1) and len(rest) >= len(one) and _nearly(rest[: len(one)], one)
        }
        mended = max(longer, key=len, default="")
        alone = bool(mended) and sum(len(one) == len(mended) for one in longer) == 1
        found = mended if alone else exact
        return before + found if found else None

    def place(self, name: str) -> str | None:
        """A facility's official name, where this is it, or is it but for one misread sign of a long name."""
        folded = fold_place(name)
        if folded in self.names:
            return self.names[folded]
        if len(folded) < LEAST_NAME:
            return None
        near = {self.names[one] for one in self.names if _nearly(folded, one)}
        return near.pop() if len(near) == 1 else None

    def code_of(self, address: str) -> str | None:
        """The municipality in which an address is, as far as it says so; None also where two towns share the name."""
        head = HEAD.match(address)
        rest = address[len(head[0]) if head else 0 :]
        matching = [(one, code) for one, code in self.beginnings if rest.startswith(one)]
        longest = max((len(one) for one, _ in matching), default=0)
        codes = {code for one, code in matching if len(one) == longest}
        return codes.pop() if len(codes) == 1 else None

    def spot(self, venue: str, code: str | None) -> Spot | None:
        """Where a venue is: confirmed by people before official lists; within the town, where that is known, else only where no
        other has the name. A room (公民館 2階会議室) is where its house is.
        """
        folded = fold_place(venue)
        here = [one for one in self.spots if code is None or one.municipality_code == code]
        same = [one for one in here if one.folded == folded]
        if not same:
            houses = [(len(name), one) for one in here for name in self._called(one, code) if folded.startswith(name)]
            longest = max((length for length, _ in houses), default=0)
            same = [one for length, one in houses if length == longest]
        same.sort(key=lambda one: not one.known)
        return same[0] if same and len({one.municipality_code for one in same}) == 1 else None

    def _called(self, one: Spot, code: str | None) -> Iterable[str]:
        """A place's names: its own, and in its own town also without the town's (市役所, 中央公民館, 市立図書館)."""
        if len(one.folded) >= LEAST_BEGINNING:
            yield one.folded
        town = fold_place(self.towns.get(one.municipality_code, ""))
        if code is None or not town or not one.folded.startswith(town):
            return
        for name in (town[-1] + one.folded[len(town) :], re.sub("^立", "", one.folded[len(town) :])):
            if len(name) >= LEAST_SHORT:
                yield name

    def quarter(self, address: str, code: str) -> Spot | None:
        """The middle of the quarter (町字) in which an address is."""
        folded = fold_place(address)
        inside = [
            one for (town, _), one in self.quarters.items() if town == code and len(one.folded) > 1 and one.folded in folded
        ]
        return max(inside, key=lambda one: len(one.folded), default=None)


def _nearly(read: str, known: str) -> bool:
    """Whether all signs but one are the same, and that one tells no two places apart."""
    if len(read) != len(known):
        return False
    other = [(one, two) for one, two in zip(read, known, strict=True) if one != two]
    return len(other) == 1 and not TELLING & set(other[0]) and not any(sign.isspace() for sign in other[0])


def beginnings(towns: Mapping[str, str], quarters: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """How addresses begin, each with its municipality's code: its name, alone and with each (code, quarter)."""
    yield from ((name, code) for code, name in towns.items())
    for code, name in quarters:
        yield f"{towns[code]}{name}", code
        yield f"{towns[code]}大字{name}", code
