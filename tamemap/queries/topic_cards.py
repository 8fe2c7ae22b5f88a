"""Reads about the flyers that topics carry as cards, and about the topics in which a flyer stands."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, bindparam, exists, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Session, col, select

from tamemap.domain.placements import UP
from tamemap.domain.topic_cards import read_flyer
from tamemap.domain.writing import reference
from tamemap.errors import Invalid, NotFound
from tamemap.models import Board, Flyer, Map, Picture, Placement, Topic, TopicFlyer
from tamemap.queries.flyers import CardView, cards, cards_query, shows_resident_face
from tamemap.queries.pictures import first_of
from tamemap.queries.together import Asked, Question, among, ask, read
from tamemap.queries.topic_flyers import flyer_on_map

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor

MOST_TALKS = 10


@dataclass(frozen=True, slots=True)
class TalkView:
    """A topic about a flyer, or one that carries it, as the flyer's page names it."""

    public_id: str
    board: str
    board_name: str
    kind: str
    title: str
    posts_count: int
    last_post_at: datetime


# and of which topic, and in which order
CARRIED = Question(
    cards_query()
    .add_columns(TopicFlyer.topic_id, TopicFlyer.position, TopicFlyer.id)
    .join(TopicFlyer, col(TopicFlyer.flyer_id) == Flyer.id)
    .where(
        among(col(TopicFlyer.topic_id), "carried_in"),
        Placement.map_id == bindparam("carried_map", type_=Integer),
        Placement.state == UP,
        col(Flyer.deleted_at).is_(None),
    ),
    "carried_in",
    lambda row: row[4],
)
PICTURES = Question(
    select(Picture, TopicFlyer.topic_id)
    .join(TopicFlyer, col(TopicFlyer.flyer_id) == Picture.flyer_id)
    .where(among(col(TopicFlyer.topic_id), "card_pictures_in"), col(Picture.hidden_at).is_(None)),
    "card_pictures_in",
    lambda row: row[1],
)


def card_asks(topics: Collection[int | None], map_: Map) -> tuple[Asked, ...]:
    """What :func:`topic_cards` asks the database about topics of these row numbers (for who asks ahead)."""
    return ask(CARRIED, topics, carried_map=map_.id), ask(PICTURES, topics)


def topic_cards(db: Session, actor: Actor, rows: Sequence[Topic], map_: Map) -> dict[int | None, tuple[CardView, ...]]:
    """The cards of these topics of one map, by row number and in their order, in the face that the actor sees of that map.

    Only what is up there: what was recalled, deleted or unticked is gone at once; what is over says so (``state`` past).
    """
    listed, pictures = read(db, *card_asks([row.id for row in rows], map_))
    found = sorted(listed, key=lambda row: row[5:])
    shown = first_of(picture for picture, _ in pictures)
    face = shows_resident_face(actor, map_)
    outside = map_.kind == "regional"
    made = cards(db, [row[:4] for row in found], outside=outside, resident_face=face, pictures=shown)
    carried: dict[int | None, list[CardView]] = defaultdict(list)
    for card, row in zip(made, found, strict=True):
        carried[row[4]].append(card)
    return {topic_id: tuple(them) for topic_id, them in carried.items()}


def card_for(db: Session, actor: Actor, *, board: str, flyer: str) -> CardView:
    """The card of a flyer that a topic on this board may carry, named by its id or its page's address.

    Raises NotFound for an unknown board, Invalid at ``flyer`` (``flyer_address_wrong``, ``flyer_not_on_map``).
    """
    map_ = db.exec(select(Map).join(Board).where(Board.slug == reference(board))).first()
    if map_ is None:
        raise NotFound("board_unknown")
    flyer_id = flyer_on_map(db, read_flyer(flyer), map_)
    if flyer_id is None:
        raise Invalid.at("flyer", "flyer_not_on_map")
    found = db.execute(cards_query().where(Flyer.id == flyer_id, Placement.map_id == map_.id)).all()
    face = shows_resident_face(actor, map_)
    return cards(db, found, outside=map_.kind == "regional", resident_face=face)[0]


def speaks_of() -> Any:
    """The SQL condition for topics about the flyer of the query, or that carry it as a card (for queries)."""
    carried = exists().where(col(TopicFlyer.topic_id) == Topic.id, col(TopicFlyer.flyer_id) == Flyer.id)
    return or_(col(Topic.flyer_id) == Flyer.id, carried)


def talks_query(public_id: str) -> Any:
    """The SELECT of the topics about a flyer and those that carry it, on boards of maps on which it is up, as far as anybody
    reads them: a number that orders them (the latest has the highest), then what ``TalkView`` takes (for queries).
    """
    order = func.row_number().over(order_by=(col(Topic.last_post_at), col(Topic.id)))
    columns = (Topic.public_id, Board.slug, Board.name, Topic.kind, Topic.title, Topic.posts_count, Topic.last_post_at)
    found = (
        sql_select(order.label("latest"), *(column.label(f"talk_{at}") for at, column in enumerate(columns)))  # type: ignore[attr-defined]
        .select_from(Topic)
        .join(Board, col(Board.id) == Topic.board_id)
        .join(Placement, col(Placement.map_id) == Board.map_id)
        .join(Flyer, col(Flyer.id) == Placement.flyer_id)
        .where(Flyer.public_id == public_id, col(Flyer.deleted_at).is_(None), Placement.state == UP, speaks_of())
        .where(col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None), col(Board.closed_at).is_(None))
        .order_by(col(Topic.last_post_at).desc(), col(Topic.id).desc())
        .limit(MOST_TALKS)
    ).subquery()
    return sql_select(*found.c)
