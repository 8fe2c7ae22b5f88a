"""Taking the audit trail along: a deed that stands in the trail itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.actors import Ground
from tamemap.domain.permissions import allowed
from tamemap.queries.audit import Wanted, demand_reader
from tamemap.queries.grounds import ground_of
from tamemap.services.authority import record

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def take_along(db: Session, actor: Actor, *, wanted: Wanted) -> None:
    """Write down that the actor takes what ``wanted`` names out of the trail, in each town and region that it is of.

    Raises Unauthenticated, Forbidden.
    """
    demand_reader(actor)
    grounds: list[Ground | None] = [ground_of(db, code) for code in sorted(actor.leads)]
    grounds += [Ground(None, region_id) for region_id in sorted(actor.operator_of)]
    if actor.operator_of_all:
        grounds = [None]
    if wanted.town:
        town = ground_of(db, wanted.town)
        grounds = [town] if allowed(actor, "audit.read", town) else []
    detail = {
        name: str(value) for name in ("person", "verb", "thing", "town", "since", "until") if (value := getattr(wanted, name))
    }
    for ground in grounds:
        record(db, actor, "audit.read", ground, detail=detail)
    db.flush()
