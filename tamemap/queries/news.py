"""What is new since somebody was here last: in what they follow, on the boards of a map, and on the map nearby."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, func, or_, select, union

from tamemap import clock
from tamemap.domain.geography import METRES_PER_DEGREE, Point, distance_metres
from tamemap.domain.permissions import demand_self
from tamemap.domain.placements import UP
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board, Flyer, Map, Person, Placement, Topic, TopicFlyer, TopicMark
from tamemap.queries.flyers import CardView, cards, cards_query
from tamemap.queries.marks import unread_posts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor

ABSENCE = timedelta(minutes=30)
MOST_TOPICS, MOST_OPENED, MOST_ANSWERS, MOST_FLYERS = 5, 3, 3, 3
AT_ONCE = 50
NEAR_METRES = 1000


@dataclass(frozen=True, slots=True)
class TopicNews:
    """A topic with something new: so many ``unread`` posts, or the town's ``answer`` (its state; empty: none)."""

    public_id: str
    board: str
    title: str
    unread: int = 0
    answer: str = ""


@dataclass(frozen=True, slots=True)
class NewsView:
    """What is new for the actor: ``topics`` that they follow, town's ``answers`` in these, ``opened`` topics on this map's boards
    (of ``opened_count`` in all), and ``flyers`` on this map near the topics that they follow. ``visit_due``: they have not been
    here for half an hour, so that ``services.visits.come`` should say so first."""

    topics: tuple[TopicNews, ...] = ()
    answers: tuple[TopicNews, ...] = ()
    opened: tuple[TopicNews, ...] = ()
    opened_count: int = 0
    flyers: tuple[CardView, ...] = ()
    visit_due: bool = False


def visit_due(seen_at: datetime | None, now: datetime) -> bool:
    """Whether coming now is a new visit."""
    return seen_at is None or now - seen_at >= ABSENCE


def news(db: Session, actor: Actor, *, slug: str) -> NewsView:
    """What is new since the actor's visit before this one (since they joined, on the first), in at most six reads.

    Raises NotFound for an unknown map, Unauthenticated, Forbidden for a program.
    """
    person_id = demand_self(actor)
    found = db.exec(select(Person, Map).join(Map, col(Map.slug) == reference(slug)).where(Person.id == person_id)).first()
    if found is None:
        raise NotFound("map_unknown")
    person, map_ = found
    since = person.seen_before or person.created_at
    topics, answers = _followed(db, person_id, since)
    opened, count = _opened(db, person_id, map_, since)
    return NewsView(
        topics=topics,
        answers=answers,
        opened=opened,
        opened_count=count,
        flyers=_flyers(db, person_id, map_, since),
        visit_due=visit_due(person.seen_at, clock.now()),
    )


def _standing() -> tuple[Any, ...]:
    return col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)


def _follows(person_id: int) -> tuple[Any, ...]:
    return TopicMark.person_id == person_id, col(TopicMark.following).is_(True)


def _followed(db: Session, person_id: int, since: datetime) -> tuple[tuple[TopicNews, ...], tuple[TopicNews, ...]]:
    """Topics that they follow with unread posts since then; those with an answer of the town's apart."""
    unread = unread_posts(person_id)
    query = (
        select(Topic, Board.slug, unread)  # type: ignore[call-overload]
        .join(TopicMark, col(TopicMark.topic_id) == Topic.id)
        .join(Board, col(Board.id) == Topic.board_id)
        .where(*_follows(person_id), *_standing(), Topic.last_post_at > since, unread > 0)
        .order_by(col(Topic.last_post_at).desc(), col(Topic.id).desc())
        .limit(AT_ONCE)
    )
    talked: list[TopicNews] = []
    answered: list[TopicNews] = []
    for topic, board, count in db.exec(query):
        fresh = topic.answer_state if topic.answered_at is not None and topic.answered_at > since else ""
        (answered if fresh else talked).append(TopicNews(topic.public_id, board, topic.title, count, fresh))
    return tuple(talked[:MOST_TOPICS]), tuple(answered[:MOST_ANSWERS])


def _opened(db: Session, person_id: int, map_: Map, since: datetime) -> tuple[tuple[TopicNews, ...], int]:
    """The newest topics on the map's boards that they have not opened yet, and how many there are."""
    mine = select(TopicMark.id).where(TopicMark.topic_id == Topic.id, TopicMark.person_id == person_id)
    query = (
        select(Topic.public_id, Board.slug, Topic.title, func.count().over())
        .join(Board, col(Board.id) == Topic.board_id)
        .where(Board.map_id == map_.id, col(Board.closed_at).is_(None), Topic.created_at > since, *_standing(), ~mine.exists())
        .order_by(col(Topic.id).desc())
        .limit(MOST_OPENED)
    )
    rows = db.exec(query).all()
    return tuple(TopicNews(topic, board, title) for topic, board, title, _ in rows), rows[0][3] if rows else 0


def _flyers(db: Session, person_id: int, map_: Map, since: datetime) -> tuple[CardView, ...]:
    """The newest flyers of others on the map within a kilometre of topics that they follow."""
    places = _places(db, person_id)
    if not places:
        return ()
    standing = Placement.map_id == map_.id, Placement.state == UP, Placement.until > clock.now(), Placement.since > since
    others = col(Flyer.deleted_at).is_(None), col(Flyer.poster_id).is_distinct_from(person_id)
    query = cards_query().where(*standing, *others, or_(*(_around(one) for one in places)))
    rows = db.execute(query.order_by(col(Placement.since).desc(), col(Placement.id).desc()).limit(AT_ONCE)).all()
    near = [row for row in rows if any(distance_metres(one, Point(row[1].lat, row[1].lng)) <= NEAR_METRES for one in places)]
    # without what residents alone are shown: no part of it is needed here
    return cards(db, near[:MOST_FLYERS], outside=map_.kind == "regional", resident_face=False) if near else ()


def _places(db: Session, person_id: int) -> Sequence[Point]:
    """Where the topics are that they follow: what a topic introduces, the flyer that it is about, and those in its cards."""
    followed = and_(*_follows(person_id), *_standing(), col(TopicMark.topic_id) == Topic.id)
    shown = col(Flyer.deleted_at).is_(None)
    query: Any = union(
        select(Topic.lat, Topic.lng).join(TopicMark, followed).where(col(Topic.lat).is_not(None), col(Topic.lng).is_not(None)),
        select(Flyer.lat, Flyer.lng).join(Topic, col(Topic.flyer_id) == Flyer.id).join(TopicMark, followed).where(shown),
        select(Flyer.lat, Flyer.lng)
        .join(TopicFlyer, col(TopicFlyer.flyer_id) == Flyer.id)
        .join(Topic, col(Topic.id) == TopicFlyer.topic_id)
        .join(TopicMark, followed)
        .where(shown),
    )
    return [Point(lat, lng) for lat, lng in db.execute(query.limit(AT_ONCE))]


def _around(place: Point) -> Any:
    """A box of degrees around a place that holds the circle: a degree of longitude is at least half one of latitude here."""
    high, wide = NEAR_METRES / METRES_PER_DEGREE, 2 * NEAR_METRES / METRES_PER_DEGREE
    return and_(
        col(Placement.lat).between(place.lat - high, place.lat + high),
        col(Placement.lng).between(place.lng - wide, place.lng + wide),
    )
