"""The queue of moderation: who looks at a case, what staff decide in it, one by one or many at once, and taking that back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from tamemap import clock
from tamemap.domain.actors import Ground
from tamemap.domain.care import AT_ONCE, DECISIONS, LOOKING_FOR, RULES, SUSPENSIONS, WORDS_LIMIT, fits, may_follow
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Conflict, Invalid, NotFound, TamemapError
from tamemap.models import Case, CaseDecision, Person, Role, Suspension
from tamemap.services import case_care, case_deeds, case_files, notices, reports
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision as it was asked for, checked."""

    decision: str
    rule: str = ""
    words: str = ""
    days: int | None = None
    picture: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """The cases decided, with the ids of their decisions, and per refused case its error's code."""

    done: tuple[tuple[str, str], ...]
    refused: tuple[tuple[str, str], ...]


def ground_of_case(row: Case) -> Ground:
    """Where a case belongs: a town, or (a regional board's) its region, for the operator alone."""
    return Ground(row.municipality_code, row.region_id)


def loaded(db: Session, public_id: object) -> Case:
    """A case, locked (for services). Raises NotFound."""
    row = db.exec(select(Case).where(Case.public_id == reference(public_id)).with_for_update()).first()
    if row is None:
        raise NotFound("case_unknown")
    return row


@dataclass(frozen=True, slots=True)
class Look:
    """Who else looks at a case, since when; or, once another has decided it, who, when and what. Else all is empty."""

    name: str = ""
    decision: str = ""
    at: datetime | None = None


def look(db: Session, actor: Actor, *, public_id: str) -> Look:
    """Say that the actor looks at a case now, for a quarter of an hour, and hear who else does.

    A case has room for one name: two who both ask again now and then take turns in it, and so learn of each other. Raises
    NotFound, Unauthenticated, Forbidden.
    """
    row = loaded(db, public_id)
    ask_first(actor, "case.see", ground_of_case(row))
    if row.closed_at is not None:
        return _decided_by_another(db, actor, row)
    fresh = row.looking_at is not None and row.looking_at > clock.now() - LOOKING_FOR
    mine = row.looking_by == actor.person_id
    other = db.get(Person, row.looking_by) if fresh and not mine and row.looking_by is not None else None
    found = Look(other.name, at=row.looking_at) if other is not None else Look()
    if not (fresh and mine):
        row.looking_by, row.looking_at = actor.person_id, clock.now()
        db.add(row)
        db.flush()
    return found


def _decided_by_another(db: Session, actor: Actor, row: Case) -> Look:
    made = standing_decisions(db, row)
    if not made or made[-1].decided_by in {None, actor.person_id}:
        return Look()
    return Look(db.get_one(Person, made[-1].decided_by).name, made[-1].decision, made[-1].decided_at)


def leave(db: Session, actor: Actor, *, public_id: str) -> None:
    """Say that the actor looks at a case no more. Twice is once. Raises NotFound, Unauthenticated, Forbidden."""
    row = loaded(db, public_id)
    ask_first(actor, "case.see", ground_of_case(row))
    if row.looking_by == actor.person_id:
        row.looking_by, row.looking_at = None, None
        db.add(row)
        db.flush()


def decide(
    db: Session,
    actor: Actor,
    *,
    public_ids: tuple[str, ...],
    decision: str,
    rule: str = "",
    words: str = "",
    days: int | None = None,
    picture: str = "",
) -> Decided:
    """Decide one case, or up to 50 alike: what cannot be decided is named by its id, the others are done.

    Keep needs no rule; all others name one of ``domain.care.RULES``, and the rule ``other`` says in ``words`` (up to 1000 signs)
    why. ``days`` of a suspension, ``picture`` (its id) of the one that is hidden. Whose thing it is is told. Of one alone it
    raises NotFound, Unauthenticated, Forbidden, Conflict (``case_decided``, ``case_not_here``, ``suspend_staff``), and Invalid.
    """
    verdict = _checked(decision, rule, words, days, picture)
    wanted = tuple(dict.fromkeys(public_ids))
    if not 0 < len(wanted) <= AT_ONCE:
        raise Invalid.at("case", "too_many_at_once" if wanted else "case_none", limit=AT_ONCE)
    done: list[tuple[str, str]] = []
    refused: list[tuple[str, str]] = []
    for public_id in wanted:
        try:
            with db.begin_nested():
                done.append((public_id, _decide(db, actor, public_id, verdict)))
        except TamemapError as error:
            if len(wanted) == 1:
                raise
            refused.append((public_id, error.code))
    return Decided(tuple(done), tuple(refused))


def _checked(decision: str, rule: str, words: str, days: int | None, picture: str) -> Verdict:
    if decision not in DECISIONS:
        raise Invalid.at("decision", "decision_wrong")
    words = check_text(words, field="words", limit=WORDS_LIMIT, lines=True) if words.strip() else ""
    if decision == "keep":
        return Verdict(decision, words=words)
    if rule not in RULES:
        raise Invalid.at("rule", "case_rule_missing")
    if rule == "other" and not words:
        raise Invalid.at("words", "case_words_missing")
    if decision == "suspend" and days not in SUSPENSIONS:
        raise Invalid.at("days", "case_days_wrong")
    if decision == "hide_picture" and not picture:
        raise Invalid.at("picture", "case_picture_missing")
    return Verdict(decision, rule, words, days, picture)


def standing_decisions(db: Session, row: Case) -> list[CaseDecision]:
    """What was decided in a case and not taken back, the oldest first."""
    here = CaseDecision.case_id == row.id, col(CaseDecision.undone_at).is_(None)
    return list(db.exec(select(CaseDecision).where(*here).order_by(col(CaseDecision.id))))


def _decide(db: Session, actor: Actor, public_id: str, verdict: Verdict) -> str:
    row = loaded(db, public_id)
    ground = ground_of_case(row)
    ask_first(actor, "case.decide", ground)
    standing = standing_decisions(db, row)
    if row.closed_at is not None and not may_follow(verdict.decision, frozenset(one.decision for one in standing)):
        raise Conflict("case_decided")
    if not fits(verdict.decision, row.thing):
        raise Conflict("case_not_here")
    detail = {"decision": verdict.decision, "rule": verdict.rule} | ({"days": verdict.days} if verdict.days else {})
    demand(db, actor, "case.decide", ground, thing=row.thing, thing_id=row.thing_id, detail=detail)
    title = case_deeds.title_of(db, row)
    for one in standing:
        if one.decision == "hold" and verdict.decision in {"keep", "remove"}:
            case_deeds.let_go(db, actor, row, one, appears=verdict.decision == "keep")
            if verdict.decision == "keep":
                _tell_undone(db, row, one)
    case_care.before(db, actor, row, verdict.decision, verdict.rule)
    made = case_files.close(db, row, actor, decision=verdict.decision, rule=verdict.rule, words=verdict.words)
    if verdict.decision == "suspend":
        _suspend(db, row, made, verdict.days or 0)
    else:
        case_deeds.do(db, actor, row, made, picture=verdict.picture)
    reports.settle(db, thing=row.thing, thing_id=row.thing_id)
    case_files.tell(db, row, made, title)
    return made.public_id


def _suspend(db: Session, row: Case, made: CaseDecision, days: int) -> None:
    if row.author_id is None:
        raise Conflict("suspend_nobody")
    if db.exec(select(Role.id).where(Role.person_id == row.author_id)).first() is not None:
        raise Conflict("suspend_staff")
    until = made.decided_at + timedelta(days=days)
    db.add(
        Suspension(person_id=row.author_id, region_id=row.region_id, decision_id=made.id or 0, since=made.decided_at, until=until)
    )
    db.flush()


def undo(db: Session, actor: Actor, *, decision: str) -> str:
    """元に戻す: take a decision back, once; a kept thing waits again. Answers the case's id.

    Raises NotFound, Unauthenticated, Forbidden, Conflict (``case_undone``, ``case_final`` for what cannot be taken back).
    """
    made, row = loaded_decision(db, decision)
    detail = {"decision": made.decision, "undone": made.public_id}
    demand(db, actor, "case.decide", ground_of_case(row), thing=row.thing, thing_id=row.thing_id, detail=detail)
    take_back(db, actor, made, row)
    return row.public_id


def loaded_decision(db: Session, decision: object) -> tuple[CaseDecision, Case]:
    """A decision and its case, both locked (for services). Raises NotFound."""
    made = db.exec(select(CaseDecision).where(CaseDecision.public_id == reference(decision))).first()
    if made is None:
        raise NotFound("decision_unknown")
    row = db.exec(select(Case).where(Case.id == made.case_id).with_for_update()).one()
    db.refresh(made, with_for_update=True)
    return made, row


def take_back(db: Session, actor: Actor, made: CaseDecision, row: Case, *, told: bool = False) -> None:
    """Undo what was decided, for somebody who may (for services); whose it is is told, unless they are ``told`` otherwise."""
    if made.undone_at is not None:
        raise Conflict("case_undone")
    case_deeds.let_go(db, actor, row, made)
    if made.decision == "keep":
        row.closed_at = None
        db.add(row)
        case_care.hold_again(db, row)
    elif not told:
        _tell_undone(db, row, made)
    db.flush()


def _tell_undone(db: Session, row: Case, made: CaseDecision) -> None:
    params = {"title": case_deeds.title_of(db, row)}
    notices.tell(db, person_id=row.author_id, code="case_undone", params=params, url=f"/decisions/{made.public_id}")
