"""Reads about what was written on a map's boards just now, whoever wrote it and whether it stands or is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, select

from tamemap.domain.caring import REPEAT_SIGNS, repeat_key
from tamemap.domain.trust import NEWCOMER
from tamemap.models import Board, Post, Topic
from tamemap.queries.trust import levels

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.models import Map

# nothing is indexed by time alone: the latest posts of the whole installation are enough to see a raid
LATEST = 3000
COMPARED = 200


def _here(db: Session, map_: Map, since: datetime) -> tuple[Any, ...]:
    last = db.exec(select(func.max(Post.id))).one() or 0
    return (
        col(Post.id) > last - LATEST,
        col(Post.created_at) > since,
        Board.map_id == map_.id,
        Post.author_kind == "member",
        col(Post.group_id).is_(None),
        col(Post.author_id).is_not(None),
    )


def newcomers_posts(db: Session, map_: Map, *, since: datetime, now: datetime) -> int:
    """How many posts newcomers have written on the map's boards since then, held ones, too."""
    query = select(Post.author_id, func.count()).join(Topic, col(Topic.id) == Post.topic_id)
    rows = db.exec(
        query.join(Board, col(Board.id) == Topic.board_id).where(*_here(db, map_, since)).group_by(col(Post.author_id))
    )
    counts = {who or 0: count for who, count in rows}
    known = levels(db, counts, map_.region_id, now)
    return sum(count for who, count in counts.items() if known.get(who, NEWCOMER) == NEWCOMER)


def same_beginnings(db: Session, map_: Map, post: Post, *, since: datetime) -> set[int]:
    """Who has written on the map's boards since then what begins as this post, as far as it is compared (person ids)."""
    key, size = repeat_key(post.body), len(post.body)
    alike = func.length(Post.body).between(size // 2, size * 2) if size < REPEAT_SIGNS else func.length(Post.body) >= size // 2
    query = select(Post.author_id, func.substr(Post.body, 1, 2 * REPEAT_SIGNS)).join(Topic, col(Topic.id) == Post.topic_id)
    rows = db.exec(
        query.join(Board, col(Board.id) == Topic.board_id)
        .where(*_here(db, map_, since), alike, col(Post.id) != post.id, col(Post.deleted_at).is_(None))
        .order_by(col(Post.id).desc())
        .limit(COMPARED)
    )
    return {who for who, beginning in rows if who and repeat_key(beginning) == key}
