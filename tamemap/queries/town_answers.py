"""What the town has answered in topics, as it stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap.domain.answers import KINDS, WAITING
from tamemap.models import Post, Topic
from tamemap.queries.authors import AuthorKey, AuthorView, author_views
from tamemap.queries.together import Question, among, ask, read

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


OFFICIAL = Question(
    select(Post).where(
        col(Post.id).in_(
            select(func.max(Post.id)).where(among(col(Post.topic_id), "official_in"), col(Post.official)).group_by(Post.topic_id)
        )
    ),
    "official_in",
    lambda row: row[0].topic_id,
)


def said_in(rows: Sequence[Topic]) -> list[int | None]:
    """In which of these topics the town has answered: their row numbers."""
    return [row.id for row in rows if row.kind in KINDS and row.answer_state]


def key_of_official(row: Post) -> AuthorKey:
    """Who answered for the town."""
    return AuthorKey(row.author_id, row.author_kind, row.author_municipality)


def answer_views(db: Session, actor: Actor, rows: Sequence[Topic]) -> dict[int | None, AnswerView]:
    """The answers to these topics, by row number; topics that the town does not answer are not in it."""
    asked = [row for row in rows if row.kind in KINDS]
    (found,) = read(db, ask(OFFICIAL, said_in(rows)))
    keys = {post.topic_id: key_of_official(post) for (post,) in found}
    authors = author_views(db, actor, keys.values()) if keys else {}
    return {
        row.id: AnswerView(row.answer_state, row.answer_words, row.answered_at, authors[keys[row.id]] if row.id in keys else None)
        if row.answer_state
        else AnswerView(WAITING)
        for row in asked
    }
