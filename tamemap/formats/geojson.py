"""Flyers and piles of flyers as GeoJSON (RFC 7946): longitude first, WGS 84, at most six decimals (0.1 m)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEDIA_TYPE = "application/geo+json"
DECIMALS = 6


def point(lat: float, lng: float, properties: Mapping[str, Any], *, id: str | None = None) -> dict[str, Any]:
    """A Feature at a place; ``id`` where it has one of its own."""
    feature: dict[str, Any] = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(lng, DECIMALS), round(lat, DECIMALS)]},
        "properties": dict(properties),
    }
    return feature if id is None else {"type": "Feature", "id": id} | feature


def pile(lat: float, lng: float, count: int, bounds: tuple[float, float, float, float]) -> dict[str, Any]:
    """A crowd of ``count`` flyers as one Feature: the middle of it, and its bounds (west, south, east, north)."""
    return point(lat, lng, {"count": count, "bounds": [round(edge, DECIMALS) for edge in bounds]})


def collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A FeatureCollection; with its ``bbox`` where all features are points and there is one."""
    held = list(features)
    made: dict[str, Any] = {"type": "FeatureCollection", "features": held}
    places = [feature["geometry"]["coordinates"] for feature in held if feature["geometry"]["type"] == "Point"]
    if places and len(places) == len(held):
        east, north = (max(place[axis] for place in places) for axis in (0, 1))
        west, south = (min(place[axis] for place in places) for axis in (0, 1))
        made["bbox"] = [west, south, east, north]
    return made
