"""Reports that were made before there were cases get theirs: when staff open the queue, and at the daily sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.permissions import allowed
from tamemap.errors import NotFound
from tamemap.queries.case_backlog import caseless
from tamemap.queries.reports import ground_of_report
from tamemap.services import case_files

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

MOST = 500


def catch_up(db: Session, actor: Actor) -> int:
    """Open a case for each waiting report without one, on grounds where the actor sees cases; how many. Twice is once.

    A report about what is nowhere any more is closed: nobody could decide anything about it.
    """
    made = 0
    for row in caseless(db, limit=MOST):
        try:
            ground = ground_of_report(db, row)
        except NotFound:
            row.closed_at = clock.now()
            db.add(row)
            continue
        if allowed(actor, "case.see", ground):
            case_files.opened(db, thing=row.thing, thing_id=row.thing_id, ground=ground, at=row.created_at)
            made += 1
    db.flush()
    return made
