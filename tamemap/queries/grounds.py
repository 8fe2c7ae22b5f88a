"""On which ground a thing stands, and whether somebody is its author: what permissions ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from tamemap.domain.actors import Ground
from tamemap.errors import NotFound
from tamemap.models import Group, Map, Municipality

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor
    from tamemap.models import Flyer


def ground_of(db: Session, municipality_code: str) -> Ground:
    """The ground of a municipality. Raises NotFound."""
    found = db.execute(
        select(Municipality.region_id, Map.proof_for)
        .outerjoin(Map, Map.municipality_code == Municipality.code)
        .where(Municipality.code == municipality_code)
    ).first()
    if found is None:
        raise NotFound("municipality_unknown")
    return ground_in(municipality_code, found[0], found[1])


def ground_in(municipality_code: str, region_id: int, proof_for: str | None) -> Ground:
    """The ground of a municipality of that region whose map asks for that proof, if it has a map."""
    return Ground(municipality_code, region_id, frozenset((proof_for or "").split()))


def ground_of_map(row: Map) -> Ground:
    """The ground of a map; a regional map's is its region, without municipality."""
    return Ground(row.municipality_code, row.region_id, frozenset(row.proof_for.split()))


def is_author(db: Session, actor: Actor, flyer: Flyer) -> bool:
    """Whether this actor posted the flyer: the person, or the same browser of a guest.

    A program's token is not the person who made it. A group's owners and editors stand to its flyers by the group, not by this,
    and who no longer speaks for it is not the poster of its flyers any more.
    """
    if actor.scopes is not None:
        return False
    if actor.person_id is not None and flyer.poster_id == actor.person_id:
        return still_speaks(db, actor, flyer.group_id)
    return flyer.guest_hash is not None and flyer.guest_hash == actor.guest_hash


def is_ours(db: Session, actor: Actor, flyer: Flyer) -> bool:
    """Whether the actor posted the flyer, or speaks for the group in whose name it stands."""
    return is_author(db, actor, flyer) or (flyer.group_id is not None and flyer.group_id in actor.groups)


def still_speaks(db: Session, actor: Actor, group_id: int | None) -> bool:
    """Whether what the actor made in that group's name (None: in their own) is still theirs: while they are in the group.

    When the group itself is closed, it is theirs again: nobody else could take it down.
    """
    if group_id is None or group_id in actor.groups:
        return True
    group = db.get(Group, group_id)
    return group is None or group.state == "closed"
