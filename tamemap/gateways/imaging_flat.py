"""Photographs straightened and with boxes made unreadable: a sheet cut out of its photograph by four corners.

The same bounded child processes as for ``imaging`` do the work, with its limits and refusals. Corners are fractions of the
upright original, clockwise from the sheet's own top left; boxes are fractions of what is then shown (``domain.picture_edits``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.picture_edits import read_edit
from tamemap.gateways.imaging import LARGEST, Page, check, page_of
from tamemap.gateways.imaging_pool import pool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.picture_edits import Edit


def flatten(
    data: bytes,
    corners: Sequence[tuple[float, float]] | None,
    *,
    size: int,
    page: int = 0,
    blur: Sequence[tuple[float, float, float, float]] = (),
) -> bytes:
    """The sheet laid flat as JPEG without metadata, its long side at most ``size`` and never beyond the original's.

    Without corners the whole upright photograph. Boxes keep one rounded colour (``imaging_cut`` says why). Raises what
    ``imaging.render`` raises, Invalid("photo_corners_wrong", "photo_blur_wrong"), Invalid("photo_truncated") for a page that
    a PDF does not have.
    """
    made = render_edit(data, read_edit(corners, blur), sizes=(size,), page=page)
    return next(one.data for one in made.variants if one.format == "jpeg")


def render_edit(data: bytes, edit: Edit, *, sizes: Sequence[int], page: int = 0) -> Page:
    """One page as edited, in every size as AVIF and JPEG: what ``imaging.render`` makes, of another picture.

    Raises as ``flatten``; ValueError for sizes that make no sense.
    """
    if not sizes or not all(0 < size <= LARGEST for size in sizes):
        raise ValueError(f"sizes must be 1 to {LARGEST} pixels")
    asked = {"corners": edit.corners, "blur": edit.blur, "page": page}
    header, blobs = pool().ask({"kind": check(data), "sizes": list(sizes), "edit": asked}, data)
    return page_of(header["pages"][0], iter(blobs))
