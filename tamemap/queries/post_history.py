"""Where a post stands in its topic, what it said before it was changed, and what its author may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap.domain.asking import write_cursor
from tamemap.domain.permissions import demand
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Post, PostVersion
from tamemap.queries.boards import is_author, load_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.posts import PostView, load_post, post_views

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class VersionView:
    """What a post said from ``written_at`` on; ``html`` is safe to show as it stands."""

    html: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class HistoryView:
    """A post and all that it said, the latest first: what it says now is the first."""

    board: str
    topic_title: str
    post: PostView
    versions: tuple[VersionView, ...]


def post_history(db: Session, actor: Actor, *, public_id: str) -> HistoryView:
    """How a post changed. Raises NotFound, also while it is held and not for this actor, and Gone for one that was removed."""
    row, topic, board, map_ = load_post(db, public_id, actor=actor, standing=True)
    earlier = db.exec(select(PostVersion).where(PostVersion.post_id == row.id).order_by(col(PostVersion.id).desc())).all()
    now = VersionView(row.html, row.edited_at or row.created_at)
    versions = (now, *(VersionView(one.html, one.written_at) for one in earlier))
    return HistoryView(board.slug, topic.title, post_views(db, actor, [row], topic, map_)[0], versions)


def page_of_post(db: Session, actor: Actor, *, board: str, topic: str, post: str, size: int) -> str:
    """The cursor of the page (of ``size`` posts) on which a post stands; empty for the first. A removed one leads to its line.

    Raises NotFound, Gone as ``load_topic``.
    """
    row, board_row, _ = load_topic(db, topic, actor=actor)
    here = Post.topic_id == row.id
    found = db.exec(select(Post.id).where(Post.public_id == reference(post), here)).first()
    if found is None or board_row.slug != board:
        raise NotFound("post_unknown")
    before = db.exec(select(func.count()).where(here, col(Post.id) < found)).one() // size * size
    if not before:
        return ""
    return write_cursor(db.exec(select(Post.id).where(here).order_by(col(Post.id)).offset(before - 1).limit(1)).one())


@dataclass(frozen=True, slots=True)
class OwnPost:
    """A post of the actor's own with the words that they may change; whether the topic is open to that now is not said."""

    board: str
    topic: str
    topic_title: str
    body: str


def own_post(db: Session, actor: Actor, *, public_id: str) -> OwnPost:
    """A post for the page that changes it. Raises as ``post_history``, and as ``demand`` for ``post.change``."""
    row, topic, board, map_ = load_post(db, public_id, actor=actor, standing=True)
    demand(actor, "post.change", ground_of_map(map_), author=is_author(db, actor, row))
    return OwnPost(board.slug, topic.public_id, topic.title, row.body)
