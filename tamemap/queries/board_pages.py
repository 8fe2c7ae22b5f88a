"""What the pages of boards and topics read: first what stands at their address, then all that belongs to it. Two reads each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, select

from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board, Map, Post, Topic
from tamemap.queries.boards import (
    BoardView,
    TopicPage,
    TopicView,
    board_rows,
    board_view,
    load_board,
    load_topic,
    sees_held,
    standing_topic,
    topics_on,
    views_of_topics,
)
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.held import seeing, seen_posts
from tamemap.queries.maps import MAPS, MapView, maps
from tamemap.queries.marks import Mark, mark_ask, marks
from tamemap.queries.post_parts import QUOTED
from tamemap.queries.posts import PostPage, after_post, posts_page
from tamemap.queries.together import Question, ahead, ask, read
from tamemap.queries.topic_asks import EDGES, edges_in, officials, post_asks, topic_asks
from tamemap.queries.topic_cursor import list_asks
from tamemap.queries.topic_deeds import reopens

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


class BoardReadings(NamedTuple):
    """All that a board's page reads of the town: itself, the boards of its map in their order without those put away, its topics
    as ``boards.topics`` has them, all maps."""

    board: BoardView
    beside: tuple[BoardView, ...]
    topics: TopicPage
    all_maps: tuple[MapView, ...]


class TopicReadings(NamedTuple):
    """All that a topic's page reads of the town: its board, itself, its revision, its posts as ``posts.posts`` has them, whether
    the actor may open it again, all maps; and the actor's mark in it."""

    board: BoardView
    topic: TopicView
    revision: int
    posts: PostPage
    may_reopen: bool
    all_maps: tuple[MapView, ...]
    mark: Mark | None


BESIDE = Question(board_rows(Board.map_id == select(Board.map_id).where(Board.slug == bindparam("beside")).scalar_subquery()))
PLACE = Question(
    select(Topic, Board, Map)
    .join(Board, col(Board.id) == Topic.board_id)
    .join(Map, col(Map.id) == Board.map_id)
    .where(Topic.public_id == bindparam("the_topic"))
)
_ITS_ID = select(Topic.id).where(Topic.public_id == bindparam("the_topic"))
ITS_EDGES = Question(edges_in(_ITS_ID))
_ITS_POSTS = (
    Post.topic_id == _ITS_ID.scalar_subquery(),
    seen_posts(),
    col(Post.id) > bindparam("posts_after", type_=Integer),
)
_SIZE = bindparam("posts_size", type_=Integer)
ITS_POSTS = Question(select(Post).where(*_ITS_POSTS).order_by(col(Post.id)).limit(_SIZE))
ANSWERED = Question(
    select(Post).where(col(Post.id).in_(select(Post.quoted_id).where(*_ITS_POSTS).order_by(col(Post.id)).limit(_SIZE)))
)


def board_page(db: Session, actor: Actor, *, slug: str, cursor: str | None, limit: int) -> BoardReadings:
    """The page of a board. Raises NotFound, and Invalid at ``cursor`` for one that is not ours.

    Whoever has an office is asked for on which ground first: that is one read more.
    """
    address = reference(slug)
    ground = ground_of_map(load_board(db, address)[1]) if actor.may_enter_desk else None
    listing, edging = list_asks(actor, ground, board=address, cursor=cursor, limit=limit)
    asks = ask(BESIDE, beside=address), listing, edging, ask(MAPS)
    boards, listed, edges, _ = found = read(db, *asks)
    here = next(((board, map_) for board, map_, _ in boards if board.slug == address), None)
    if here is None:
        raise NotFound("board_unknown")
    boards.sort(key=lambda row: (row[0].position, row[0].id))
    views = [board_view(actor, *row) for row in boards]
    known = [*zip(asks, found, strict=True), (ask(EDGES, [row.id for (row,) in listed]), edges)]
    with ahead(db, known=known):
        return BoardReadings(
            board=next(one for one in views if one.slug == address),
            beside=tuple(one for one in views if not one.closed),
            topics=topics_on(db, actor, *here, cursor=cursor, limit=limit),
            all_maps=maps(db, actor),
        )


def topic_page(db: Session, actor: Actor, *, board: str, topic: str, cursor: str | None, limit: int) -> TopicReadings:
    """The page of a topic of that board. Raises NotFound, also for a topic of another board, Gone, and Invalid at ``cursor``.

    Whoever has an office is asked for on which ground first: that is one read more.
    """
    its = {"the_topic": reference(topic)}
    ground = ground_of_map(load_topic(db, topic, actor=actor)[2]) if actor.may_enter_desk else None
    paging = {**its, **seeing(actor, ground), "posts_after": after_post(cursor), "posts_size": limit + 1}
    asks = ask(PLACE, **its), ask(ITS_POSTS, **paging), ask(ANSWERED, **paging), ask(ITS_EDGES, **its), ask(MAPS)
    place, listed, answered, edges, all_maps = read(db, *asks)
    row, board_row, map_ = standing_topic(db, actor, place)
    if board_row.slug != board:
        raise NotFound("topic_unknown")
    written = sorted((post for (post,) in listed), key=lambda one: one.id)
    ground, quoted = ground_of_map(map_), [post for (post,) in answered]
    shown = [one for one in written[:limit] if one.deleted_at is None and sees_held(db, actor, one, ground)]
    known = [
        (ask(EDGES, [row.id]), edges),
        officials(edges, [row]),
        (ask(QUOTED, [post.id for post in quoted]), answered),
        (asks[-1], all_maps),
    ]
    more = *topic_asks(actor, [row], edges, map_), *post_asks(actor, shown, quoted, map_)
    with ahead(db, *more, mark_ask(actor, [row.public_id]), known=known):
        (view,) = views_of_topics(db, actor, [row], board_row, map_)
        return TopicReadings(
            # how many topics stand beside it is not shown there
            board=board_view(actor, board_row, map_, 0),
            topic=view,
            revision=row.revision,
            posts=posts_page(db, actor, written, row, map_, size=limit),
            may_reopen=reopens(db, actor, row, board_row, map_),
            all_maps=maps(db, actor),
            mark=marks(db, actor, topics=[row.public_id]).get(row.public_id),
        )
