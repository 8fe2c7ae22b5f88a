"""Reads about the actor's own suspensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.resting import Rest
from tamemap.models import CaseDecision, Map, Objection, Region, Suspension

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor


def rests(db: Session, actor: Actor, *, region_id: int | None = None) -> tuple[Rest, ...]:
    """Where the actor may not write at present, the longest of each region; all regions, or one."""
    if not actor.suspended or actor.scopes is not None:
        return ()
    query = (
        select(Region, Suspension.until, CaseDecision.rule, CaseDecision.public_id, Objection.id)
        .join(Suspension, col(Suspension.region_id) == Region.id)
        .join(CaseDecision, col(CaseDecision.id) == Suspension.decision_id)
        .outerjoin(Objection, col(Objection.decision_id) == CaseDecision.id)
        .where(Suspension.person_id == actor.person_id, Suspension.until > clock.now(), col(Suspension.lifted_at).is_(None))
        .order_by(col(Suspension.until))
    )
    if region_id is not None:
        query = query.where(Region.id == region_id)
    # of several in one region the last, which is the longest
    found = {here.id: Rest(here.name, until, rule, made, said is not None) for here, until, rule, made, said in db.exec(query)}
    return tuple(found.values())


def rest_on_map(db: Session, actor: Actor, *, slug: str) -> Rest | None:
    """Why the actor may not write beside this map at present; None where they may, as far as that goes."""
    if not actor.suspended:
        return None
    region_id = db.exec(select(Map.region_id).where(Map.slug == slug)).first()
    return next(iter(rests(db, actor, region_id=region_id)), None) if region_id is not None else None
