"""What the pages of boards and topics read at once: each row of a board, a topic and its map is asked for one time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Board
from tamemap.queries.boards import BoardView, TopicPage, TopicView, board_rows, board_view, load_topic, topics_on, views_of_topics
from tamemap.queries.posts import PostPage, posts_in
from tamemap.queries.topic_deeds import reopens

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


def board_page(
    db: Session, actor: Actor, *, slug: str, cursor: str | None, limit: int
) -> tuple[BoardView, tuple[BoardView, ...], TopicPage]:
    """A board, those of its map in their order without those put away, and its topics as ``boards.topics`` has them.

    Raises NotFound, and Invalid at ``cursor`` for one that is not ours.
    """
    its_map = select(Board.map_id).where(Board.slug == reference(slug)).scalar_subquery()
    rows = list(board_rows(db, col(Board.map_id) == its_map))
    views = tuple(board_view(actor, *row) for row in rows)
    for (row, map_, _), view in zip(rows, views, strict=True):
        if view.slug == reference(slug):
            listed = topics_on(db, actor, row, map_, cursor=cursor, limit=limit)
            return view, tuple(one for one in views if not one.closed), listed
    raise NotFound("board_unknown")


def topic_page(
    db: Session, actor: Actor, *, board: str, topic: str, cursor: str | None, limit: int
) -> tuple[BoardView, TopicView, PostPage, int, bool]:
    """A topic of that board with its board, its posts as ``posts.posts`` has them, its revision, and whether the actor may open
    it again. Raises NotFound, also for a topic of another board, Gone, and Invalid at ``cursor``.
    """
    row, board_row, map_ = load_topic(db, topic, actor=actor)
    if board_row.slug != board:
        raise NotFound("topic_unknown")
    # the number before the posts: what is written meanwhile comes by the stream
    number = row.revision
    (shown,) = views_of_topics(db, actor, [row], board_row, map_)
    written = posts_in(db, actor, row, map_, cursor=cursor, limit=limit)
    # how many topics stand beside it is not shown there
    here = board_view(actor, board_row, map_, 0)
    return here, shown, written, number, reopens(db, actor, row, board_row, map_)
