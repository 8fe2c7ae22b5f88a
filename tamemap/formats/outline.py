"""A town's outline with a pin in it, as the numbers of a small SVG picture: a map that needs no script and no tiles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WIDTH, HEIGHT, MARGIN = 320, 220, 14


@dataclass(frozen=True, slots=True)
class Drawing:
    """The path of the outline, and the pin's place, in a box of ``width`` by ``height``."""

    path: str
    x: float
    y: float
    width: int = WIDTH
    height: int = HEIGHT


def drawing(geometry: Mapping[str, Any], lat: float, lng: float) -> Drawing | None:
    """The outline (GeoJSON Polygon or MultiPolygon) scaled to fit, north up; None for a geometry without area."""
    rings = list(_rings(geometry))
    places = [place for ring in rings for place in ring]
    if not places:
        return None
    # so small an area is flat; only the meridians draw together towards the north
    shrink = math.cos(math.radians(sum(place[1] for place in places) / len(places)))
    west, east = min(place[0] for place in places), max(place[0] for place in places)
    south, north = min(place[1] for place in places), max(place[1] for place in places)
    if east <= west or north <= south:
        return None
    scale = min((WIDTH - 2 * MARGIN) / ((east - west) * shrink), (HEIGHT - 2 * MARGIN) / (north - south))
    middle_lng, middle_lat = (west + east) / 2, (south + north) / 2

    def at(place_lng: float, place_lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (place_lng - middle_lng) * shrink * scale
        y = HEIGHT / 2 - (place_lat - middle_lat) * scale
        return round(x, 1), round(y, 1)

    path = "".join("M" + "L".join("{:g} {:g}".format(*at(*place[:2])) for place in ring[:-1]) + "Z" for ring in rings)
    x, y = at(lng, lat)
    # a place just across the border still stands inside of the picture
    return Drawing(path, min(max(x, MARGIN), WIDTH - MARGIN), min(max(y, MARGIN), HEIGHT - MARGIN))


def _rings(geometry: Mapping[str, Any]) -> Iterator[list[list[float]]]:
    """All rings of a polygon or of several."""
    coordinates = geometry.get("coordinates") or []
    for polygon in coordinates if geometry.get("type") == "MultiPolygon" else [coordinates]:
        yield from polygon
