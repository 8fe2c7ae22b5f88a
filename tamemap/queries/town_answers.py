"""What the town has answered in topics, as it stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap.domain.answers import KINDS, WAITING
from tamemap.models import Post, Topic
from tamemap.queries.authors import AuthorKey, AuthorView, author_views

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class AnswerView:
    """The town's answer as it is now: ``state`` is waiting (nothing said yet), received, considering, adopted or declined;
    ``by`` who said so (None while it waits), ``at`` when."""

    state: str
    words: str = ""
    at: datetime | None = None
    by: AuthorView | None = None


def answer_views(db: Session, actor: Actor, rows: Sequence[Topic]) -> dict[int | None, AnswerView]:
    """The answers to these topics, by row number; topics that the town does not answer are not in it."""
    asked = [row for row in rows if row.kind in KINDS]
    said = [row.id for row in asked if row.answer_state]
    latest: dict[int, Post] = {}
    if said:
        last = select(func.max(Post.id)).where(col(Post.topic_id).in_(said), col(Post.official)).group_by(col(Post.topic_id))
        latest = {post.topic_id: post for post in db.exec(select(Post).where(col(Post.id).in_(last)))}
    keys = {at: AuthorKey(post.author_id, post.author_kind, post.author_municipality) for at, post in latest.items()}
    authors = author_views(db, actor, keys.values()) if keys else {}
    return {
        row.id: AnswerView(row.answer_state, row.answer_words, row.answered_at, authors[keys[row.id]] if row.id in keys else None)
        if row.answer_state
        else AnswerView(WAITING)
        for row in asked
    }
