"""Reports that wait without a case: those made before there were cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, exists, select

from tamemap.models import Case, Report
from tamemap.queries import staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.actors import Actor


def caseless(db: Session, *, limit: int) -> Sequence[Report]:
    """The oldest open reports about things that have no open case (for services)."""
    case = exists().where(col(Case.thing) == Report.thing, col(Case.thing_id) == Report.thing_id, col(Case.closed_at).is_(None))
    return db.exec(select(Report).where(col(Report.closed_at).is_(None), ~case).order_by(col(Report.id)).limit(limit)).all()


def backlog(db: Session, actor: Actor) -> bool:
    """Whether there are any such reports. Raises as ``queries.staff.desk``."""
    staff.desk(db, actor)
    return bool(caseless(db, limit=1))
