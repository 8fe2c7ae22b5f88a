"""紹介: the place of an introduction on the map, given and taken away by who wrote it, or by staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap.domain.geography import Bounds
from tamemap.domain.introductions import Place, read_place
from tamemap.errors import Invalid
from tamemap.models import Board, Topic
from tamemap.queries.boards import TopicView, is_author, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.introductions import KIND
from tamemap.services.authority import ask_first, demand
from tamemap.services.openness import demand_open
from tamemap.services.placing import raise_version

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Map, Post


def checked_place(kind: str, map_: Map, lat: object, lng: object, name: object) -> Place | None:
    """The place that a new topic of this kind names on its map (for services). Raises Invalid at ``place``."""
    place = read_place(lat, lng, name, Bounds(map_.west, map_.south, map_.east, map_.north))
    if place is not None and kind != KIND:
        raise Invalid.at("place", "place_introductions_only")
    return place


def set_place(
    db: Session, actor: Actor, *, topic: str, lat: object = None, lng: object = None, place_name: object = ""
) -> TopicView:
    """Give an introduction a place on its board's map, or another one; without a position it has none any more.

    The same again changes nothing. Raises NotFound, Gone, Unauthenticated, Forbidden, Conflict as ``demand_open``, and Invalid at
    ``place``, also for a topic of another kind.
    """
    row, board, map_ = load_topic(db, topic, lock=True, actor=actor)
    ground, mine = ground_of_map(map_), is_author(db, actor, row)
    ask_first(actor, "topic.change", ground, author=mine, group_id=row.group_id)
    demand_open(actor, board, map_, row)
    if row.kind != KIND:
        raise Invalid.at("place", "place_introductions_only")
    place = checked_place(row.kind, map_, lat, lng, place_name)
    wanted = (place.point.lat, place.point.lng, place.name) if place else (None, None, "")
    if wanted != (row.lat, row.lng, row.place_name):
        demand(db, actor, "topic.change", ground, author=mine, group_id=row.group_id,
               thing="topic", thing_id=row.public_id, detail={"place": True})  # fmt: skip
        # it goes from where it stood, and comes where it stands
        shown_anew(db, row)
        row.lat, row.lng, row.place_name = wanted
        row.revision += 1
        db.add(row)
        shown_anew(db, row)
    return read_topic(db, actor, public_id=row.public_id)


def shown_anew(db: Session, row: Topic | Post) -> None:
    """An introduction with a place comes to its map or goes from it: the map has a new version (for services).

    For whatever else it does nothing.
    """
    if isinstance(row, Topic) and row.kind == KIND and row.lat is not None:
        raise_version(db, db.exec(select(Board.map_id).where(Board.id == row.board_id)).one())
