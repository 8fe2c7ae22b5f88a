"""The real geography under the demo: two regions with their towns' outlines, offices and 町字, and whom to credit.

Plain data for the service that fills the tables; the sources and licences stand in ``geography/CREDITS.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from tamemap.domain.geography import Point

GEOGRAPHY = Path(__file__).parent / "geography"


@dataclass(frozen=True, slots=True)
class TownSeed:
    """町字: a district's name and its middle; the middle is None where the source knows none, the kana empty."""

    name: str
    kana: str
    lat: float | None
    lng: float | None


@dataclass(frozen=True, slots=True)
class MunicipalitySeed:
    """A municipality with its resident map. The outlines are GeoJSON geometries, one exact and one to draw."""

    code6: str
    name: str
    kana: str
    prefecture: str
    district: str
    slug: str
    map_name: str
    office: Point
    outline: dict[str, Any]
    display_outline: dict[str, Any]
    towns: tuple[TownSeed, ...]


@dataclass(frozen=True, slots=True)
class RegionSeed:
    """A region with its regional map (both under ``slug`` and ``map_slug``) and its municipalities."""

    slug: str
    name: str
    map_slug: str
    map_name: str
    municipalities: tuple[MunicipalitySeed, ...]


@dataclass(frozen=True, slots=True)
class Credit:
    """One source as the 出典 page shows it; ``line`` must be shown as it is.

    ``key`` says what it is used for (words under ``credits.<key>``); ``search`` and ``search_nominatim`` belong to the
    geocoder in force, ``tiles`` to the default tiles.
    """

    key: str
    name: str
    holder: str
    source: str
    licence: str
    licence_url: str
    line: str


def load_regions() -> tuple[RegionSeed, ...]:
    """人吉球磨 with its ten municipalities and 鹿行 with its five, read anew at each call."""
    towns = _read("towns.json")
    exact, drawn = _outlines("outlines.geojson"), _outlines("display_outlines.geojson")

    def seed(entry: dict[str, Any]) -> MunicipalitySeed:
        code = entry["code"]
        return MunicipalitySeed(
            code6=code,
            name=entry["name"],
            kana=entry["kana"],
            prefecture=entry["prefecture"],
            district=entry["district"],
            slug=entry["slug"],
            map_name=entry["map_name"],
            office=Point(*entry["office"]),
            outline=exact[code],
            display_outline=drawn[code],
            towns=tuple(TownSeed(name, "", lat, lng) for name, lat, lng in towns[code]),
        )

    return tuple(
        RegionSeed(
            slug=region["slug"],
            name=region["name"],
            map_slug=region["slug"],
            map_name=region["map_name"],
            municipalities=tuple(seed(entry) for entry in region["municipalities"]),
        )
        for region in _read("regions.json")
    )


def load_credits() -> tuple[Credit, ...]:
    """Everybody whose data, map or design Tamemap shows, in the order of the 出典 page."""
    return tuple(Credit(**entry) for entry in _read("CREDITS.json"))


def _read(name: str) -> Any:
    return orjson.loads((GEOGRAPHY / name).read_bytes())


def _outlines(name: str) -> dict[str, dict[str, Any]]:
    """Geometry by six-digit code."""
    return {feature["properties"]["code"]: feature["geometry"] for feature in _read(name)["features"]}
