"""On which ground a thing stands, and whether somebody is its author: what permissions ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.domain.actors import Ground
from tamemap.errors import NotFound
from tamemap.models import Map, Municipality

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Flyer


def ground_of(db: Session, municipality_code: str) -> Ground:
    """The ground of a municipality. Raises NotFound."""
    region_id = db.execute(select(Municipality.region_id).where(Municipality.code == municipality_code)).scalar()
    if region_id is None:
        raise NotFound("municipality_unknown")
    return Ground(municipality_code, region_id)


def ground_of_map(row: Map) -> Ground:
    """The ground of a map; a regional map's is its region, without municipality."""
    return Ground(row.municipality_code, row.region_id)


def is_author(actor: Actor, flyer: Flyer) -> bool:
    """Whether this actor posted the flyer: the person, or the same browser of a guest."""
    if actor.person_id is not None and flyer.poster_id == actor.person_id:
        return True
    return flyer.guest_hash is not None and flyer.guest_hash == actor.guest_hash
