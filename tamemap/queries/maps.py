"""Reads about maps, and which town a point is in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, case, func, literal, literal_column, select

from tamemap import clock
from tamemap.domain.folding import fold_place
from tamemap.domain.geography import Outline, Point, town_of
from tamemap.domain.placements import UP
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Map, Municipality, Place, Placement, Region
from tamemap.queries.together import Question, ask, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class MapView:
    """A map as readers know it; bounds are west, south, east, north in degrees.

    ``up`` is how many flyers stand there now, None where nobody asked for the count; ``proof_for`` what its town asks proof of
    residence for, names of ``domain.permissions.PROVABLE``.
    """

    id: int
    slug: str
    kind: str
    name: str
    municipality_code: str | None
    municipality_name: str
    region_id: int
    region_slug: str
    region_name: str
    above_slug: str | None
    above_name: str
    lat: float
    lng: float
    zoom: int
    bounds: tuple[float, float, float, float]
    guests_may_post: bool
    hold_guests: bool
    version: int
    up: int | None
    proof_for: tuple[str, ...] = ()


ABOVE = Map.__table__.alias("above")  # type: ignore[attr-defined]


def maps_query(up: Any = None) -> Any:
    """Rows of maps for ``view_of``, without order (for queries); ``up`` is the SQL of the count, by default none is made."""
    return (
        select(Map, Municipality.name, Region.slug, Region.name, ABOVE.c.slug, ABOVE.c.name, literal(None) if up is None else up)
        .join(Region, Region.id == Map.region_id)
        .outerjoin(Municipality, Municipality.code == Map.municipality_code)
        .outerjoin(ABOVE, ABOVE.c.id == Map.above_id)
    )


# region by region, the regional map first
ORDER = (Map.region_id, case((Map.kind == "regional", 0), else_=1), Map.id)


MAPS = Question(maps_query())


def view_of(values: Sequence[Any]) -> MapView:
    """The view of a row of ``maps_query`` (for queries)."""
    row, town, region_slug, region_name, above_slug, above_name, up = values
    return MapView(
        id=row.id or 0, slug=row.slug, kind=row.kind, name=row.name,
        municipality_code=row.municipality_code, municipality_name=town or "",
        region_id=row.region_id, region_slug=region_slug, region_name=region_name,
        above_slug=above_slug, above_name=above_name or "",
        lat=row.lat, lng=row.lng, zoom=row.zoom, bounds=(row.west, row.south, row.east, row.north),
        guests_may_post=row.guests_may_post, hold_guests=row.hold_guests, version=row.version, up=up,
        proof_for=tuple(row.proof_for.split()),
    )  # fmt: skip


def _rows(db: Session, *where: Any, counted: bool = False) -> tuple[MapView, ...]:
    query = maps_query()
    if counted:
        standing = how_many_stand()
        query = maps_query(func.coalesce(standing.c.many, 0)).outerjoin(standing, standing.c.map_id == Map.id)
    return tuple(view_of(row) for row in db.execute(query.where(*where).order_by(*ORDER)))


def how_many_stand() -> Any:
    """The SQL of how ``many`` flyers stand now by ``map_id``, but for maps without any (for queries)."""
    # in the words of the index of what stands, and by no column by which another one is in order: SQLite would take that, and go
    # through all that is over
    is_up, its_map = Placement.state == literal_column(f"'{UP}'"), literal_column("placement.map_id + 0", Integer).label("map_id")
    query = select(its_map, func.count().label("many")).select_from(Placement).where(is_up, Placement.until > clock.now())
    return query.group_by(its_map).subquery()


def maps(db: Session, actor: Actor, *, counted: bool = False) -> tuple[MapView, ...]:
    """All maps: region by region, the regional map first. Counting what stands on them costs a read of each."""
    if counted:
        return _rows(db, counted=True)
    (found,) = read(db, ask(MAPS))
    return tuple(sorted((view_of(row) for row in found), key=lambda one: (one.region_id, one.kind != "regional", one.id)))


def map_view(db: Session, actor: Actor, *, slug: str, counted: bool = False) -> MapView:
    """One map. Raises NotFound."""
    if found := _rows(db, Map.slug == reference(slug), counted=counted):
        return found[0]
    raise NotFound("map_unknown")


def outlines(db: Session, actor: Actor, *, slug: str) -> dict[str, Any]:
    """The light outlines of a map's towns, as a GeoJSON FeatureCollection with code, name and map slug."""
    found = map_view(db, actor, slug=slug)
    query = select(Municipality.code, Municipality.name, Municipality.display_outline, Map.slug).join(
        Map, Map.municipality_code == Municipality.code
    )
    if found.kind == "regional":
        query = query.where(Municipality.region_id == found.region_id)
    else:
        query = query.where(Municipality.code == found.municipality_code)
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "properties": {"code": code, "name": name, "map": town}, "geometry": outline}
            for code, name, outline, town in db.execute(query.order_by(Municipality.code))
        ],
    }


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A named place; without position it can be named but not pinned."""

    name: str
    kind: str
    address: str
    municipality_code: str
    municipality_name: str
    map_slug: str
    map_name: str
    lat: float | None
    lng: float | None
    source: str


@dataclass(frozen=True, slots=True)
class Located:
    """What a point on the earth means here: its town's map, the map above, and the nearest named place."""

    map: MapView
    nearest: PlaceView | None


# outlines prepared for exact answers, per town; a changed outline has another digest
_prepared: dict[tuple[str, str], Outline] = {}


def _outlines_of_towns(db: Session) -> dict[str, Outline]:
    known = db.execute(select(Municipality.code, Municipality.outline_digest)).all()
    missing = [code for code, digest in known if (code, digest) not in _prepared]
    if missing:
        rows = db.execute(
            select(Municipality.code, Municipality.outline_digest, Municipality.outline).where(
                Municipality.code.in_(missing)  # type: ignore[attr-defined]
            )
        )
        for code, digest, outline in rows:
            _prepared[code, digest] = Outline.from_geojson(json.loads(outline) if isinstance(outline, str) else outline)
    return {code: _prepared[code, digest] for code, digest in known}


def locate(db: Session, actor: Actor, *, point: Point) -> Located:
    """The town's map that a point belongs to. Raises NotFound for a point outside every town."""
    code = town_of(point, _outlines_of_towns(db))
    if code is None:
        raise NotFound("place_outside")
    found = _rows(db, Map.municipality_code == code)
    if not found:
        raise NotFound("place_outside")
    # at these sizes a degree is a degree; the longitude's is shorter by about a fifth, which changes no answer people notice
    distance = (Place.lat - point.lat) * (Place.lat - point.lat) + 0.7 * (Place.lng - point.lng) * (Place.lng - point.lng)
    nearest = _places(db, Place.municipality_code == code, Place.lat.is_not(None), order=distance, limit=1)  # type: ignore[union-attr]
    return Located(found[0], nearest[0] if nearest else None)


def places(db: Session, actor: Actor, *, q: str, slug: str = "", limit: int = 8) -> tuple[PlaceView, ...]:
    """Places by name or kana: those of the map's town (or region) first, whole beginnings before the middle of a word."""
    folded = fold_place(q)
    if not folded:
        return ()
    here = map_view(db, actor, slug=slug) if slug else None
    escaped = folded.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    order = [case((Place.folded.startswith(folded, autoescape=True), 0), else_=1), func.length(Place.folded), Place.id]  # type: ignore[attr-defined]
    if here and here.municipality_code:
        order.insert(0, case((Place.municipality_code == here.municipality_code, 0), else_=1))
    where = [Place.folded.like(f"%{escaped}%", escape="\\")]  # type: ignore[attr-defined]
    if here:
        where.append(Municipality.region_id == here.region_id)
    return _places(db, *where, order=order, limit=limit)


def _places(db: Session, *where: Any, order: Any, limit: int) -> tuple[PlaceView, ...]:
    query = (
        select(Place, Municipality.prefecture, Municipality.name, Map.slug, Map.name)
        .join(Municipality, Municipality.code == Place.municipality_code)
        .join(Map, Map.municipality_code == Municipality.code)
        .where(*where)
        .order_by(*(order if isinstance(order, list) else [order]))
        .limit(limit)
    )
    return tuple(
        PlaceView(
            row.name,
            row.kind,
            f"{prefecture}{town}{row.name}",
            row.municipality_code,
            town,
            slug,
            name,
            row.lat,
            row.lng,
            row.source,
        )
        for row, prefecture, town, slug, name in db.execute(query)
    )
