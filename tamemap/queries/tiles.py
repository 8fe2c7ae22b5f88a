"""Reads of map tiles: single flyers as points, crowds as clusters."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import Integer, func, literal, select

from tamemap import clock, figures
from tamemap.domain.cells import checked_tile, cluster_shift, tile_range
from tamemap.domain.writing import reference
from tamemap.models import Flyer, Map, Placement
from tamemap.queries.asked import conditions
from tamemap.queries.flyers import CardView, cards, cards_query, shows_resident_face
from tamemap.queries.maps import map_view

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.domain.asking import Wanted

# from this zoom on every flyer stands for itself: beneath it a finger could not pick between neighbours
SINGLE_FROM = 17
SQUARES = 4  # per side of a tile: 64 pixels each, about a finger's width
SINGLES_MOST = 500


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A crowd: how many, where its middle is, and west, south, east, north of its members in degrees."""

    count: int
    lat: float
    lng: float
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class TileView:
    """What stands on one tile; ``version`` is the map's at that moment."""

    version: int
    points: tuple[CardView, ...]
    clusters: tuple[ClusterView, ...]


# warm tiles of this process; a changed map has another version, and a minute gone by another key (flyers end on minutes)
_warm: LRUCache[tuple[Any, ...], TileView] = LRUCache(maxsize=2000)
_lock = Lock()


def tile(db: Session, actor: Actor, *, slug: str, z: int, x: int, y: int, wanted: Wanted) -> TileView:
    """One tile of a map under the wishes. Raises NotFound for the map, Invalid at ``tile`` for no tile of this world."""
    checked_tile(z, x, y)
    found = db.execute(select(Map.id, Map.version).where(Map.slug == reference(slug))).first()
    here = None if found else map_view(db, actor, slug=slug)
    map_id, version = found if found else (here.id, here.version)  # type: ignore[union-attr]
    address = str(db.get_bind().engine.url)
    key = (address, map_id, version, clock.now().replace(second=0, microsecond=0), z, x, y, wanted, actor)
    shared = actor.is_guest
    if shared:
        key = (*key[:-1], None)
        with _lock:
            warm = _warm.get(key)
        figures.count("tile_warm" if warm is not None else "tile_made")
        if warm is not None:
            return warm
    made = _made(db, actor, slug=slug, z=z, x=x, y=y, wanted=wanted)
    if shared:
        with _lock:
            _warm[key] = made
    return made


def _made(db: Session, actor: Actor, *, slug: str, z: int, x: int, y: int, wanted: Wanted) -> TileView:
    here = map_view(db, actor, slug=slug)
    face = shows_resident_face(actor, here)
    first, end = tile_range(z, x, y)
    where = [*conditions(here, wanted, resident_face=face, now=clock.now()), Placement.cell >= first, Placement.cell < end]
    if z >= SINGLE_FROM:
        rows = db.execute(cards_query().where(*where).order_by(Placement.id.desc()).limit(SINGLES_MOST)).all()  # type: ignore[union-attr]
        return TileView(here.version, cards(db, rows, outside=here.kind == "regional", resident_face=face), ())
    # one label for select and group by, so that PostgreSQL sees that it is one; there a shift is by an integer, never a bigint
    group = Placement.cell.op(">>")(literal(cluster_shift(z, SQUARES), Integer)).label("square")  # type: ignore[attr-defined]
    query = select(
        group,
        func.count(),
        func.avg(Placement.lat),
        func.avg(Placement.lng),
        func.min(Placement.lng),
        func.min(Placement.lat),
        func.max(Placement.lng),
        func.max(Placement.lat),
        func.min(Placement.id),
    )
    query = query.select_from(Placement)
    if wanted.words:
        query = query.join(Flyer, Flyer.id == Placement.flyer_id)
    squares = db.execute(query.where(*where).group_by("square")).all()
    lone = [row[8] for row in squares if row[1] == 1]
    rows = db.execute(cards_query().where(Placement.id.in_(lone))).all() if lone else []  # type: ignore[union-attr]
    points = cards(db, rows, outside=here.kind == "regional", resident_face=face)
    clusters = tuple(ClusterView(row[1], row[2], row[3], tuple(row[4:8])) for row in squares if row[1] > 1)
    return TileView(here.version, points, clusters)
