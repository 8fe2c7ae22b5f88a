"""Setting a region up: its towns, their maps, places and first boards."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from sqlmodel import col, select

from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Bounds, Outline, Point
from tamemap.errors import Forbidden, Unauthenticated
from tamemap.i18n import t
from tamemap.models import Board, Map, Municipality, Place, Region

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# a map of this size in pixels shows the whole town at the zoom that is kept: a phone's height, a laptop's half
MAP_SIDE = 480
ZOOMS = range(8, 16)
# every map begins with a place to talk; the regional one also has boards for those who live elsewhere
BOARDS = {"resident": ("hiroba",), "regional": ("hiroba", "iju", "osusume")}
TOWN_SOURCE, OFFICE_SOURCE = "geolonia", "localgovjp"


class TownLike(Protocol):
    """町字: a district; without a middle it can be found but not pinned."""

    @property
    def name(self) -> str: ...
    @property
    def kana(self) -> str: ...
    @property
    def lat(self) -> float | None: ...
    @property
    def lng(self) -> float | None: ...


class MunicipalityLike(Protocol):
    """A municipality as it comes from a file; the outlines are GeoJSON geometries, one exact and one to draw."""

    @property
    def code6(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kana(self) -> str: ...
    @property
    def prefecture(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def map_name(self) -> str: ...
    @property
    def office(self) -> Point: ...
    @property
    def outline(self) -> dict[str, Any]: ...
    @property
    def display_outline(self) -> dict[str, Any]: ...
    @property
    def towns(self) -> Sequence[TownLike]: ...


class RegionLike(Protocol):
    """A region with its regional map and its municipalities."""

    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def map_slug(self) -> str: ...
    @property
    def map_name(self) -> str: ...
    @property
    def municipalities(self) -> Sequence[MunicipalityLike]: ...


@dataclass(frozen=True, slots=True)
class Installed:
    """A region that stands; the counts are of what is there now, ``new`` of the maps that were not there before."""

    slug: str
    municipalities: int
    maps: int
    places: int
    boards: int
    new: int


def install_region(db: Session, actor: Actor, *, seed: RegionLike) -> Installed:
    """Make the region as the seed says, or bring it up to date; what a town has set itself (who may post) stays. Twice is once.

    For the operator of all. Raises Unauthenticated, Forbidden, Invalid (``outline_wrong``).
    """
    demand_operator(actor)
    region = db.exec(select(Region).where(Region.slug == seed.slug)).first() or Region(slug=seed.slug, name=seed.name)
    region.name = seed.name
    db.add(region)
    db.flush()
    before = len(_maps_of(db, region))
    whole = Outline.merged([_municipality(db, region, town) for town in seed.municipalities])
    above = _map(db, region, slug=seed.map_slug, name=seed.map_name, bounds=whole.bounds)
    for town in seed.municipalities:
        bounds = Outline.from_geojson(town.outline).bounds
        _map(db, region, slug=town.slug, name=town.map_name, bounds=bounds, code=town.code6, above=above)
        _places_of(db, town)
    maps = _maps_of(db, region)
    boards = sum(_boards(db, here) for here in maps)
    codes = [town.code6 for town in seed.municipalities]
    places = db.exec(select(Place.id).where(col(Place.municipality_code).in_(codes))).all()
    return Installed(seed.slug, len(codes), len(maps), len(places), boards, len(maps) - before)


def demand_operator(actor: Actor) -> None:
    """Raise Unauthenticated or Forbidden unless the actor is the operator of all."""
    if not actor.operator_of_all:
        raise Unauthenticated("sign_in_first") if actor.is_guest else Forbidden("not_allowed_here")


def _maps_of(db: Session, region: Region) -> Sequence[Map]:
    return db.exec(select(Map).where(Map.region_id == region.id).order_by(col(Map.id))).all()


def _municipality(db: Session, region: Region, seed: MunicipalityLike) -> Outline:
    outline = Outline.from_geojson(seed.outline)
    row = db.get(Municipality, seed.code6) or Municipality(code=seed.code6)  # type: ignore[call-arg]
    row.region_id, row.name, row.kana, row.prefecture = region.id or 0, seed.name, seed.kana, seed.prefecture
    row.office_lat, row.office_lng = seed.office.lat, seed.office.lng
    row.outline, row.display_outline = seed.outline, seed.display_outline
    row.outline_digest = outline_digest(seed.outline)
    db.add(row)
    db.flush()
    return outline


def outline_digest(outline: Mapping[str, Any]) -> str:
    """What tells one outline from another: 16 hex digits of the SHA-256 of its JSON."""
    return hashlib.sha256(orjson.dumps(outline, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def _map(
    db: Session, region: Region, *, slug: str, name: str, bounds: Bounds, code: str | None = None, above: Map | None = None
) -> Map:
    row = db.exec(select(Map).where(Map.slug == slug)).first()
    wanted: dict[str, Any] = {
        "kind": "resident" if code else "regional",
        "name": name,
        "municipality_code": code,
        "region_id": region.id,
        "above_id": above.id if above else None,
        "lat": round(bounds.centre.lat, 6),
        "lng": round(bounds.centre.lng, 6),
        "zoom": fitting_zoom(bounds),
        "west": round(bounds.west, 6),
        "south": round(bounds.south, 6),
        "east": round(bounds.east, 6),
        "north": round(bounds.north, 6),
    }
    if row is None:
        row = Map(slug=slug, **wanted)
    elif any(getattr(row, key) != value for key, value in wanted.items()):
        for key, value in wanted.items():
            setattr(row, key, value)
        row.version += 1
    db.add(row)
    db.flush()
    return row


def fitting_zoom(bounds: Bounds) -> int:
    """The closest zoom (8 to 15) at which a small map still shows all of the box. Tiles of 256 pixels, Web Mercator."""

    def down(lat: float) -> float:
        return math.asinh(math.tan(math.radians(lat))) / math.tau

    widest = max((bounds.east - bounds.west) / 360, down(bounds.north) - down(bounds.south), 1e-9)
    zoom = math.floor(math.log2(MAP_SIDE / 256 / widest))
    return min(max(zoom, ZOOMS.start), ZOOMS.stop - 1)


def _places_of(db: Session, seed: MunicipalityLike) -> None:
    """The districts and the office; what the seed no longer names goes, what a town has imported itself stays."""
    # JIS X 0402: 100 to 299 are cities, 300 and more towns and villages
    office = t("installation.office_city" if seed.code6[2] in "12" else "installation.office_town", name=seed.name)
    wanted = {("town", one.name): (one.kana, one.lat, one.lng) for one in seed.towns}
    wanted["office", office] = ("", seed.office.lat, seed.office.lng)
    known = select(Place).where(Place.municipality_code == seed.code6, col(Place.source).in_([TOWN_SOURCE, OFFICE_SOURCE]))
    for row in db.exec(known).all():
        if (found := wanted.pop((row.kind, row.name), None)) is None:
            db.delete(row)
        else:
            row.kana, row.lat, row.lng = found
            row.folded = folded_place(row.name, row.kana)
            db.add(row)
    for (kind, name), (kana, lat, lng) in wanted.items():
        source = TOWN_SOURCE if kind == "town" else OFFICE_SOURCE
        db.add(Place(municipality_code=seed.code6, kind=kind, name=name, kana=kana, folded=folded_place(name, kana),
                     lat=lat, lng=lng, source=source))  # fmt: skip
    db.flush()


def folded_place(name: str, kana: str) -> str:
    """What a search for a place looks through: name and kana, folded."""
    return fold_place(f"{name} {kana}")[:280]


def _boards(db: Session, here: Map) -> int:
    """The first boards of a map; a board that is there is left as it is. Answers how many the map has."""
    known = db.exec(select(Board.slug).where(Board.map_id == here.id)).all()
    for position, key in enumerate(BOARDS[here.kind]):
        slug = f"{here.slug}-{key}"
        if slug in known:
            continue
        name, description = t(f"installation.board_{key}"), t(f"installation.board_{key}_{here.kind}")
        db.add(Board(map_id=here.id or 0, slug=slug, name=name, description=description, position=position))
    db.flush()
    return len(db.exec(select(Board.id).where(Board.map_id == here.id)).all())
