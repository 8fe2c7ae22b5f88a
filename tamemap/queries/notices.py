"""Reads about notices: what a person has been told."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from tamemap.errors import Unauthenticated
from tamemap.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice; its words are ``t(f"notices.{code}", **params)``, ``url`` is a path of ours or empty."""

    id: int
    code: str
    params: dict[str, object]
    url: str
    created_at: datetime
    read: bool


def notices(db: Session, actor: Actor, *, limit: int = 50) -> tuple[NoticeView, ...]:
    """The actor's notices, the newest first, at most 50. Raises Unauthenticated for a guest."""
    if actor.person_id is None:
        raise Unauthenticated("sign_in_first")
    rows = db.exec(
        select(Notice)
        .where(Notice.person_id == actor.person_id)
        .order_by(col(Notice.created_at).desc(), col(Notice.id).desc())
        .limit(max(1, min(limit, 50)))
    )
    return tuple(
        NoticeView(row.id or 0, row.code, json.loads(row.params), row.url, row.created_at, row.read_at is not None)
        for row in rows
    )


def unread(db: Session, actor: Actor) -> int:
    """How many notices the actor has not read; 0 for a guest."""
    if actor.person_id is None:
        return 0
    wanted = Notice.person_id == actor.person_id, col(Notice.read_at).is_(None)
    return db.exec(select(func.count()).select_from(Notice).where(*wanted)).one()
