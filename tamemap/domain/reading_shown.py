"""Where what was found on a sheet lies in its picture as it was edited, and whether it can still be seen there. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tamemap.domain.picture_edits import LEAST_BOX

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.picture_edits import Box, Edit

SPOTS = 9  # looked at along the line


def blurred(box: Sequence[float], corners: Sequence[Sequence[float]] | None, edit: Edit) -> bool:
    """Whether a part of a line lies under a box that was made unreadable.

    ``box`` (x, y, width, height) in parts of the sheet with these ``corners`` in its photograph. Where the picture shows the
    whole photograph, the line is looked for there; where it shows a sheet, that is taken for this one.
    """
    if not edit.blur:
        return False
    x, y, width, height = box
    along = [(at + 0.5) / SPOTS for at in range(SPOTS)]
    spots = [(x + right * width, y + down * height) for right in along for down in along]
    if edit.corners is None and corners is not None:
        spots = [_in_photo(spot, corners) for spot in spots]
    return any(
        left <= right_of <= left + wide and top <= below <= top + high
        for right_of, below in spots
        for left, top, wide, high in edit.blur
    )


def shown(box: Sequence[float], corners: Sequence[Sequence[float]] | None, edit: Edit) -> Box:
    """The upright box around it in what is shown, in parts of that; as ``blurred`` looks for it, a little beyond it rather than
    too little."""
    x, y, width, height = box
    if edit.corners is not None or corners is None:
        return x, y, width, height
    spots = [_in_photo(spot, corners) for spot in ((x, y), (x + width, y), (x + width, y + height), (x, y + height))]
    sides = [[min(1.0, max(0.0, spot[axis])) for spot in spots] for axis in (0, 1)]
    (left, right), (top, bottom) = ((min(side), max(side)) for side in sides)
    return round(left, 5), round(top, 5), round(right - left, 5), round(bottom - top, 5)


def shown_sheets(sheets: Sequence[dict[str, Any]], page: int, edit: Edit) -> list[dict[str, Any]]:
    """The sheets of a reading that this page's picture shows: all of them, or the one nearest to where it was cut out."""
    mine = [one for one in sheets if one["page"] == page]
    if edit.corners is None or len(mine) < 2:
        return mine
    cut = edit.corners
    return [min(mine, key=lambda one: sum(math.dist(a, b) for a, b in zip(one["corners"], cut, strict=True)))]


def private_shown(sheets: Sequence[dict[str, Any]], page: int, edit: Edit) -> list[tuple[str, Box]]:
    """What of a reading may not be meant for everybody and can be seen in this page's picture: (kind, box of what is shown)."""
    found: list[tuple[str, Box]] = []
    for number, one in enumerate(shown_sheets(sheets, page, edit)):
        inside = [(each, one["corners"]) for each in one["private"]]
        # laid flat, only that sheet is seen, and what is on it was found there
        beside = [(each, None) for each in one.get("around") or ()] if edit.corners is None and not number else []
        for each, corners in (*inside, *beside):
            box = shown(each["box"], corners, edit)
            known = any(_middle_in(box, other) for _, other in found)
            if not known and not blurred(each["box"], corners, edit) and min(box[2:]) >= LEAST_BOX:
                found.append((each["kind"], box))
    return found


def _middle_in(box: Box, other: Box) -> bool:
    x, y = box[0] + box[2] / 2, box[1] + box[3] / 2
    return other[0] <= x <= other[0] + other[2] and other[1] <= y <= other[1] + other[3]


def _in_photo(spot: tuple[float, float], corners: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Near enough for a line: between its corners the sheet is taken for flat."""
    u, v = spot
    weights = ((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v)
    return (
        sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
    )
