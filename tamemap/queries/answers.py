"""What was said on a board and what the town did: proposals and questions by the state of their answer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import String, bindparam, case
from sqlmodel import Session, col, func, select

from tamemap.domain.answers import KINDS, STATES, WAITING
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board, Post, Topic
from tamemap.queries.boards import BoardView, TopicView, board_rows, board_view, views_of_topics
from tamemap.queries.maps import MAPS, MapView, maps
from tamemap.queries.together import Question, ahead, ask, read
from tamemap.queries.topic_asks import EDGES, edges_in

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

# of each state; what is older is counted, and stands on the board itself
NEWEST = 50
DAY = 86_400


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """The topics in one state, the newest first (at most 50), and how many there are in all."""

    state: str
    count: int
    topics: tuple[TopicView, ...]


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """All states, also those without a topic, the waiting ones first.

    ``days`` is the median of the days from a topic to the town's first answer, with one decimal; None before there is one.
    """

    groups: tuple[AnswerGroup, ...]
    count: int
    answered: int
    days: float | None


class AnswersReadings(NamedTuple):
    """All that the page of answers reads, in two reads."""

    board: BoardView
    answers: AnswersPage
    all_maps: tuple[MapView, ...]


def answers(db: Session, actor: Actor, *, board: str) -> AnswersPage:
    """The answers on a board. Raises NotFound."""
    return answers_document(db, actor, board=board).answers


def answers_document(db: Session, actor: Actor, *, board: str) -> AnswersReadings:
    """The same with the board and all maps. Raises NotFound."""
    here = {"answers_on": reference(board)}
    places, listed, edges, counted, waits, all_maps = read(
        db, *(ask(one, **here) for one in (PLACE, NEWEST_ONES, EDGES_OF_NEWEST, COUNTS, WAITS)), ask(MAPS)
    )
    if not places:
        raise NotFound("board_unknown")
    row, map_, count = places[0]
    rows = sorted((topic for (topic,) in listed), key=_latest, reverse=True)
    with ahead(db, known=[(ask(EDGES, [topic.id for topic in rows]), edges), (ask(MAPS), all_maps)]):
        views = views_of_topics(db, actor, rows, row, map_)
        maps_ = maps(db, actor)
    by_state: dict[str, list[TopicView]] = defaultdict(list)
    for topic, view in zip(rows, views, strict=True):
        by_state[topic.answer_state].append(view)
    counts = dict(counted)
    groups = [AnswerGroup(state or WAITING, counts.get(state, 0), tuple(by_state[state])) for state in ("", *STATES)]
    total = sum(counts.values())
    page = AnswersPage(tuple(groups), total, total - counts.get("", 0), _days(waits))
    return AnswersReadings(board_view(actor, row, map_, count), page, maps_)


def _latest(row: Topic) -> tuple[datetime, int]:
    return (row.answered_at or row.created_at) if row.answer_state else row.created_at, row.id or 0


def boards_with_answers(db: Session, actor: Actor) -> tuple[str, ...]:
    """The slugs of the boards on which something was proposed or asked, for those who list pages."""
    rows = select(Board.slug).join(Topic).where(*_open()).distinct().order_by(Board.slug)
    return tuple(db.exec(rows))


def _open() -> tuple[Any, ...]:
    return (col(Topic.kind).in_(KINDS), col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))


def _days(found: list[Any]) -> float | None:
    waits = [(answered - opened).total_seconds() / DAY for opened, answered in found]
    return round(median(waits), 1) if waits else None


_SLUG = bindparam("answers_on", type_=String)
_ASKED = (Topic.board_id == select(Board.id).where(Board.slug == _SLUG).scalar_subquery(), *_open())
_ORDER = case((Topic.answer_state == "", Topic.created_at), else_=Topic.answered_at).desc(), col(Topic.id).desc()
_RANKED = (
    select(Topic.id, func.row_number().over(partition_by=col(Topic.answer_state), order_by=_ORDER).label("rank"))
    .where(*_ASKED)
    .subquery()
)
_NEWEST = select(_RANKED.c.id).where(_RANKED.c.rank <= NEWEST)
PLACE = Question(board_rows(Board.slug == _SLUG))
NEWEST_ONES = Question(select(Topic).where(col(Topic.id).in_(_NEWEST)))
EDGES_OF_NEWEST = Question(edges_in(_NEWEST))
COUNTS = Question(select(Topic.answer_state, func.count()).where(*_ASKED).group_by(col(Topic.answer_state)))
WAITS = Question(
    select(Topic.created_at, func.min(Post.created_at))
    .join(Post)
    .where(*_ASKED, Topic.answer_state != "", col(Post.official))
    .group_by(col(Topic.id), col(Topic.created_at))
)
