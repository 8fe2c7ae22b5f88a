"""異議: the author objects to a decision once; somebody else than who decided looks at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import Session, select

from tamemap import clock
from tamemap.domain.care import WORDS_LIMIT
from tamemap.domain.permissions import demand_self
from tamemap.domain.writing import check_text
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound
from tamemap.models import CaseDecision, Objection
from tamemap.services import case_deeds, cases, notices, reports
from tamemap.services.authority import demand

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor
    from tamemap.models import Case

OUTCOMES = ("upheld", "declined")


def make(db: Session, actor: Actor, *, decision: str, words: str) -> None:
    """Object to a decision about something of one's own (up to 1000 signs, once); staff of the town are told.

    Raises NotFound for what is not the actor's, Unauthenticated, Forbidden for programs, Conflict (``objection_made``,
    ``case_undone``), Invalid at ``words``.
    """
    person_id = demand_self(actor)
    made, row = cases.loaded_decision(db, decision)
    if row.author_id is None or row.author_id != person_id or made.decision == "keep":
        raise NotFound("decision_unknown")
    demand(db, actor, "objection.make", cases.ground_of_case(row), author=True)
    if made.undone_at is not None:
        raise Conflict("case_undone")
    if _of(db, made) is not None:
        raise Conflict("objection_made")
    words = check_text(words, field="words", limit=WORDS_LIMIT, lines=True)
    db.add(Objection(decision_id=made.id or 0, person_id=person_id, words=words, made_at=clock.now()))
    db.flush()
    for staff_id in reports.who_decides(db, cases.ground_of_case(row)):
        params = {"title": case_deeds.title_of(db, row)}
        notices.tell(db, person_id=staff_id, code="objection_made", params=params, url=f"/desk/cases/{row.public_id}")


def _of(db: Session, made: CaseDecision) -> Objection | None:
    return db.exec(select(Objection).where(Objection.decision_id == made.id)).first()


def answer(db: Session, actor: Actor, *, decision: str, outcome: str, words: str) -> str:
    """Answer an objection: ``upheld`` takes the decision back, ``declined`` lets it stand; author and decider are told.

    It is for another of the staff than who decided, or for the operator. Answers the case's id. Raises NotFound,
    Unauthenticated, Forbidden (``objection_other_needed``), Conflict (``objection_answered``, ``case_final``), Invalid at
    ``outcome`` or ``words``.
    """
    made, row = cases.loaded_decision(db, decision)
    ground = cases.ground_of_case(row)
    detail = {"decision": made.decision, "outcome": outcome if outcome in OUTCOMES else ""}
    demand(db, actor, "objection.decide", ground, thing=row.thing, thing_id=row.thing_id, detail=detail)
    objection = _of(db, made)
    if objection is None:
        raise NotFound("decision_unknown")
    if outcome not in OUTCOMES:
        raise Invalid.at("outcome", "decision_wrong")
    words = check_text(words, field="words", limit=WORDS_LIMIT, lines=True)
    if objection.outcome:
        raise Conflict("objection_answered")
    if made.decided_by == actor.person_id and actor.kind_on(ground) != "operator":
        raise Forbidden("objection_other_needed")
    objection.outcome, objection.answer = outcome, words
    objection.decided_by, objection.decided_at = actor.person_id, clock.now()
    db.add(objection)
    db.flush()
    if outcome == "upheld" and made.undone_at is None:
        _uphold(db, actor, made, row)
    _tell(db, made, row, objection)
    return row.public_id


def _uphold(db: Session, actor: Actor, made: CaseDecision, row: Case) -> None:
    if made.decision == "warn":
        # words that were read cannot be unread; that they do not count any more is what is left
        made.undone_at = clock.now()
        db.add(made)
        db.flush()
        return
    cases.take_back(db, actor, made, row, told=True)


def _tell(db: Session, made: CaseDecision, row: Case, objection: Objection) -> None:
    params = {"title": case_deeds.title_of(db, row), "words": objection.answer}
    code = f"objection_{objection.outcome}"
    notices.tell(db, person_id=objection.person_id, code=code, params=params, url=f"/decisions/{made.public_id}")
    notices.tell(
        db,
        person_id=made.decided_by,
        code=f"{code}_staff",
        params={"title": params["title"]},
        url=f"/desk/cases/{row.public_id}",
    )
