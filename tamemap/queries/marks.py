"""Reads about what a person has read and follows: beside lists of topics and boards, one read for each list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, String, bindparam
from sqlmodel import Session, and_, col, func, or_, select

from tamemap.domain.writing import reference
from tamemap.models import Board, BoardFollow, Map, Post, Topic, TopicMark
from tamemap.queries.boards import TopicPage, topics
from tamemap.queries.together import Asked, Question, ahead, among, ask, read

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


def unread_posts(person_id: Any) -> Any:
    """As a scalar for queries over ``TopicMark``: how many posts of others stand behind the mark."""
    behind = Post.topic_id == TopicMark.topic_id, col(Post.id) > TopicMark.read_to
    standing = col(Post.deleted_at).is_(None), col(Post.held_at).is_(None)
    others = or_(col(Post.author_id).is_(None), col(Post.author_id) != person_id)
    return select(func.count(col(Post.id))).where(*behind, *standing, others).correlate(TopicMark).scalar_subquery()


_READER: Any = bindparam("reader", type_=Integer)
MARKS = Question(
    select(Topic.public_id, TopicMark.following, unread_posts(_READER))
    .join(TopicMark, and_(col(TopicMark.topic_id) == Topic.id, col(TopicMark.person_id) == _READER))
    .where(among(col(Topic.public_id), "marked_topics")),
    "marked_topics",
    lambda row: row[0],
)
NEWS = Question(
    select(Board.slug, func.count(col(Topic.id)))
    .join(Topic, col(Topic.board_id) == Board.id)
    .join(TopicMark, col(TopicMark.topic_id) == Topic.id)
    .join(Map, col(Map.id) == Board.map_id)
    .where(
        Map.slug == bindparam("news_on", type_=String),
        TopicMark.person_id == _READER,
        col(TopicMark.following).is_(True),
        col(Topic.deleted_at).is_(None),
        col(Topic.held_at).is_(None),
        unread_posts(_READER) > 0,
    )
    .group_by(Board.slug)
)
FOLLOWS = Question(
    select(BoardFollow.id)
    .join(Board, col(Board.id) == BoardFollow.board_id)
    .where(BoardFollow.person_id == _READER, Board.slug == bindparam("followed_board", type_=String))
)


def mark_ask(actor: Actor, topics: Iterable[str]) -> Asked:
    """What :func:`marks` asks the database (for who asks ahead): nothing for a guest and for a program."""
    themselves = actor.person_id is not None and actor.scopes is None
    return ask(MARKS, list(topics) if themselves else (), reader=actor.person_id)


def marks(db: Session, actor: Actor, *, topics: Iterable[str]) -> dict[str, Mark]:
    """The actor's marks in the topics of these public ids; none for a guest and for a program."""
    (found,) = read(db, mark_ask(actor, topics))
    return {topic: Mark(unread, following is True) for topic, following, unread in found}


def news_of_boards(db: Session, actor: Actor, *, slug: str) -> dict[str, int]:
    """By the slugs of a map's boards: how many of the topics that the actor follows there have something unread."""
    if actor.person_id is None or actor.scopes is not None:
        return {}
    (found,) = read(db, ask(NEWS, news_on=reference(slug), reader=actor.person_id))
    return dict(found)


def follows_board(db: Session, actor: Actor, *, board: str) -> bool:
    """Whether the actor is told of new topics on that board."""
    (found,) = read(db, ask(FOLLOWS, followed_board=reference(board), reader=actor.person_id))
    return bool(found)


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
    listed = list(topics)
    whose = {"reader": actor.person_id}
    with ahead(db, ask(FOLLOWS, followed_board=board, **whose), mark_ask(actor, listed), ask(NEWS, news_on=map_slug, **whose)):
        return BoardMarks(
            signed_in=True,
            following=follows_board(db, actor, board=board),
            marks=marks(db, actor, topics=listed),
            news=news_of_boards(db, actor, slug=map_slug),
        )
