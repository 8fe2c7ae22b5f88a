"""Reads about whose things wait for a decision: since when they are here, and what was decided about them before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import Session, and_, col, func, select

from tamemap import clock
from tamemap.domain.care import DECISIONS
from tamemap.models import Case, CaseDecision, Flyer, Person, Post, Suspension

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

LATEST = 5


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """What staff decided before about something of theirs; ``case`` is its id, ``undone`` when it was taken back."""

    case: str
    kind: str
    decision: str
    rule: str
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class AuthorHistory:
    """Whose the thing is: since when they are here, how much they wrote, how often staff decided against them in this region.

    For one case alone also ``flyers``, the standing decisions by kind (``counts``, only those that there are), and the ``latest``
    five in other cases, the newest first.
    """

    name: str
    since: datetime | None
    posts: int
    decisions: int
    suspended_until: datetime | None
    flyers: int = 0
    counts: tuple[tuple[str, int], ...] = ()
    latest: tuple[EarlierDecision, ...] = ()


def authors_of(db: Session, rows: Sequence[Case]) -> dict[tuple[int | None, int], AuthorHistory]:
    """Whose things these cases are about, in short, by person and region; nobody's and those of who has left are not there."""
    ids = {row.author_id for row in rows if row.author_id is not None}
    people = {one.id: one for one in db.exec(select(Person).where(col(Person.id).in_(ids), col(Person.left_at).is_(None)))}
    wrote = select(Post.author_id, func.count()).where(col(Post.author_id).in_(ids), col(Post.deleted_at).is_(None))
    posts = dict(db.exec(wrote.group_by(col(Post.author_id))).all())
    earlier = select(Case.author_id, Case.region_id, func.count()).join(CaseDecision, col(CaseDecision.case_id) == Case.id)
    counted = earlier.where(col(Case.author_id).in_(ids), _against()).group_by(col(Case.author_id), col(Case.region_id))
    decided = {(who, region): count for who, region, count in db.exec(counted)}
    lasts = select(Suspension.person_id, Suspension.region_id, func.max(Suspension.until)).where(
        col(Suspension.person_id).in_(ids), Suspension.until > clock.now(), col(Suspension.lifted_at).is_(None)
    )
    rests = {(who, region): until for who, region, until in db.exec(lasts.group_by(Suspension.person_id, Suspension.region_id))}  # type: ignore[arg-type]
    return {
        (row.author_id, row.region_id): AuthorHistory(
            people[row.author_id].name,
            people[row.author_id].created_at,
            posts.get(row.author_id, 0),
            decided.get((row.author_id, row.region_id), 0),
            rests.get((row.author_id or 0, row.region_id)),
        )
        for row in rows
        if row.author_id in people
    }


def _against() -> Any:
    return and_(CaseDecision.decision != "keep", col(CaseDecision.undone_at).is_(None))


def whole_history(db: Session, row: Case, short: AuthorHistory) -> AuthorHistory:
    """The same with all that staff see in one case."""
    theirs = select(CaseDecision, Case.public_id, Case.thing).join(Case, col(Case.id) == CaseDecision.case_id)
    here = Case.author_id == row.author_id, Case.region_id == row.region_id
    before = theirs.where(*here, Case.id != row.id, CaseDecision.decision != "keep").order_by(col(CaseDecision.id).desc())
    kinds = select(CaseDecision.decision, func.count()).join(Case, col(Case.id) == CaseDecision.case_id)
    counted = {name: count for name, count in db.exec(kinds.where(*here, _against()).group_by(CaseDecision.decision))}  # noqa: C416  rows are not plain pairs
    flyers = select(func.count()).select_from(Flyer).where(Flyer.poster_id == row.author_id, col(Flyer.deleted_at).is_(None))
    return AuthorHistory(
        short.name,
        short.since,
        short.posts,
        short.decisions,
        short.suspended_until,
        db.exec(flyers).one(),
        tuple((one, counted[one]) for one in DECISIONS if one in counted),
        tuple(
            EarlierDecision(case, kind, one.decision, one.rule, one.decided_at, one.undone_at is not None)
            for one, case, kind in db.exec(before.limit(LATEST))
        ),
    )
