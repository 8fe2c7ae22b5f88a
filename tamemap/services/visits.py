"""Coming back: when somebody was here last, and the time before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.models import Person
from tamemap.queries.news import NewsView, news, visit_due

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def come(db: Session, actor: Actor, *, slug: str) -> NewsView:
    """Note that the actor is here anew, after half an hour's absence (sooner it changes nothing), and say what is new on that
    map since the time before. Raises NotFound for the map, Unauthenticated, Forbidden for a program."""
    row = db.get_one(Person, demand_self(actor), with_for_update=True)
    now = clock.now()
    if visit_due(row.seen_at, now):
        row.seen_before, row.seen_at = row.seen_at, now
        db.add(row)
        db.flush()
    return news(db, actor, slug=slug)
