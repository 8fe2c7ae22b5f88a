"""Reads for the desk about boards: those of a map with the closed ones, its themes, and what was taken away just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap import clock
from tamemap.domain.board_rooms import suggested_slug
from tamemap.domain.permissions import allowed, demand
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board, Map, Topic
from tamemap.queries.boards import TopicView, load_topic, topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.residence import towns_where
from tamemap.queries.themes import map_closed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor
    from tamemap.domain.quiet import Closed

UNDO_FOR = timedelta(hours=24)
"""So long what staff have taken away can be brought back."""
MOST_THEMES = 30


@dataclass(frozen=True, slots=True)
class RoomView:
    """A board at the desk; the ``first`` one of a map (広場) is always there and always stands first."""

    slug: str
    name: str
    description: str
    writers: str
    first: bool
    closed: bool
    topics_count: int


@dataclass(frozen=True, slots=True)
class RemovedTopic:
    """A topic that was taken away and can still be brought back."""

    public_id: str
    title: str
    board_name: str
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class BoardsDesk:
    """One map's boards for its staff. ``closed_since`` with ``words``: staff have closed them to writing; ``night_from`` and
    ``night_to`` (HH:MM, or empty); ``quiet`` is what holds at this moment. ``suggested`` is a free address."""

    map_slug: str
    map_name: str
    in_town: bool
    maps: tuple[tuple[str, str], ...]
    rooms: tuple[RoomView, ...]
    removed: tuple[RemovedTopic, ...]
    suggested: str
    closed_since: datetime | None
    words: str
    night_from: str
    night_to: str
    quiet: Closed | None


def maps_where(db: Session, actor: Actor, verb: str) -> tuple[Map, ...]:
    """The maps where the actor may do that: of their towns, and for operators the regional ones.

    Raises as ``demand`` where there is none.
    """
    towns_where(db, actor, verb=verb)
    rows = db.exec(select(Map).order_by(col(Map.region_id), col(Map.municipality_code).is_(None), col(Map.id)))
    return tuple(row for row in rows if allowed(actor, verb, ground_of_map(row)))


def boards_desk(db: Session, actor: Actor, *, map_slug: str = "") -> BoardsDesk:
    """The boards of that map, or of the actor's first one. Raises NotFound for a map that is none, and as ``demand`` for
    ``board.make``."""
    mine = maps_where(db, actor, "board.make")
    here = mine[0]
    if map_slug:
        found = db.exec(select(Map).where(Map.slug == reference(map_slug))).first()
        if found is None:
            raise NotFound("map_unknown")
        demand(actor, "board.make", ground_of_map(found))
        here = found
    taken = set(db.exec(select(Board.slug)))
    return BoardsDesk(
        map_slug=here.slug,
        map_name=here.name,
        in_town=here.municipality_code is not None,
        maps=tuple((one.slug, one.name) for one in mine),
        rooms=rooms_of(db, here),
        removed=_removed(db, here),
        suggested=suggested_slug(here.slug, taken),
        closed_since=here.writing_closed_at,
        words=here.writing_closed_words,
        night_from=here.night_from,
        night_to=here.night_to,
        quiet=map_closed(here),
    )


def ordered(db: Session, map_: Map) -> list[Board]:
    """All boards of a map: 広場 (the one that was there first), the others in their order, those put away last."""
    rows = list(db.exec(select(Board).where(Board.map_id == map_.id).order_by(col(Board.id))))
    return sorted(rows, key=lambda one: (one is not rows[0], one.closed_at is not None, one.position, one.id or 0))


def rooms_of(db: Session, map_: Map) -> tuple[RoomView, ...]:
    """The boards of a map as its desk sees them."""
    counts: dict[int, int] = dict(
        db.exec(
            select(Topic.board_id, func.count())
            .join(Board)
            .where(Board.map_id == map_.id, col(Topic.deleted_at).is_(None))
            .group_by(col(Topic.board_id))
        ).all()
    )
    rows: Sequence[Board] = ordered(db, map_)
    return tuple(
        RoomView(
            slug=row.slug,
            name=row.name,
            description=row.description,
            writers=row.writers,
            first=number == 0,
            closed=row.closed_at is not None,
            topics_count=counts.get(row.id or 0, 0),
        )
        for number, row in enumerate(rows)
    )


def _removed(db: Session, map_: Map) -> tuple[RemovedTopic, ...]:
    rows = db.exec(
        select(Topic, Board.name)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(Board.map_id == map_.id, col(Topic.deleted_at) > clock.now() - UNDO_FOR, col(Topic.title) != "")
        .order_by(col(Topic.deleted_at).desc())
    )
    return tuple(RemovedTopic(row.public_id, row.title, name, row.deleted_at) for row, name in rows if row.deleted_at)


def themes_desk(db: Session, actor: Actor, *, map_slug: str) -> tuple[TopicView, ...]:
    """The themes of a map, the newest first. Raises as ``demand`` for ``topic.open_theme``."""
    here = db.exec(select(Map).where(Map.slug == reference(map_slug))).first()
    if here is None:
        raise NotFound("map_unknown")
    demand(actor, "topic.open_theme", ground_of_map(here))
    found = db.exec(
        select(Topic.public_id)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(Board.map_id == here.id, Topic.kind == "theme", col(Topic.deleted_at).is_(None))
        .order_by(col(Topic.id).desc())
        .limit(MOST_THEMES)
    ).all()
    return tuple(topic(db, actor, public_id=one) for one in found)


def closing_words(db: Session, actor: Actor, *, topic: str) -> str:
    """A theme's closing words as Markdown, for those who may change them. Raises NotFound, Gone, and as ``demand`` for
    ``topic.open_theme``."""
    row, _, map_ = load_topic(db, topic)
    demand(actor, "topic.open_theme", ground_of_map(map_))
    return row.closing_words
