"""紹介: where who or what is introduced can be found."""

from __future__ import annotations

from typing import NamedTuple

from tamemap.domain.geography import Bounds, Point, checked_point
from tamemap.domain.writing import check_text
from tamemap.errors import Invalid

NAME_LIMIT = 80
# a mountain hut, a quay, a farm beyond the last house are the town's too
NEAR_METRES = 2_000.0


class Place(NamedTuple):
    """A point on a map and what people call it, perhaps nothing."""

    point: Point
    name: str


def read_place(lat: object, lng: object, name: object, bounds: Bounds) -> Place | None:
    """The place that somebody named; None where nothing was said. ``bounds`` are those of the board's map.

    Raises Invalid at ``place``: a name without a point, no position, too long a name, or a place that is not on this map.
    """
    said = name.strip() if isinstance(name, str) else ""
    if lat in {None, ""} and lng in {None, ""}:
        if said:
            raise Invalid.at("place", "introduction_place_missing")
        return None
    try:
        point = checked_point(lat, lng)
    except Invalid as error:
        raise Invalid.at("place", error.errors[0].code, **error.errors[0].params) from None
    if not bounds.padded(NEAR_METRES).contains(point):
        raise Invalid.at("place", "introduction_off_map")
    return Place(point, check_text(said, field="place", limit=NAME_LIMIT) if said else "")
