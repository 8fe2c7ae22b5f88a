"""The four corners of a sheet in a photograph, as somebody drags them."""

from __future__ import annotations

import math

from tamemap.errors import Invalid

SLACK = 0.05  # a corner may lie a little outside of the photograph
LEAST_AREA = 0.005  # of the photograph

Corners = tuple[tuple[float, float], ...]


def checked_corners(raw: object) -> Corners:
    """Four (x, y) in parts of the photograph, clockwise. Raises Invalid at ``corners`` for anything that no sheet can be: not
    four points of numbers, far outside, crossed, bent inwards, or next to nothing.
    """
    points = raw if isinstance(raw, list | tuple) else ()
    if len(points) != 4 or not all(isinstance(one, list | tuple) and len(one) == 2 for one in points):
        raise Invalid.at("corners", "corners_wrong")
    if not all(type(value) in {int, float} and math.isfinite(value) for one in points for value in one):
        raise Invalid.at("corners", "corners_wrong")
    corners = tuple((float(x), float(y)) for x, y in points)
    if not all(-SLACK <= value <= 1 + SLACK for one in corners for value in one):
        raise Invalid.at("corners", "corners_wrong")
    turns = [_turn(corners[number - 2], corners[number - 1], corners[number]) for number in range(4)]
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(corners, corners[1:] + corners[:1], strict=True)) / 2
    if not all(turn > 0 for turn in turns) or area < LEAST_AREA:
        raise Invalid.at("corners", "corners_wrong")
    return tuple((min(1.0, max(0.0, x)), min(1.0, max(0.0, y))) for x, y in corners)


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
