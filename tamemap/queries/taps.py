"""Taps (reactions) on posts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import Integer, bindparam, case
from sqlmodel import Session, col, func, select

from tamemap.models import Reaction
from tamemap.queries.together import Asked, Question, among, ask, read

if TYPE_CHECKING:
    from collections.abc import Collection

    from tamemap.domain.actors import Actor

# post, kind, how many, and how many of them are the one's who asks
TAPS = Question(
    select(
        Reaction.post_id,
        Reaction.kind,
        func.count(),
        func.sum(case((col(Reaction.person_id) == bindparam("tapper", type_=Integer), 1), else_=0)),
    )
    .where(among(col(Reaction.post_id), "tapped_posts"))
    .group_by(col(Reaction.post_id), col(Reaction.kind)),
    "tapped_posts",
    lambda row: row[0],
)


def tap_ask(actor: Actor, post_ids: Collection[int | None]) -> Asked:
    """What :func:`taps_on` asks the database (for who asks ahead)."""
    return ask(TAPS, post_ids, tapper=actor.person_id)


def taps_on(db: Session, actor: Actor, post_ids: Collection[int | None]) -> dict[int | None, dict[str, tuple[int, bool]]]:
    """Per post and kind: how many tapped, and whether the actor is one of them."""
    found: dict[int | None, dict[str, tuple[int, bool]]] = defaultdict(dict)
    (taps,) = read(db, tap_ask(actor, post_ids))
    for post_id, kind, count, own in taps:
        found[post_id][kind] = (count, own > 0)
    return found
