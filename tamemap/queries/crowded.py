"""Which maps are so full that their first reader would have to wait for them to be read into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.models import Map
from tamemap.queries.maps import how_many_stand

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def crowded_maps(db: Session, _actor: Actor, *, least: int, most: int) -> tuple[str, ...]:
    """The slugs of the maps with ``least`` flyers standing or more, the fullest first; ``most`` flyers in all, but one map."""
    standing = how_many_stand()
    query = (
        select(Map.slug, standing.c.many)  # type: ignore[call-overload]
        .join(standing, standing.c.map_id == Map.id)
        .where(standing.c.many >= least)
        .order_by(standing.c.many.desc(), Map.slug)
    )
    found, left = list[str](), most
    for slug, many in db.execute(query):
        if found and many > left:
            continue
        found.append(slug)
        left -= many
    return tuple(found)
