"""The outlines of a map's towns as few bytes as a picture of them needs: for the page, never for an answer about places."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from tamemap.domain.geography import METRES_PER_DEGREE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# a region is seen from so far that 300 m are two points of its screen; a town alone keeps what it has
APART, DIGITS_APART, DIGITS = 300.0, 3, 4


def light_outlines(collection: Mapping[str, Any]) -> dict[str, Any]:
    """The same features (``outlines`` of ``queries.maps``) with ``per``: each ring is one row of whole numbers, ``per`` of
    them a degree: longitude and latitude of its first place, then the way to each next one, without the last that closes it.

    Towns that touch each other are simplified together and keep one border between them.
    """
    features = collection["features"]
    areas = [shapely.geometry.shape(feature["geometry"]) for feature in features]
    region = len(areas) > 1
    per = 10 ** (DIGITS_APART if region else DIGITS)
    drawn = _simplified(areas) if region else areas
    made = [
        {**feature, "geometry": {"type": "MultiPolygon", "coordinates": _rows(area, per)}}
        for feature, area in zip(features, drawn, strict=True)
    ]
    return {**collection, "per": per, "features": made}


def _simplified(areas: Sequence[Any]) -> Sequence[Any]:
    """Together, in metres; as they are where their borders do not fit each other."""
    middle = float(np.mean([area.centroid.y for area in areas]))
    scale = (METRES_PER_DEGREE * math.cos(math.radians(middle)), METRES_PER_DEGREE)
    ground = [shapely.transform(area, lambda places: places * scale) for area in areas]
    if not shapely.coverage_is_valid(ground):
        return areas
    return [shapely.transform(area, lambda places: places / scale) for area in shapely.coverage_simplify(ground, APART)]


def _rows(area: Any, per: int) -> list[list[list[int]]]:
    """A polygon's or several polygons' rings as rows; what is too small to be seen is left out."""
    polygons = [[_row(ring, per) for ring in (one.exterior, *one.interiors)] for one in getattr(area, "geoms", [area])]
    seen = [[row for row in rows if row] for rows in polygons if rows[0]]
    # a town of small islands only is still somewhere
    return seen or [[np.rint(np.array(area.envelope.exterior.coords[0]) * per).astype(int).tolist()]]


def _row(ring: Any, per: int) -> list[int]:
    places = np.rint(np.array(ring.coords)[:, :2] * per).astype(int)
    ways = np.diff(places, axis=0)
    ways = ways[np.any(ways != 0, axis=1)][:-1]
    return [*places[0].tolist(), *ways.ravel().tolist()] if len(ways) > 1 else []
