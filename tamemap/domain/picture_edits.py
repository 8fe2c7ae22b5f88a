"""How a picture may be edited: which sheet is cut out of its original, and what on it is made unreadable. Pure.

All numbers are fractions, so that they hold for every size: corners of the upright original, boxes of what is then shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot, isfinite
from typing import Any

from tamemap.errors import Invalid

MOST_BOXES = 40
BEYOND = 0.25  # a corner of the sheet may lie so far outside the photograph
LEAST_SIDE = 0.02  # of the photograph; less is a slip of the finger
LEAST_BOX = 0.002
CROSSED = 1e-4

Point = tuple[float, float]
Corners = tuple[Point, Point, Point, Point]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Edit:
    """What is done to an original before it is shown; without corners it stays as it came."""

    corners: Corners | None = None
    blur: tuple[Box, ...] = ()

    def stored(self) -> dict[str, Any]:
        """As ``Picture.edit`` keeps it; {} for nothing."""
        if self == Edit():
            return {}
        return {"corners": self.corners and [list(one) for one in self.corners], "blur": [list(one) for one in self.blur]}


def read_edit(corners: Any, blur: Any) -> Edit:
    """From what was sent, or from ``Picture.edit``. Raises Invalid at ``corners`` or ``blur``."""
    return Edit(read_corners(corners), read_blur(blur))


def stored_edit(stored: dict[str, Any]) -> Edit:
    """The edit that ``Edit.stored`` has kept."""
    return read_edit(stored.get("corners"), stored.get("blur"))


def read_corners(value: Any) -> Corners | None:
    """Four points that go round clockwise and bulge nowhere inwards; None stays None. Raises Invalid at ``corners``."""
    if value is None:
        return None
    points = [_numbers(one, 2) for one in value] if isinstance(value, (list, tuple)) and len(value) == 4 else []
    if not points or not all(one and all(-BEYOND <= part <= 1 + BEYOND for part in one) for one in points):
        raise Invalid.at("corners", "photo_corners_wrong")
    one, two, three, four = ((point[0], point[1]) for point in points)
    quad = (one, two, three, four)
    around = [_turn(quad[at], quad[(at + 1) % 4], quad[(at + 2) % 4]) for at in range(4)]
    sides = [hypot(quad[at][0] - quad[at - 1][0], quad[at][1] - quad[at - 1][1]) for at in range(4)]
    if min(around) < CROSSED or min(sides) < LEAST_SIDE:
        raise Invalid.at("corners", "photo_corners_wrong")
    return quad


def _turn(one: Point, two: Point, three: Point) -> float:
    """Positive where the way turns right (y points down)."""
    return (two[0] - one[0]) * (three[1] - two[1]) - (two[1] - one[1]) * (three[0] - two[0])


def read_blur(value: Any) -> tuple[Box, ...]:
    """Boxes x, y, width, height, cut off at the picture's edges. Raises Invalid at ``blur``."""
    if value is None:
        return ()
    if not isinstance(value, (list, tuple)) or len(value) > MOST_BOXES:
        raise Invalid.at("blur", "photo_blur_wrong", limit=MOST_BOXES)
    boxes = []
    for one in value:
        numbers = _numbers(one, 4)
        if not numbers:
            raise Invalid.at("blur", "photo_blur_wrong", limit=MOST_BOXES)
        x, y, width, height = numbers
        left, top, right, bottom = max(0.0, x), max(0.0, y), min(1.0, x + width), min(1.0, y + height)
        if right - left < LEAST_BOX or bottom - top < LEAST_BOX:
            raise Invalid.at("blur", "photo_blur_wrong", limit=MOST_BOXES)
        boxes.append((left, top, round(right - left, 5), round(bottom - top, 5)))
    return tuple(boxes)


def _numbers(value: Any, count: int) -> list[float]:
    """That many finite numbers; [] for anything else."""
    if not isinstance(value, (list, tuple)) or len(value) != count:
        return []
    if not all(isinstance(one, (int, float)) and not isinstance(one, bool) and isfinite(one) for one in value):
        return []
    return [round(float(one), 5) for one in value]
