"""Reads about introductions (紹介) that have a place on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, func, select

from tamemap.domain.writing import excerpt, reference
from tamemap.errors import NotFound
from tamemap.models import Board, Map, Post, Topic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.actors import Actor
    from tamemap.queries.maps import MapView

KIND = "introduction"
MOST = 100


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """Where an introduction leads: a point, its map, and what people call it (perhaps nothing)."""

    name: str
    lat: float
    lng: float
    map_slug: str


@dataclass(frozen=True, slots=True)
class IntroductionView:
    """An introduction as the map shows it; ``excerpt`` is the beginning of its first post."""

    public_id: str
    board: str
    title: str
    place: PlaceRef
    excerpt: str


def place_of(row: Topic, map_: Map | MapView) -> PlaceRef | None:
    """The place of a topic on its map, if it has one."""
    if row.lat is None or row.lng is None:
        return None
    return PlaceRef(row.place_name, row.lat, row.lng, map_.slug)


def introductions(db: Session, actor: Actor, *, slug: str) -> tuple[IntroductionView, ...]:
    """The introductions with a place on the boards of this map, the newest first, at most a hundred: the same for everybody,
    so without those that are held. Raises NotFound for an unknown map."""
    map_ = db.exec(select(Map).where(Map.slug == reference(slug))).first()
    if map_ is None:
        raise NotFound("map_unknown")
    return introductions_on(db, map_)


def introductions_on(db: Session, map_: Map | MapView) -> tuple[IntroductionView, ...]:
    """The same for a map that was read already (for queries)."""
    query = introductions_query(map_.slug)
    found = db.execute(query.order_by(query.selected_columns[0].desc()).limit(MOST))
    return tuple(introduction_of(map_.slug, row[1:]) for row in found)


def introductions_query(slug: str) -> Any:
    """The SELECT of a map's introductions: their number first, then what ``introduction_of`` takes (for queries)."""
    here = Map.slug == slug, col(Board.closed_at).is_(None)
    seen = col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)
    first = select(func.min(Post.id)).where(Post.topic_id == Topic.id).correlate(Topic).scalar_subquery()
    readable = and_(col(Post.deleted_at).is_(None), col(Post.held_at).is_(None))
    newest = (
        select(Topic.id)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(*here, *seen, Topic.kind == KIND, col(Topic.lat).is_not(None), col(Topic.lng).is_not(None))
        .order_by(col(Topic.id).desc())
        .limit(MOST)
    )
    columns = (
        Topic.id,
        Topic.public_id,
        Board.slug,
        Topic.title,
        Topic.place_name,
        Topic.lat,
        Topic.lng,
        case((readable, Post.html)),
    )
    return (
        sql_select(*columns)  # type: ignore[call-overload]
        .join(Board, col(Board.id) == Topic.board_id)
        .outerjoin(Post, col(Post.id) == first)
        .where(col(Topic.id).in_(newest))
    )


def introduction_of(map_slug: str, values: Sequence[Any]) -> IntroductionView:
    """The view of a row of ``introductions_query`` without its number (for queries)."""
    public_id, board, title, place, lat, lng, html = values
    return IntroductionView(public_id, board, title, PlaceRef(place, lat, lng, map_slug), excerpt(html) if html else "")


def opening_words(opening: Post | None) -> str:
    """The beginning of a topic's first post (at most 80 signs); empty when that was removed or is held."""
    return excerpt(opening.html) if opening is not None and opening.deleted_at is None and opening.held_at is None else ""
