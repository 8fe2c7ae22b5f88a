"""Cells: one integer per place, so that a map tile is one range of an ordinary index.

A cell is the Morton (Z-order) number of the Web Mercator tile at zoom 20 (about 30 m wide in Japan): the bits of the
tile's column and row, interleaved. All places of one tile of any zoom 0–20 are then neighbours in order, and a shift to
the right groups them into squares of any coarser zoom. Tiles are named as everywhere: z, x to the east, y to the south.
"""

from __future__ import annotations

import math
from itertools import pairwise

from tamemap.domain.geography import Bounds
from tamemap.errors import Invalid

ZOOM = 20
SIDE = 1 << ZOOM
CELLS = SIDE * SIDE
# Web Mercator ends where the world becomes square.
MAX_LAT = 85.05112877980659


def cell_of(lat: float, lng: float) -> int:
    """The cell of a place, below 2**40. Latitudes beyond Web Mercator's edge count to its last row."""
    column, row = _tile(lat, lng)
    return _interleave(column, row)


def tile_of(lat: float, lng: float, z: int) -> tuple[int, int]:
    """The ``(x, y)`` of the tile at zoom ``z`` that holds the place. Raises ``Invalid`` (``tile_wrong``): bad zoom."""
    checked_tile(z, 0, 0)
    column, row = _tile(lat, lng)
    return column >> (ZOOM - z), row >> (ZOOM - z)


def tile_range(z: int, x: int, y: int) -> tuple[int, int]:
    """The half-open range ``(first, end)`` of the cells in one tile. Raises ``Invalid`` (``tile_wrong``)."""
    checked_tile(z, x, y)
    bits = 2 * (ZOOM - z)
    first = _interleave(x, y) << bits
    return first, first + (1 << bits)


def tile_bounds(z: int, x: int, y: int) -> Bounds:
    """The edges of one tile in degrees. Raises ``Invalid`` (``tile_wrong``)."""
    checked_tile(z, x, y)
    size = 1 << z
    return Bounds(_lng(x, size), _lat(y + 1, size), _lng(x + 1, size), _lat(y, size))


def checked_tile(z: int, x: int, y: int) -> tuple[int, int, int]:
    """The same tile, or ``Invalid`` (field ``tile``, ``tile_wrong``) when there is no such tile at zooms 0–20."""
    if not (0 <= z <= ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise Invalid.at("tile", "tile_wrong")
    return z, x, y


def cluster_shift(z: int, split: int = 4) -> int:
    """The shift by which ``cell >> shift`` groups places into split × split squares of a tile at zoom ``z``.

    ``split`` is a power of two (ValueError otherwise); squares never become smaller than a cell.
    Raises ``Invalid`` (``tile_wrong``) for a bad zoom.
    """
    checked_tile(z, 0, 0)
    if split < 1 or split & (split - 1):
        raise ValueError("split must be a power of two")
    return max(0, 2 * (ZOOM - z - (split.bit_length() - 1)))


def square_of(group: int, shift: int) -> tuple[int, int, int]:
    """The tile ``(z, x, y)`` that a group ``cell >> shift`` is; ``tile_bounds(*square_of(…))`` are its edges."""
    return ZOOM - shift // 2, _gather(group), _gather(group >> 1)


def ranges_of_bounds(bounds: Bounds, max_ranges: int = 8) -> list[tuple[int, int]]:
    """At most ``max_ranges`` half-open ranges of cells, ascending and apart, that together hold all of ``bounds``.

    They may hold some places outside too, so the exact edges are asked for as well. More ranges fit more tightly.
    """
    west, north = _tile(bounds.north, bounds.west)
    east, south = _tile(bounds.south, bounds.east)
    inside: list[tuple[int, int]] = []
    cut = [(0, 0, 0)]
    # Level by level, the squares that the edge cuts are quartered until there are clearly more pieces than ranges.
    while cut and len(inside) + len(cut) <= 4 * max_ranges and cut[0][0] < ZOOM:
        quarters = [(z + 1, 2 * x + dx, 2 * y + dy) for z, x, y in cut for dy in (0, 1) for dx in (0, 1)]
        cut = []
        for z, x, y in quarters:
            bits = ZOOM - z
            left, top, right, bottom = x << bits, y << bits, (x + 1 << bits) - 1, (y + 1 << bits) - 1
            if right < west or left > east or bottom < north or top > south:
                continue
            if west <= left and right <= east and north <= top and bottom <= south:
                inside.append(tile_range(z, x, y))
            else:
                cut.append((z, x, y))
    return _joined(sorted(inside + [tile_range(*square) for square in cut]), max_ranges)


def _joined(ranges: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """The ranges with touching ones made one, then those with the smallest gaps, until ``most`` remain."""
    gaps = sorted((after[0] - before[1] for before, after in pairwise(ranges)), reverse=True)
    # The gaps that stay open: the widest ones, and none that is no gap at all.
    limit = gaps[most - 1] if len(gaps) >= most else 0
    joined = ranges[:1]
    for first, end in ranges[1:]:
        if first - joined[-1][1] > limit:
            joined.append((first, end))
        else:
            joined[-1] = (joined[-1][0], end)
    return joined


def _tile(lat: float, lng: float) -> tuple[int, int]:
    """Column and row at zoom 20 (Web Mercator, EPSG:3857)."""
    angle = math.radians(min(max(lat, -MAX_LAT), MAX_LAT))
    column = math.floor((lng + 180.0) / 360.0 * SIDE)
    row = math.floor((1.0 - math.asinh(math.tan(angle)) / math.pi) / 2.0 * SIDE)
    return min(max(column, 0), SIDE - 1), min(max(row, 0), SIDE - 1)


def _lng(x: int, size: int) -> float:
    """The western edge of column ``x`` of ``size``."""
    return x / size * 360.0 - 180.0


def _lat(y: int, size: int) -> float:
    """The northern edge of row ``y`` of ``size``."""
    return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * y / size))))


def _interleave(column: int, row: int) -> int:
    """Morton number: column in the even bits, row in the odd ones, so that each zoom adds two bits (as in quadkeys)."""
    return _spread(column) | _spread(row) << 1


def _spread(value: int) -> int:
    """The bits of a number below 2**20 with a gap after each."""
    value = (value | value << 16) & 0x0000_00FF_0000_FFFF
    value = (value | value << 8) & 0x00FF_00FF_00FF_00FF
    value = (value | value << 4) & 0x0F0F_0F0F_0F0F_0F0F
    value = (value | value << 2) & 0x3333_3333_3333_3333
    return (value | value << 1) & 0x5555_5555_5555_5555


def _gather(value: int) -> int:
    """The even bits of a number, drawn together: the inverse of :func:`_spread`."""
    value &= 0x5555_5555_5555_5555
    value = (value | value >> 1) & 0x3333_3333_3333_3333
    value = (value | value >> 2) & 0x0F0F_0F0F_0F0F_0F0F
    value = (value | value >> 4) & 0x00FF_00FF_00FF_00FF
    value = (value | value >> 8) & 0x0000_FFFF_0000_FFFF
    return (value | value >> 16) & 0x0000_0000_FFFF_FFFF
