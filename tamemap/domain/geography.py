"""Positions, boxes, outlines of towns, distances and what people are told of them. WGS 84, degrees, latitude first."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import shapely
from geopy.distance import great_circle

from tamemap.errors import FieldError, Invalid
from tamemap.i18n import DEFAULT, t

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

METRES_PER_DEGREE = 111_195.0
# Boundaries are simplified and quays, beaches and breakwaters lie outside them: so near, a place is still the town's.
TOWN_TOLERANCE_METRES = 200.0
# Six digits of a degree are 0.1 m: finer than any boundary.
_DIGITS = 6
# Cameras and phones that have no fix write 0,0; nobody posts a flyer within a metre of it.
_NOWHERE = 1e-5
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
# 不動産の表示に関する公正競争規約施行規則: a minute on foot is 80 metres, and a begun minute counts.
WALK_METRES_PER_MINUTE = 80
# Beyond this (about half an hour) nobody thinks of walking.
WALK_LIMIT_METRES = 2_500


@dataclass(frozen=True, slots=True)
class Point:
    """One position: degrees north and east. Made by :func:`valid_point` where the numbers come from outside."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """A box of degrees; its edges belong to it. It never crosses the 180th meridian."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def parse(cls, text: str) -> Bounds:
        """From ``w,s,e,n``. Raises ``Invalid`` (field ``bbox``, ``bbox_wrong``)."""
        numbers = _numbers(text)
        if len(numbers) == 4:
            west, south, east, north = numbers
            if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
                return cls(west, south, east, north)
        raise Invalid.at("bbox", "bbox_wrong")

    @property
    def centre(self) -> Point:
        """The middle of the box."""
        return Point((self.south + self.north) / 2, (self.west + self.east) / 2)

    def contains(self, point: Point) -> bool:
        """Whether the point lies in the box or on its edge."""
        return self.west <= point.lng <= self.east and self.south <= point.lat <= self.north

    def intersects(self, other: Bounds) -> bool:
        """Whether the two have at least one point in common."""
        beside = self.west <= other.east and other.west <= self.east
        return beside and self.south <= other.north and other.south <= self.north

    def union(self, other: Bounds) -> Bounds:
        """The smallest box around both."""
        return Bounds(
            min(self.west, other.west),
            min(self.south, other.south),
            max(self.east, other.east),
            max(self.north, other.north),
        )

    def padded(self, metres: float) -> Bounds:
        """The box with ``metres`` more on each side, within the world."""
        up = metres / METRES_PER_DEGREE
        widest = min(89.0, max(abs(self.south), abs(self.north)))
        aside = up / math.cos(math.radians(widest))
        return Bounds(
            max(-180.0, self.west - aside),
            max(-90.0, self.south - up),
            min(180.0, self.east + aside),
            min(90.0, self.north + up),
        )


class Outline:
    """The area of a municipality, made ready for many questions; islands and holes included. Never changes.

    Safe to share between threads.
    """

    __slots__ = ("_area", "_ground", "_scale", "bounds", "centre")

    bounds: Bounds
    centre: Point
    """A point well inside the largest part: where the name of the town would be written."""

    def __init__(self, area: shapely.Geometry) -> None:
        """From a valid Polygon or MultiPolygon; :meth:`from_geojson` makes one of anything that people send."""
        self._area = shapely.orient_polygons(area)
        self.bounds = Bounds(*(float(edge) for edge in self._area.bounds))
        middle = self.bounds.centre
        # On the ground: the same area in metres, true enough for the size of a town.
        self._scale = (METRES_PER_DEGREE * math.cos(math.radians(middle.lat)), METRES_PER_DEGREE)
        self._ground = shapely.transform(self._area, lambda places: places * self._scale)
        x, y = shapely.maximum_inscribed_circle(self._ground, tolerance=10).coords[0]
        self.centre = Point(y / self._scale[1], x / self._scale[0])
        shapely.prepare(self._area)
        # The first question builds the index; two threads must not do that at once.
        self.contains(middle)

    @classmethod
    def from_geojson(cls, data: Mapping[str, Any]) -> Outline:
        """From a GeoJSON geometry, Feature or FeatureCollection; several are merged, crossed rings are mended.

        Rings may turn either way. Raises ``Invalid`` (field ``outline``, ``outline_wrong``) where there is no area in
        degrees, or something else than areas.
        """
        try:
            found = shapely.force_2d(shapely.from_geojson(orjson.dumps(data)))
        except (shapely.errors.ShapelyError, orjson.JSONEncodeError, ValueError) as error:
            raise Invalid.at("outline", "outline_wrong") from error
        given = _parts(found)
        areas = [part for area in given for part in _parts(shapely.make_valid(area)) if part.geom_type == "Polygon"]
        merged = shapely.union_all(areas)
        west, south, east, north = merged.bounds
        inside = -180 <= west <= east <= 180 and -90 <= south <= north <= 90
        if not inside or not merged.area or any(area.geom_type != "Polygon" for area in given):
            raise Invalid.at("outline", "outline_wrong")
        return cls(merged)

    @classmethod
    def merged(cls, outlines: Iterable[Outline]) -> Outline:
        """One outline around all of these (at least one): a region's from its towns'."""
        return cls(shapely.union_all([outline._area for outline in outlines]))

    def contains(self, point: Point) -> bool:
        """Whether the point lies inside or exactly on the border."""
        return bool(shapely.intersects_xy(self._area, point.lng, point.lat))

    def metres_to(self, point: Point) -> float:
        """How far outside the point is, in metres; 0 inside. Good to 1 % near the town."""
        place = shapely.Point(point.lng * self._scale[0], point.lat * self._scale[1])
        return float(shapely.distance(self._ground, place))

    def geojson(self, simplify_metres: float | None = None) -> dict[str, Any]:
        """The Polygon or MultiPolygon as RFC 7946 wants it: outer rings counter-clockwise, longitude first, 6 digits.

        ``simplify_metres`` leaves out what differs less than that. Neighbours simplified apart no longer touch exactly.
        """
        area = self._area
        if simplify_metres:
            area = shapely.transform(shapely.simplify(self._ground, simplify_metres), lambda places: places / self._scale)
        area = shapely.transform(area, lambda places: np.round(places, _DIGITS))
        geometry: dict[str, Any] = orjson.loads(shapely.to_geojson(shapely.orient_polygons(area)))
        return geometry


def town_of(point: Point, outlines: Mapping[str, Outline]) -> str | None:
    """The code of the municipality that a point belongs to, or None far from all of them.

    A point on a shared border belongs to the lower code; one at most ``TOWN_TOLERANCE_METRES`` outside of all to the
    nearest (the lower code again when equally near).
    """
    box = Bounds(point.lng, point.lat, point.lng, point.lat).padded(TOWN_TOLERANCE_METRES)
    near = sorted(code for code, outline in outlines.items() if outline.bounds.intersects(box))
    for code in near:
        if outlines[code].contains(point):
            return code
    metres, nearest = min(((outlines[code].metres_to(point), code) for code in near), default=(math.inf, ""))
    return nearest if metres <= TOWN_TOLERANCE_METRES else None


def valid_point(lat: object, lng: object) -> Point | None:
    """The position that two numbers (or their texts, as forms send them) mean, or None.

    Not positions are: what is no finite number, what is beyond ±90/±180, and 0,0, which cameras write without a fix.
    """
    north, east = _degrees(lat, 90), _degrees(lng, 180)
    if north is None or east is None or (abs(north) < _NOWHERE and abs(east) < _NOWHERE):
        return None
    return Point(north, east)


def checked_point(lat: object, lng: object) -> Point:
    """As :func:`valid_point`, but raising ``Invalid`` with an error for each wrong field (``lat``, ``lng``).

    The codes are ``position_missing`` (None or empty) and ``position_wrong``.
    """
    if point := valid_point(lat, lng):
        return point
    given = {"lat": (lat, 90), "lng": (lng, 180)}
    errors = tuple(
        FieldError(name, "position_missing" if _empty(value) else "position_wrong")
        for name, (value, limit) in given.items()
        if _degrees(value, limit) is None
    ) or (FieldError("lat", "position_wrong"), FieldError("lng", "position_wrong"))
    raise Invalid(errors[0].code, errors=errors)


def parse_near(text: str) -> Point:
    """The position in ``near=lat,lng``. Raises ``Invalid`` (field ``near``, ``near_wrong``)."""
    numbers = _numbers(text)
    point = valid_point(*numbers) if len(numbers) == 2 else None
    if point is None:
        raise Invalid.at("near", "near_wrong")
    return point


def distance_metres(a: Point, b: Point) -> float:
    """The distance in metres, as the crow flies.

    On the sphere, not on the ellipsoid: at most 0.5 % off, which no sentence shows, and ten times faster, which
    a list of hundreds does show.
    """
    return float(great_circle((a.lat, a.lng), (b.lat, b.lng)).meters)


def distance_words(metres: float, lang: str = DEFAULT) -> str:
    """How far it is, as people say it: すぐそば, 230 m, 1.2 km, 23 km."""
    if metres < 15:
        return t("distance.here", lang)
    if metres < 995:
        return t("distance.metres", lang, n=f"{metres / 10:.0f}0")
    kilometres = metres / 1000
    return t("distance.kilometres", lang, n=f"{kilometres:.1f}" if kilometres < 9.95 else f"{kilometres:,.0f}")


def walk_words(metres: float, lang: str = DEFAULT) -> str | None:
    """How long it takes on foot (歩いて約3分), or None where nobody would walk.

    80 m a minute and begun minutes counted, as on every notice of a flat to let in Japan.
    """
    if metres > WALK_LIMIT_METRES:
        return None
    return t("distance.walk", lang, minutes=max(1, math.ceil(metres / WALK_METRES_PER_MINUTE)))


def _parts(geometry: shapely.Geometry) -> list[shapely.Geometry]:
    """The single geometries of a geometry, however deep they lie."""
    if geometry is None or not hasattr(geometry, "geoms"):
        return [] if geometry is None or geometry.is_empty else [geometry]
    return [part for member in geometry.geoms for part in _parts(member)]


def _numbers(text: str) -> tuple[float, ...]:
    """The plain decimal numbers between commas; empty when one of them is none."""
    parts = [part.strip() for part in text.split(",")]
    return tuple(float(part) for part in parts) if all(_NUMBER.fullmatch(part) for part in parts) else ()


def _degrees(value: object, limit: int) -> float | None:
    """The number within ±``limit`` that a value means, or None."""
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value.strip()) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -limit <= value <= limit:
        return None
    return float(value)


def _empty(value: object) -> bool:
    """Whether nothing was sent at all."""
    return value is None or (isinstance(value, str) and not value.strip())
