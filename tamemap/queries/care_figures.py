"""Figures for those responsible: how much waits, how fast it is decided, how, and how often an objection was right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, col, func, or_, select

from tamemap import clock
from tamemap.domain.care import DECISIONS
from tamemap.domain.caring import SOURCES
from tamemap.domain.writing import reference
from tamemap.models import Case, CaseDecision, Objection, ReplyTemplate
from tamemap.queries import staff

if TYPE_CHECKING:
    from datetime import datetime

    from tamemap.domain.actors import Actor

PERIODS = (30, 90)
# an open case is younger than a day, than three, than a week, or older
AGES = (("day", timedelta(days=1)), ("three_days", timedelta(days=3)), ("week", timedelta(days=7)))


@dataclass(frozen=True, slots=True)
class Figures:
    """``open``: open cases by age, now. Of the last ``days``: hours to the first decision (median and 90 %, None without any),
    decisions by kind (taken back ones, too), objections, and those of them that were answered and upheld; ``sources``: what
    opened the cases, by ``domain.caring.SOURCES``.
    """

    days: int
    open: tuple[tuple[str, int], ...]
    decided: int
    median_hours: float | None
    ninety_hours: float | None
    decisions: tuple[tuple[str, int], ...]
    objections: int
    answered: int
    upheld: int
    sources: tuple[tuple[str, int], ...] = ()


def _for(actor: Actor, town: str) -> tuple[Any, ...]:
    mine = or_(col(Case.municipality_code).in_(actor.staff_of), col(Case.region_id).in_(actor.operator_of))
    here = (Case.municipality_code == reference(town),) if town else ()
    return here if actor.operator_of_all else (mine, *here)


def figures(db: Session, actor: Actor, *, days: int = 30, town: str = "") -> Figures:
    """The figures of the actor's towns, or of one of them, over 30 or 90 days. Raises as ``queries.staff.desk``."""
    staff.desk(db, actor)
    days = days if days in PERIODS else PERIODS[0]
    mine, now = _for(actor, town), clock.now()
    since = now - timedelta(days=days)
    # what staff decided where it stood never waited
    waited = *mine, col(Case.first_decided_at) >= since, Case.source != "staff"
    times = select(Case.opened_at, Case.first_decided_at).where(*waited)
    took = sorted((decided - opened).total_seconds() / 3600 for opened, decided in db.exec(times) if decided is not None)
    kinds = select(CaseDecision.decision, func.count()).join(Case, col(Case.id) == CaseDecision.case_id)
    counted = kinds.where(*mine, CaseDecision.decided_at >= since).group_by(CaseDecision.decision)
    made = {name: count for name, count in db.exec(counted)}  # noqa: C416  rows are not plain pairs
    said = select(Objection.outcome).join(CaseDecision, col(CaseDecision.id) == Objection.decision_id)
    outcomes = db.exec(said.join(Case, col(Case.id) == CaseDecision.case_id).where(*mine, Objection.made_at >= since)).all()
    return Figures(
        days=days,
        open=_ages(db, mine),
        decided=len(took),
        median_hours=share(took, 0.5),
        ninety_hours=share(took, 0.9),
        decisions=tuple((one, made.get(one, 0)) for one in DECISIONS),
        objections=len(outcomes),
        answered=sum(1 for one in outcomes if one),
        upheld=sum(1 for one in outcomes if one == "upheld"),
        sources=_sources(db, mine, since),
    )


def _sources(db: Session, mine: tuple[Any, ...], since: datetime) -> tuple[tuple[str, int], ...]:
    counted = select(Case.source, func.count()).where(*mine, Case.opened_at >= since).group_by(Case.source)
    made = {name: count for name, count in db.exec(counted)}  # noqa: C416  rows are not plain pairs
    return tuple((one, made.get(one, 0)) for one in SOURCES)


def _ages(db: Session, mine: tuple[Any, ...]) -> tuple[tuple[str, int], ...]:
    now, counts = clock.now(), dict.fromkeys((*(name for name, _ in AGES), "older"), 0)
    for opened in db.exec(select(Case.opened_at).where(*mine, col(Case.closed_at).is_(None))):
        counts[next((name for name, most in AGES if now - opened < most), "older")] += 1
    return tuple(counts.items())


def share(values: list[float], part: float) -> float | None:
    """The smallest of the sorted values that at least this part of them does not exceed (nearest rank); None of none."""
    if not values:
        return None
    rank = -(-len(values) * round(part * 100) // 100)
    return values[max(rank, 1) - 1]


@dataclass(frozen=True, slots=True)
class TemplateView:
    """Words that staff use again."""

    public_id: str
    municipality_code: str
    name: str
    words: str


def templates(db: Session, actor: Actor, *, town: str = "") -> tuple[TemplateView, ...]:
    """The templates of the actor's towns, or of one of them, by name. Raises as ``queries.staff.desk``."""
    codes = {one.code for one in staff.desk(db, actor).towns if not town or one.code == town}
    rows = db.exec(select(ReplyTemplate).where(col(ReplyTemplate.municipality_code).in_(codes)).order_by(ReplyTemplate.name))
    return tuple(TemplateView(row.public_id, row.municipality_code, row.name, row.words) for row in rows)
