"""Which lines of a sheet cannot be read any more in its picture as it was edited. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.picture_edits import Edit

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


def _in_photo(spot: tuple[float, float], corners: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Near enough for a line: between its corners the sheet is taken for flat."""
    u, v = spot
    weights = ((1 - u) * (1 - v), u * (1 - v), u * v, (1 - u) * v)
    return (
        sum(weight * corner[0] for weight, corner in zip(weights, corners, strict=True)),
        sum(weight * corner[1] for weight, corner in zip(weights, corners, strict=True)),
    )
