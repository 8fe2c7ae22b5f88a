"""A sheet cut out of a photograph and laid flat, and boxes on it made unreadable. Runs in the imaging child only.

Why a box keeps nothing of what was in it: a mosaic or a blur of the real pixels can be undone. Printed digits have few shapes,
so that the averages of a mosaic tell a telephone number from all others, and faces are recognised by machines from 8 × 8 cells.
A box here keeps one rounded colour (the average of all its pixels); the cells that show people "something is hidden here" are a
fixed pattern laid over that colour, the same for every picture.
"""

from __future__ import annotations

from math import ceil, floor, hypot
from typing import TYPE_CHECKING, Any

import pyvips

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tamemap.domain.picture_edits import Box, Corners

LARGEST = 4096  # long side of the raster that a sheet is cut out of
LEAST = 32  # pixels of a cut out sheet's side
CELLS = 8  # of the pattern, along the longer side of a box
STEP = 16  # a box's colour is rounded to multiples of this
SHADES = (-14, 0, 10, -4, 14, -10, 4)  # what the pattern adds to a box's colour, cell by cell
PAD = 0.004  # of the long side: light of what is hidden bleeds over its edge, and so does a box drawn too tightly


def cut_out(shape: tuple[int, int], corners: Corners | None) -> tuple[float, float]:
    """Width and height of the sheet laid flat, for a photograph of that width and height."""
    if corners is None:
        return float(shape[0]), float(shape[1])
    one, two, three, four = ((x * shape[0], y * shape[1]) for x, y in corners)
    wide = max(hypot(two[0] - one[0], two[1] - one[1]), hypot(three[0] - four[0], three[1] - four[1]))
    high = max(hypot(four[0] - one[0], four[1] - one[1]), hypot(three[0] - two[0], three[1] - two[1]))
    return wide, high


def flat(
    raster: Callable[[int], pyvips.Image], shape: tuple[int, int], corners: Corners | None, blur: Sequence[Box], size: int
) -> pyvips.Image:
    """The sheet laid flat, its long side at most ``size``, held in memory. ``raster(side)`` gives the upright photograph, whose
    full size is ``shape``; it is asked for once, as large as the sheet needs it."""
    longest = max(cut_out(shape, corners))
    side = min(LARGEST, max(shape), ceil(max(shape) * min(1.0, size / longest))) if corners else size
    top = raster(side)
    return hidden(top if corners is None else _laid_flat(top, corners, size), blur)


def _laid_flat(top: pyvips.Image, corners: Corners, size: int) -> pyvips.Image:
    wide, high = cut_out((top.width, top.height), corners)
    scale = min(1.0, size / max(wide, high))
    width, height = max(LEAST, round(wide * scale)), max(LEAST, round(high * scale))
    a, b, c, d, e, f, g, h = _square_to([(x * top.width, y * top.height) for x, y in corners])
    place = pyvips.Image.xyz(width, height)
    # the middles of pixels lie at halves; mapim counts from their corners
    x, y = (place[0] + 0.5) / width, (place[1] + 0.5) / height
    below = x * g + y * h + 1
    where = ((x * a + y * b + c) / below - 0.5).bandjoin((x * d + y * e + f) / below - 0.5)
    made = top.mapim(where, interpolate=pyvips.Interpolate.new("bicubic"), extend="copy")
    return _held(made.crop(0, 0, width, height).cast("uchar"))


def _square_to(quad: Sequence[tuple[float, float]]) -> tuple[float, ...]:
    """The eight numbers of the perspective that lays the unit square's corners on these four (Heckbert 1989)."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    under = dx1 * dy2 - dx2 * dy1
    g, h = (sx * dy2 - dx2 * sy) / under, (dx1 * sy - sx * dy1) / under
    return x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h


def hidden(image: pyvips.Image, blur: Sequence[Box]) -> pyvips.Image:
    """The picture with these boxes (fractions of it) made unreadable."""
    pad = PAD * max(image.width, image.height)
    for x, y, width, height in blur:
        left, top = max(0, floor(x * image.width - pad)), max(0, floor(y * image.height - pad))
        right = min(image.width, ceil((x + width) * image.width + pad))
        bottom = min(image.height, ceil((y + height) * image.height + pad))
        box = image.crop(left, top, right - left, bottom - top)
        colour = [box[band].avg() // STEP * STEP + STEP // 2 for band in range(3)]
        image = image.insert(_cover(colour, box.width, box.height), left, top)
    return _held(image) if blur else image


def _cover(colour: list[float], width: int, height: int) -> pyvips.Image:
    cell = max(1, ceil(max(width, height) / CELLS))
    across, down = ceil(width / cell), ceil(height / cell)
    shades = [SHADES[(column * 3 + row * 5) % len(SHADES)] for row in range(down) for column in range(across)]
    rows = [shades[row * across : (row + 1) * across] for row in range(down)]
    pattern = pyvips.Image.new_from_array(rows).zoom(cell, cell).crop(0, 0, width, height)
    return pattern.bandjoin([pattern, pattern]).linear([1, 1, 1], colour).cast("uchar")


def _held(image: Any) -> pyvips.Image:
    """The same, computed once and for all: nothing beneath it stays reachable."""
    pixels = image.write_to_memory()
    return pyvips.Image.new_from_memory(pixels, image.width, image.height, 3, "uchar").copy(interpretation="srgb")
