"""Which maps are so full that their first reader would have to wait for them to be read into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, literal_column, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Map, Placement

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def crowded_maps(db: Session, _actor: Actor, *, least: int, most: int) -> tuple[str, ...]:
    """The slugs of the maps with ``least`` flyers standing or more, the fullest first; ``most`` flyers in all, but one map."""
    standing = func.count().label("standing")
    # in the words of the index of what stands, so that SQLite, too, knows it again
    is_up = Placement.state == literal_column(f"'{UP}'")
    query = (
        select(Map.slug, standing)  # type: ignore[call-overload]
        .join(Placement, Placement.map_id == Map.id)
        .where(is_up, Placement.until > clock.now())
        .group_by(Map.slug)
        .having(standing >= least)
        .order_by(standing.desc(), Map.slug)
    )
    found, left = list[str](), most
    for slug, many in db.execute(query):
        if found and many > left:
            continue
        found.append(slug)
        left -= many
    return tuple(found)
