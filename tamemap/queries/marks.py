"""Reads about what a person has read and follows: beside lists of topics and boards, one read for each list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, func, or_, select

from tamemap.domain.writing import reference
from tamemap.models import Board, BoardFollow, Map, Post, Topic, TopicMark
from tamemap.queries.boards import TopicPage, topics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Mark:
    """How many posts of others are ``unread`` since the actor read the topic last (0 when they never did), and whether they
    follow it."""

    unread: int = 0
    following: bool = False


NO_MARK = Mark()


def unread_posts(person_id: int) -> Any:
    """As a scalar for queries over ``TopicMark``: how many posts of others stand behind the mark."""
    behind = Post.topic_id == TopicMark.topic_id, col(Post.id) > TopicMark.read_to
    standing = col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    others = or_(col(Post.author_id).is_(None), col(Post.author_id) != person_id)
    return select(func.count(col(Post.id))).where(*behind, *standing, others).correlate(TopicMark).scalar_subquery()


def marks(db: Session, actor: Actor, *, topics: Iterable[str]) -> dict[str, Mark]:
    """The actor's marks in the topics of these public ids; none for a guest and for a program."""
    wanted = list(topics)
    if actor.person_id is None or actor.scopes is not None or not wanted:
        return {}
    query = (
        select(Topic.public_id, TopicMark.following, unread_posts(actor.person_id))
        .join(TopicMark, and_(col(TopicMark.topic_id) == Topic.id, col(TopicMark.person_id) == actor.person_id))
        .where(col(Topic.public_id).in_(wanted))
    )
    return {topic: Mark(unread, following is True) for topic, following, unread in db.exec(query)}


def news_of_boards(db: Session, actor: Actor, *, slug: str) -> dict[str, int]:
    """By the slugs of a map's boards: how many of the topics that the actor follows there have something unread."""
    if actor.person_id is None or actor.scopes is not None:
        return {}
    followed = TopicMark.person_id == actor.person_id, col(TopicMark.following).is_(True)
    standing = col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)
    query = (
        select(Board.slug, func.count(col(Topic.id)))
        .join(Topic, col(Topic.board_id) == Board.id)
        .join(TopicMark, col(TopicMark.topic_id) == Topic.id)
        .join(Map, col(Map.id) == Board.map_id)
        .where(Map.slug == reference(slug), *followed, *standing, unread_posts(actor.person_id) > 0)
        .group_by(Board.slug)
    )
    return {board: count for board, count in db.exec(query)}  # noqa: C416  a row is no pair for dict


def follows_board(db: Session, actor: Actor, *, board: str) -> bool:
    """Whether the actor is told of new topics on that board."""
    mine = BoardFollow.person_id == actor.person_id, Board.slug == reference(board)
    return db.exec(select(BoardFollow.id).join(Board, col(Board.id) == BoardFollow.board_id).where(*mine)).first() is not None


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """Some topics of a board with the actor's marks in them, by public id; ``next`` as in ``TopicPage``."""

    page: TopicPage
    marks: dict[str, Mark]


def marked_topics(db: Session, actor: Actor, *, board: str, cursor: str | None = None, limit: int = 20) -> MarkedPage:
    """As ``queries.boards.topics``, with marks. Raises as it does."""
    page = topics(db, actor, board=board, cursor=cursor, limit=limit)
    return MarkedPage(page, marks(db, actor, topics=[one.public_id for one in page.items]))


@dataclass(frozen=True, slots=True)
class BoardMarks:
    """What a signed-in reader of a board's page sees besides what everybody does."""

    signed_in: bool
    following: bool
    marks: dict[str, Mark]
    news: dict[str, int]


def board_marks(db: Session, actor: Actor, *, board: str, map_slug: str, topics: Iterable[str]) -> BoardMarks:
    """The actor's marks on a page of a board; all empty for a guest."""
    if actor.person_id is None:
        return BoardMarks(signed_in=False, following=False, marks={}, news={})
    return BoardMarks(
        signed_in=True,
        following=follows_board(db, actor, board=board),
        marks=marks(db, actor, topics=topics),
        news=news_of_boards(db, actor, slug=map_slug),
    )
