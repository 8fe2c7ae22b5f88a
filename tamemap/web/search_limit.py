"""How often somebody may search: a search reads much, and a script asks faster than people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.gateways import limits
from tamemap.queries.search import search

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.queries.search import SearchPage

PER_MINUTE = 60


def searched(
    db: Session, actor: Actor, *, q: str, map_slug: str, kinds: tuple[str, ...], cursor: str | None, limit: int = 20
) -> SearchPage:
    """As ``queries.search.search``, sixty times a minute for a person, a program, or a guest's network.

    Raises what it raises, and TooMany ``searches_too_many``.
    """
    # town halls and schools stand behind one address: who is signed in is counted as themselves
    who = actor.client if actor.is_guest and actor.token_id is None else actor.owner_hash
    if q.strip():
        limits.demand("search", who, amount=PER_MINUTE, seconds=60, code="searches_too_many")
    return search(db, actor, q=q, map_slug=map_slug, kinds=kinds, cursor=cursor, limit=limit)
