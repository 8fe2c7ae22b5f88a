"""What stands around a public document, in one read: all maps, the outlines of one map's towns, and what belongs to that map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_
from sqlalchemy.orm import aliased

from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Map, Municipality
from tamemap.queries.introductions import IntroductionView, introduction_of, introductions_query
from tamemap.queries.maps import ORDER, MapView, maps_query, view_of
from tamemap.queries.topic_cards import TalkView, talks_query

if TYPE_CHECKING:
    from sqlalchemy import Subquery
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

MAP_COLUMNS = 7  # of ``maps_query``


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All maps, the one that was asked for, and the light outlines of its towns as a GeoJSON FeatureCollection."""

    here: MapView
    all_maps: tuple[MapView, ...]
    outlines: dict[str, Any]


def around_map(db: Session, actor: Actor, *, slug: str) -> tuple[Surroundings, tuple[IntroductionView, ...]]:
    """What stands around a map, and its introductions, the newest first. Raises NotFound."""
    found, beside = _read(db, slug, introductions_query(reference(slug)))
    return found, tuple(introduction_of(found.here.slug, row) for row in beside)


def around_flyer(db: Session, actor: Actor, *, slug: str, public_id: str) -> tuple[Surroundings, tuple[TalkView, ...]]:
    """What stands around a flyer of that map, and the topics in which it stands, the latest first. Raises NotFound."""
    found, beside = _read(db, slug, talks_query(reference(public_id)))
    return found, tuple(TalkView(*row) for row in beside)


def _read(db: Session, slug: str, beside: Any) -> tuple[Surroundings, list[Any]]:
    """The rows of all maps; those of ``beside`` (in the order of its first column) hang on the row of the map asked for."""
    here = aliased(Map)
    hanging: Subquery = beside.add_columns(
        func.row_number().over(order_by=beside.selected_columns[0].desc()).label("at")
    ).subquery()
    ours = case(
        (here.kind == "regional", Municipality.region_id == here.region_id), else_=Municipality.code == here.municipality_code
    )
    # an outline comes once, however much hangs on its map
    outline = case((and_(ours, or_(hanging.c.at.is_(None), hanging.c.at == 1)), Municipality.display_outline))
    query = (
        maps_query()
        .add_columns(outline, *hanging.c)
        .outerjoin(here, here.slug == reference(slug))
        .outerjoin(hanging, Map.id == here.id)
        .order_by(*ORDER, hanging.c.at)
    )
    rows = db.execute(query).all()
    views = {row[0].id: view_of(row[:MAP_COLUMNS]) for row in rows}
    asked = next((view for view in views.values() if view.slug == reference(slug)), None)
    if asked is None:
        raise NotFound("map_unknown")
    drawn = [(views[row[0].id], row[MAP_COLUMNS]) for row in rows if row[MAP_COLUMNS]]
    features = [
        {
            "type": "Feature",
            "properties": {"code": view.municipality_code, "name": view.municipality_name, "map": view.slug},
            "geometry": geometry,
        }
        for view, geometry in sorted(drawn, key=lambda one: one[0].municipality_code or "")
    ]
    listed = [row[MAP_COLUMNS + 2 : -1] for row in rows if row[-1] is not None]
    return Surroundings(asked, tuple(views.values()), {"type": "FeatureCollection", "features": features}), listed
