"""Reads about what may be done to a whole topic."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import clock
from tamemap.domain.permissions import allowed
from tamemap.models import AuditEntry
from tamemap.queries.boards import is_author, load_topic
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.themes import period_of

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor
    from tamemap.models import Board, Map, Topic

MINUTE = timedelta(minutes=1)


def may_reopen(db: Session, actor: Actor, public_id: str) -> bool:
    """Whether the actor may open this topic again: it was closed by hand, and by staff only for staff. Raises NotFound, Gone."""
    return reopens(db, actor, *load_topic(db, public_id, actor=actor))


def reopens(db: Session, actor: Actor, row: Topic, board: Board, map_: Map) -> bool:
    """The same of a topic that was read already (for queries)."""
    if row.closed_at is None or board.closed_at is not None or period_of(row).over(clock.now()) or actor.is_guest:
        return False
    ground = ground_of_map(map_)
    if not allowed(actor, "topic.close", ground, author=is_author(db, actor, row), group_id=row.group_id):
        return False
    return allowed(actor, "topic.remove", ground) or not closed_by_office(db, row)


def closed_by_office(db: Session, row: Topic) -> bool:
    """Whether it was staff who have closed it."""
    # the entry is written a moment before the topic is closed
    since = (row.closed_at or clock.now()) - MINUTE
    deed = AuditEntry.verb == "topic.close", AuditEntry.thing == "topic", AuditEntry.thing_id == row.public_id
    return any(not one.detail.get("reopened") for one in db.exec(select(AuditEntry).where(*deed, AuditEntry.at >= since)))
