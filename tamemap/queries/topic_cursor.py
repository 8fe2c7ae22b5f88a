"""A page of a board's topics: which topics a list shows to whom, in which order, and where its next page goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, bindparam
from sqlmodel import and_, col, or_, select

from tamemap.domain.asking import read_cursor
from tamemap.errors import Invalid
from tamemap.models import Board, Topic
from tamemap.models.base import UtcDateTime
from tamemap.queries.held import seeing, seen_topics
from tamemap.queries.together import Asked, Question, ask
from tamemap.queries.topic_asks import edges_in

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor, Ground

MOST_ROWS = 2**31
MOST = 50


def order_of(row: Topic) -> tuple[bool, datetime, int]:
    """By which a list is in descending order: pinned ones first, then by their latest post."""
    return row.pinned, row.last_post_at, row.id or 0


def list_asks(actor: Actor, ground: Ground | None, *, board: str, cursor: str | None, limit: int) -> tuple[Asked, Asked]:
    """The questions for a page of a board's topics (one more than ``limit``, in no order), and for what ``topic_asks.EDGES``
    finds in them. ``ground`` None: whoever asks has no office anywhere. Raises Invalid at ``cursor`` for one that is not ours.
    """
    values: dict[str, Any] = {"list_board": board, "list_size": max(1, min(limit, MOST)) + 1, **seeing(actor, ground)}
    pinned: bool | None = None
    if cursor:
        pinned, values["list_last"], values["list_id"] = _place(cursor)
    listed, edges = _questions(pinned)
    return ask(listed, **values), ask(edges, **values)


def _place(cursor: str) -> tuple[bool, datetime, int]:
    pinned, written, topic_id = read_cursor(cursor, bool, str, int)
    try:
        last = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid.at("cursor", "cursor_wrong") from None
    if not 0 <= topic_id < MOST_ROWS:
        raise Invalid.at("cursor", "cursor_wrong")
    return pinned, last, topic_id


@cache
def _questions(pinned: bool | None) -> tuple[Question, Question]:
    """For the first page (None), or for what stands behind a topic that is pinned or not."""
    its_board = select(Board.id).where(Board.slug == bindparam("list_board", type_=String)).scalar_subquery()
    here = [Topic.board_id == its_board, col(Topic.deleted_at).is_(None), seen_topics()]
    if pinned is not None:
        here.append(_behind(pinned=pinned))
    order = col(Topic.pinned).desc(), col(Topic.last_post_at).desc(), col(Topic.id).desc()
    size = bindparam("list_size", type_=Integer)
    listed = select(Topic).where(*here).order_by(*order).limit(size)
    numbers = select(Topic.id).where(*here).order_by(*order).limit(size)
    return Question(listed), Question(edges_in(numbers))


def _behind(*, pinned: bool) -> Any:
    last = bindparam("list_last", type_=UtcDateTime)
    earlier = or_(
        col(Topic.last_post_at) < last,
        and_(col(Topic.last_post_at) == last, col(Topic.id) < bindparam("list_id", type_=Integer)),
    )
    behind = and_(col(Topic.pinned).is_(pinned), earlier)
    return or_(col(Topic.pinned).is_(False), behind) if pinned else behind
