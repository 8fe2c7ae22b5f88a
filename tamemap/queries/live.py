"""Reads for those who follow a topic live: its revision, and what stands in it now. Asked once for all of them, as a guest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap.models import Post, Topic
from tamemap.queries.boards import TopicView, load_topic, views_of_topics
from tamemap.queries.posts import PostView, post_views

if TYPE_CHECKING:
    from collections.abc import Collection

    from tamemap.domain.actors import Actor

# the latest posts that are compared with what was known: what changes farther up is seen with the next load of the page
RECENT = 50


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """A topic at one revision with its latest posts, the oldest first; ``public_id`` of the post before each is in ``after``
    (empty for a topic's first post)."""

    revision: int
    topic: TopicView
    posts: tuple[PostView, ...]
    before: str


def revision(db: Session, actor: Actor, *, topic: str) -> int:
    """The revision of a topic that this actor reads. Raises NotFound, Gone."""
    return load_topic(db, topic, actor=actor)[0].revision


def revisions(db: Session, actor: Actor, *, topics: Collection[str]) -> dict[str, int]:
    """The revisions of those among these topics that stand: one that was removed or waits for staff is left out."""
    up = col(Topic.deleted_at).is_(None), col(Topic.held_at).is_(None)
    rows = db.exec(select(Topic.public_id, Topic.revision).where(col(Topic.public_id).in_(topics), *up))
    return dict(rows.all())


def standing(db: Session, actor: Actor, *, topic: str) -> Standing:
    """A topic as it is now, as this actor sees it. Raises NotFound, also while it is held, and Gone."""
    row, board, map_ = load_topic(db, topic, actor=actor)
    # the number first: what is written while we read is then found again with the next number
    number = row.revision
    found = db.exec(select(Post).where(Post.topic_id == row.id).order_by(col(Post.id).desc()).limit(RECENT + 1)).all()
    rows = found[RECENT - 1 :: -1] if len(found) > RECENT else found[::-1]
    return Standing(
        revision=number,
        topic=views_of_topics(db, actor, [row], board, map_)[0],
        posts=post_views(db, actor, rows, row, map_),
        before=found[RECENT].public_id if len(found) > RECENT else "",
    )
