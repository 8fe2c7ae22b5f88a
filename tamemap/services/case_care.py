"""What a decision means for something that a rule holds, where there is no decision "hold" to take back (for services)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.care import ABOUT_PEOPLE
from tamemap.domain.caring import read_hit
from tamemap.models import CaseDecision, Flyer
from tamemap.services import holding

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor
    from tamemap.models import Case


def _flyer(db: Session, row: Case) -> Flyer:
    return db.exec(select(Flyer).where(Flyer.public_id == row.thing_id).with_for_update()).one()


def _held_by_rule(db: Session, row: Case) -> bool:
    if read_hit(row.why) is None:
        return False
    hold = CaseDecision.case_id == row.id, CaseDecision.decision == "hold", col(CaseDecision.undone_at).is_(None)
    return db.exec(select(CaseDecision.id).where(*hold)).first() is None


def let_stand(db: Session, row: Case) -> None:
    """Let the thing of a case stand, if a rule holds it."""
    if not _held_by_rule(db, row):
        return
    if row.thing == "flyer":
        if (flyer := _flyer(db, row)).deleted_at is None:
            holding.flyer_up_again(db, flyer)
    elif (held := holding.written(db, row.thing, row.thing_id)).deleted_at is None:
        holding.let_stand(db, held, first=holding.seen_by_nobody(row, held))


def before(db: Session, actor: Actor, row: Case, decision: str, rule: str) -> None:
    """Make way for a decision: what is kept stands, what is held is held by staff from now on, and so is what stays held while
    whoever wrote it is warned or suspended. What is removed goes as it is: nobody sees it on the way."""
    if decision in ABOUT_PEOPLE:
        if _held_by_rule(db, row) and _held(db, row):
            now = clock.now()
            db.add(CaseDecision(case_id=row.id or 0, decision="hold", rule=rule, decided_by=actor.person_id, decided_at=now))
            db.flush()
    elif row.thing == "flyer" or decision not in {"hold", "remove"}:
        let_stand(db, row)


def _held(db: Session, row: Case) -> bool:
    return row.thing != "flyer" and holding.written(db, row.thing, row.thing_id).held_at is not None


def hold_again(db: Session, row: Case) -> None:
    """Somebody took back that the thing of a case was kept: it waits again, if a rule held it before."""
    if not _held_by_rule(db, row):
        return
    if row.thing == "flyer":
        if (flyer := _flyer(db, row)).deleted_at is None:
            holding.hold_flyer(db, flyer)
    elif (standing := holding.written(db, row.thing, row.thing_id)).deleted_at is None:
        holding.hold_written(db, standing, clock.now())
