"""Towns and their 町字 as what stands there is found by their names: all of a town, or what is nearest to one 町字's middle.

No data tell where a 町字 ends. What stands nearer to its middle than to that of any other of its town, and not far from it,
counts as standing there: a few straight edges, asked of columns in memory and of a database alike.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tamemap.domain.folding import fold_place
from tamemap.domain.geography import METRES_PER_DEGREE, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from tamemap.domain.pins import Pins

FAR = 10_000.0
"""Metres from the middle of a 町字, north, east, south and west, beyond which nobody says that it is there."""

Edge = tuple[float, float, float]

# what ends the name of a town, and how that is read
_ENDS = {"市": ("し",), "町": ("まち", "ちょう"), "村": ("むら", "そん"), "区": ("く",)}
_CHOME = re.compile(r"\d+丁目$")
# a shorter rest of a name is a word of its own: 九日 of 九日町
_LEAST_TOWN, _LEAST_QUARTER = 2, 3


@dataclass(frozen=True, slots=True)
class Area:
    """The town of this code; of it what lies within all edges: ``a * lat + b * lng <= c``."""

    town: str
    edges: tuple[Edge, ...] = ()


def quarter(town: str, middle: Point, others: Iterable[Point]) -> Area:
    """What is nearer to this middle than to the others of its town, and at most ``FAR`` from it."""
    high, wide = FAR / METRES_PER_DEGREE, FAR / METRES_PER_DEGREE / math.cos(math.radians(middle.lat))
    shrink = (high / wide) ** 2

    def far(lat: float, lng: float) -> float:
        return (lat - middle.lat) ** 2 + shrink * (lng - middle.lng) ** 2

    north, east = middle.lat + high, middle.lng + wide
    south, west = middle.lat - high, middle.lng - wide
    corners = [(south, west), (south, east), (north, east), (north, west)]
    edges: list[Edge] = [(1.0, 0.0, north), (-1.0, 0.0, -south), (0.0, 1.0, east), (0.0, -1.0, -west)]
    for away, one in sorted(((far(one.lat, one.lng), one) for one in others), key=lambda found: found[0]):
        if away > 4 * max(far(*corner) for corner in corners):
            break  # twice as far as the last corner: neither this one nor any further one cuts anything off
        a, b = 2 * (one.lat - middle.lat), 2 * shrink * (one.lng - middle.lng)
        c = one.lat**2 - middle.lat**2 + shrink * (one.lng**2 - middle.lng**2)
        # an edge that cuts nothing off would only be asked in vain; one of two in the same place cuts nothing off either
        if any(a * lat + b * lng > c for lat, lng in corners) and (a or b):
            corners = _cut(corners, (a, b, c))
            edges.append((a, b, c))
    return Area(town, tuple(edges))


def _cut(corners: Sequence[tuple[float, float]], edge: Edge) -> list[tuple[float, float]]:
    """What is left of a convex shape on this side of the edge."""
    a, b, c = edge
    left: list[tuple[float, float]] = []
    beyond = [a * lat + b * lng - c for lat, lng in corners]
    for at, (lat, lng) in enumerate(corners):
        before, here, (last_lat, last_lng) = beyond[at - 1], beyond[at], corners[at - 1]
        if (before > 0) != (here > 0):
            part = before / (before - here)
            left.append((last_lat + part * (lat - last_lat), last_lng + part * (lng - last_lng)))
        if here <= 0:
            left.append((lat, lng))
    return left


def lying(pins: Pins, areas: Iterable[Area]) -> NDArray[np.bool_]:
    """Which of these rows lie in one of the areas."""
    found = np.zeros(len(pins), np.bool_)
    for area in areas:
        rows = np.flatnonzero(pins.town == int(area.town))
        for a, b, c in area.edges:
            rows = rows[a * pins.lat[rows] + b * pins.lng[rows] <= c]
        found[rows] = True
    return found


def town_names(name: str, kana: str, prefecture: str) -> set[str]:
    """By which folded words a town is meant: 人吉市, 人吉, 熊本県人吉市, ひとよしし, ひとよし, and its prefecture 熊本県."""
    names = {prefecture, name, prefecture + name, kana}
    ends = _ENDS.get(name[-1:], ())
    names |= {name[:-1]} if ends else set()
    names |= {kana.removesuffix(end) for end in ends if kana.endswith(end)}
    return {folded for one in names if len(folded := fold_place(one)) >= _LEAST_TOWN}


def quarter_names(name: str, kana: str, town: str, prefecture: str) -> set[str]:
    """By which folded words a 町字 is meant: 願成寺町, 願成寺, 人吉市願成寺町; 宮中一丁目 also as 宮中."""
    whole = fold_place(name)
    names = {whole, _CHOME.sub("", whole), fold_place(kana)}
    if whole.endswith("町") and len(whole) > _LEAST_QUARTER:
        names.add(whole[:-1])
    before = fold_place(town), fold_place(prefecture + town)
    return {one for one in names if len(one) > 1} | {start + one for start in before for one in names if one}
