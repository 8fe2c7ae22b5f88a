"""What was said on a board and what the town did: proposals and questions by the state of their answer."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from tamemap.domain.answers import KINDS, STATES, WAITING
from tamemap.models import Board, Post, Topic
from tamemap.queries.boards import TopicView, load_board, views_of_topics

if TYPE_CHECKING:
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


def answers(db: Session, actor: Actor, *, board: str) -> AnswersPage:
    """The answers on a board. Raises NotFound."""
    row, map_ = load_board(db, board)
    asked = _asked(row)
    counts = dict(db.execute(select(Topic.answer_state, func.count()).where(*asked).group_by(Topic.answer_state)).tuples().all())
    groups = []
    for state in ("", *STATES):
        latest = col(Topic.answered_at if state else Topic.created_at).desc()
        found = db.exec(
            select(Topic).where(*asked, Topic.answer_state == state).order_by(latest, col(Topic.id).desc()).limit(NEWEST)
        )
        views = views_of_topics(db, actor, found.all(), row, map_)
        groups.append(AnswerGroup(state or WAITING, counts.get(state, 0), views))
    total = sum(counts.values())
    return AnswersPage(tuple(groups), total, total - counts.get("", 0), _days(db, asked))


def boards_with_answers(db: Session, actor: Actor) -> tuple[str, ...]:
    """The slugs of the boards on which something was proposed or asked, for those who list pages."""
    rows = select(Board.slug).join(Topic).where(*_open()).distinct().order_by(Board.slug)
    return tuple(db.exec(rows))


def _open() -> tuple[Any, ...]:
    return (col(Topic.kind).in_(KINDS), col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None))


def _asked(board: Board) -> tuple[Any, ...]:
    return (Topic.board_id == board.id, *_open())


def _days(db: Session, asked: tuple[Any, ...]) -> float | None:
    first = (
        select(Topic.created_at, func.min(Post.created_at))
        .join(Post)
        .where(*asked, Topic.answer_state != "", col(Post.official))
        .group_by(col(Topic.id), col(Topic.created_at))
    )
    waits = [(answered - opened).total_seconds() / DAY for opened, answered in db.execute(first)]
    return round(median(waits), 1) if waits else None
