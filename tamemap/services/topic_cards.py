"""The flyers that a topic carries as cards: set by who wrote the topic, or by staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, delete, select

from tamemap.domain.topic_cards import MOST
from tamemap.errors import Invalid
from tamemap.models import Flyer, TopicFlyer
from tamemap.queries.boards import TopicView, is_author, load_topic
from tamemap.queries.boards import topic as read_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.topic_flyers import flyer_on_map
from tamemap.services.authority import ask_first, demand
from tamemap.services.openness import demand_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Map, Topic


def set_cards(db: Session, actor: Actor, *, topic: str, flyers: Sequence[str]) -> TopicView:
    """Let a topic carry these flyers (public ids), in this order, and no others. The same again changes nothing.

    What it carries already may stay, also when it is over; what is new stands on the board's map now. Raises NotFound, Gone,
    Unauthenticated, Forbidden, Conflict as ``demand_open``, and Invalid at ``flyers``.
    """
    row, board, map_ = load_topic(db, topic, lock=True, actor=actor)
    ground, mine = ground_of_map(map_), is_author(db, actor, row)
    ask_first(actor, "topic.change", ground, author=mine, group_id=row.group_id)
    demand_open(actor, board, map_, row)
    carried = select(Flyer.public_id, TopicFlyer.flyer_id).join(TopicFlyer).where(TopicFlyer.topic_id == row.id)
    before = dict(db.exec(carried.order_by(col(TopicFlyer.position), col(TopicFlyer.id))).all())
    wanted = checked_cards(db, flyers, map_, before)
    if wanted != tuple(before.values()):
        demand(db, actor, "topic.change", ground, author=mine, group_id=row.group_id,
               thing="topic", thing_id=row.public_id, detail={"cards": True})  # fmt: skip
        db.exec(delete(TopicFlyer).where(col(TopicFlyer.topic_id) == row.id))
        put_cards(db, row, wanted)
        row.revision += 1
        db.add(row)
        db.flush()
    return read_topic(db, actor, public_id=row.public_id)


def checked_cards(db: Session, flyers: Sequence[str], map_: Map, before: dict[str, int] | None = None) -> tuple[int, ...]:
    """The row numbers of these flyers, each once (for services); ``before`` may stay. Raises Invalid at ``flyers``."""
    named = tuple(dict.fromkeys(one for one in flyers if one))
    if len(named) > MOST:
        raise Invalid.at("flyers", "cards_too_many", most=MOST)
    found = [(before or {}).get(one) or flyer_on_map(db, one, map_) for one in named]
    if None in found:
        raise Invalid.at("flyers", "flyer_not_on_map")
    return tuple(one for one in found if one is not None)


def put_cards(db: Session, row: Topic, flyer_ids: Sequence[int]) -> None:
    """The rows of a topic's cards (for services)."""
    for position, flyer_id in enumerate(flyer_ids):
        db.add(TopicFlyer(topic_id=row.id or 0, flyer_id=flyer_id, position=position))
    db.flush()
