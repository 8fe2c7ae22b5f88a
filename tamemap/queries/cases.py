"""Reads about the queue of moderation: what waits, in its context, with whose it is and what was decided about them before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, exists, func, or_, select

from tamemap import clock
from tamemap.domain.actors import Ground
from tamemap.domain.care import DECISIONS, LOOKING_FOR, fits, may_follow
from tamemap.domain.permissions import demand
from tamemap.domain.writing import reference
from tamemap.errors import NotFound
from tamemap.models import Case, CaseDecision, Flyer, Municipality, Objection, Person, Post, Report, Suspension, Topic
from tamemap.queries import staff
from tamemap.queries.case_authors import AuthorHistory, authors_of, whole_history
from tamemap.queries.case_context import ContextView, context_of
from tamemap.queries.case_things import ThingView, thing_view, things_of
from tamemap.queries.case_why import NO_WHY, CaseWhy, whys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tamemap.domain.actors import Actor

STATES = ("open", "held", "objected", "closed")
PAGE = 50


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One report: why, and in which words. Who made it is not said."""

    reason: str
    words: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What was decided in a case; ``objection`` is what its author says to it, ``outcome`` (upheld, declined, or empty while it
    waits) and ``answer`` what became of that. ``mine``: the viewer decided it. ``until``: of a suspension."""

    public_id: str
    decision: str
    rule: str
    words: str
    by: str
    mine: bool
    decided_at: datetime
    undone: bool
    objection: str = ""
    outcome: str = ""
    answer: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case in the queue. ``looking``: another of the staff who looks at it, since ``looking_since``. ``choices``: what may be
    decided now. ``context`` is there for one alone. ``may_answer_own``: the operator, who answers objections also where they
    decided themselves. ``why``: which rule holds it, and how well its author is known.
    """

    public_id: str
    kind: str
    thing: ThingView
    town: str
    opened_at: datetime
    closed_at: datetime | None
    reports: tuple[ReasonView, ...]
    author: AuthorHistory | None
    looking: str
    looking_since: datetime | None
    decisions: tuple[DecisionView, ...]
    choices: tuple[str, ...]
    municipality_code: str = ""
    context: ContextView | None = None
    may_answer_own: bool = False
    why: CaseWhy = NO_WHY


def for_actor(actor: Actor) -> Any:
    """Which cases are the actor's (for queries)."""
    if actor.operator_of_all:
        return True
    mine = col(Case.municipality_code).in_(actor.staff_of), col(Case.region_id).in_(actor.operator_of)
    return or_(*mine)


def _in_state(state: str) -> Any:
    standing = select(CaseDecision.case_id).where(col(CaseDecision.undone_at).is_(None))
    if state == "held":
        return and_(col(Case.id).in_(standing.where(CaseDecision.decision == "hold")), ~_gone())
    if state == "objected":
        waits = select(CaseDecision.case_id).join(Objection, col(Objection.decision_id) == CaseDecision.id)
        return col(Case.id).in_(waits.where(Objection.outcome == ""))
    return col(Case.closed_at).is_(None) if state == "open" else col(Case.closed_at).is_not(None)


def _gone() -> Any:
    """The thing was taken away by whose it is, or by staff in its place."""
    kinds: tuple[tuple[str, Any], ...] = (("post", Post), ("topic", Topic), ("flyer", Flyer))
    return or_(
        *(
            and_(Case.thing == kind, exists().where(table.public_id == Case.thing_id, table.deleted_at.is_not(None)))
            for kind, table in kinds
        )
    )


def queue(
    db: Session, actor: Actor, *, state: str = "open", town: str = "", kind: str = "", limit: int = PAGE
) -> tuple[CaseView, ...]:
    """The actor's cases: open ones oldest first, at most 50; also ``held``, ``objected`` (objections wait), ``closed`` (latest).

    Raises as ``queries.staff.desk``.
    """
    staff.desk(db, actor)
    wanted = [for_actor(actor), _in_state(state if state in STATES else "open")]
    if town:
        wanted.append(Case.municipality_code == reference(town))
    if kind:
        wanted.append(Case.thing == reference(kind))
    order = col(Case.id).desc() if state == "closed" else col(Case.id)
    rows = db.exec(select(Case).where(*wanted).order_by(order).limit(max(1, min(limit, PAGE)))).all()
    return _views(db, actor, rows)


def waiting(db: Session, actor: Actor) -> int:
    """How many cases wait for the actor."""
    query = select(func.count()).select_from(Case).where(for_actor(actor), col(Case.closed_at).is_(None))
    return db.exec(query).one()


def case(db: Session, actor: Actor, *, public_id: str) -> CaseView:
    """One case, with the thing in its context. Raises NotFound, Unauthenticated, Forbidden."""
    staff.desk(db, actor)
    row = db.exec(select(Case).where(Case.public_id == reference(public_id))).first()
    if row is None:
        raise NotFound("case_unknown")
    demand(actor, "case.see", Ground(row.municipality_code, row.region_id))
    return _views(db, actor, [row], whole=True)[0]


def _views(db: Session, actor: Actor, rows: Sequence[Case], *, whole: bool = False) -> tuple[CaseView, ...]:
    codes = {row.municipality_code for row in rows}
    named = db.exec(select(Municipality.code, Municipality.name).where(col(Municipality.code).in_(codes)))
    towns: dict[str | None, str] = {code: name for code, name in named}  # noqa: C416  rows are not plain pairs
    things = things_of(db, [(row.thing, row.thing_id) for row in rows])
    reasons, authors, decisions = _reasons(db, rows), authors_of(db, rows), decisions_of(db, actor, [row.id or 0 for row in rows])
    lookers, reasons_why = _lookers(db, actor, rows), whys(db, rows)
    return tuple(
        CaseView(
            public_id=row.public_id,
            kind=row.thing,
            thing=thing_view(db, row.thing, row.thing_id) if whole else things[row.thing, row.thing_id],
            town=towns.get(row.municipality_code, ""),
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            reports=tuple(reasons.get((row.thing, row.thing_id), ())),
            author=_author(db, row, authors.get((row.author_id, row.region_id)), whole=whole),
            looking=lookers.get(row.id or 0, ""),
            looking_since=row.looking_at if row.id in lookers else None,
            decisions=tuple(decisions.get(row.id or 0, ())),
            choices=_choices(row, things[row.thing, row.thing_id], decisions.get(row.id or 0, [])),
            municipality_code=row.municipality_code or "",
            context=context_of(db, row.thing, row.thing_id) if whole else None,
            may_answer_own=actor.kind_on(Ground(row.municipality_code, row.region_id)) == "operator",
            why=reasons_why[row.id or 0],
        )
        for row in rows
    )


def _author(db: Session, row: Case, short: AuthorHistory | None, *, whole: bool) -> AuthorHistory | None:
    return whole_history(db, row, short) if short is not None and whole else short


def _choices(row: Case, thing: ThingView, made: list[DecisionView]) -> tuple[str, ...]:
    standing = frozenset(one.decision for one in made if not one.undone)
    about = row.author_id is not None
    return tuple(
        one
        for one in DECISIONS
        if fits(one, row.thing)
        and (one != "hide_picture" or thing.pictures)
        and (row.closed_at is None or may_follow(one, standing))
        and (about or one not in {"warn", "suspend"})
    )


def _lookers(db: Session, actor: Actor, rows: Sequence[Case]) -> dict[int, str]:
    """Who else looks at these now."""
    since = clock.now() - LOOKING_FOR
    now = {row.id or 0: row.looking_by for row in rows if row.looking_at is not None and row.looking_at > since}
    others = {one for one in now.values() if one != actor.person_id}
    names = dict(db.exec(select(Person.id, Person.name).where(col(Person.id).in_(others))).all())
    return {case_id: names[one] for case_id, one in now.items() if one in names}


def _reasons(db: Session, rows: Sequence[Case]) -> dict[tuple[str, str], list[ReasonView]]:
    found: dict[tuple[str, str], list[ReasonView]] = {}
    opened = {(row.thing, row.thing_id): row.opened_at for row in rows}
    ids = {row.thing_id for row in rows}
    for one in db.exec(select(Report).where(col(Report.thing_id).in_(ids)).order_by(col(Report.id))):
        key = one.thing, one.thing_id
        if key in opened and one.created_at >= opened[key]:
            found.setdefault(key, []).append(ReasonView(one.reason, one.words, one.created_at))
    return found


def decisions_of(db: Session, actor: Actor, case_ids: list[int]) -> dict[int, list[DecisionView]]:
    """What was decided in these cases, the oldest first, with objections."""
    rows = db.exec(
        select(CaseDecision, Objection, Person.name, Suspension.until)
        .outerjoin(Objection, col(Objection.decision_id) == CaseDecision.id)
        .outerjoin(Person, col(Person.id) == CaseDecision.decided_by)
        .outerjoin(Suspension, col(Suspension.decision_id) == CaseDecision.id)
        .where(col(CaseDecision.case_id).in_(case_ids))
        .order_by(col(CaseDecision.id))
    )
    found: dict[int, list[DecisionView]] = {}
    for made, objected, name, until in rows:
        found.setdefault(made.case_id, []).append(
            DecisionView(
                made.public_id,
                made.decision,
                made.rule,
                made.words,
                name or "",
                made.decided_by is not None and made.decided_by == actor.person_id,
                made.decided_at,
                made.undone_at is not None,
                objected.words if objected else "",
                objected.outcome if objected else "",
                objected.answer if objected else "",
                until,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """A decision as whose thing it is reads it: no name of who decided. ``may_object``: not done yet, and it stands."""

    title: str
    kind: str
    url: str
    decision: DecisionView
    may_object: bool


def own_decision(db: Session, actor: Actor, *, public_id: str) -> OwnDecision:
    """A decision about something of the actor's own. Raises Unauthenticated for guests, NotFound for all others."""
    staff_free = select(CaseDecision, Case).join(Case, col(Case.id) == CaseDecision.case_id)
    found = db.exec(staff_free.where(CaseDecision.public_id == reference(public_id))).first()
    row = found[1] if found else None
    ground = Ground(row.municipality_code, row.region_id) if row else Ground(None, 0)
    mine = row is not None and row.author_id is not None and row.author_id == actor.person_id
    if actor.is_guest:
        demand(actor, "objection.make", ground)
    if found is None or row is None or not mine or actor.scopes is not None or found[0].decision == "keep":
        raise NotFound("decision_unknown")
    view = next(one for one in decisions_of(db, actor, [row.id or 0])[row.id or 0] if one.public_id == found[0].public_id)
    thing = things_of(db, [(row.thing, row.thing_id)])[row.thing, row.thing_id]
    return OwnDecision(thing.title, row.thing, thing.url, view, not view.undone and not view.objection)
