"""通報: anybody points at something; staff of the town are told, and decide."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlmodel import col, func, or_, select, update

from tamemap import clock, session
from tamemap.domain.writing import check_text, reference
from tamemap.errors import Invalid, NotFound, TooMany
from tamemap.gateways import limits
from tamemap.models import Notice, Report, Role
from tamemap.queries.reports import ground_of_report, reported
from tamemap.services import case_files, notices, report_care
from tamemap.services.authority import ask_first, demand
from tamemap.services.turns import take_turn

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor, Ground

THINGS = ("flyer", "topic", "post", "group")
# their words stand under report_reasons.<reason>
REASONS = ("wrong", "over", "rude", "privacy", "advert", "other")
WORDS_LIMIT = 1000
PER_HOUR = 10
QUEUE = "/desk/cases"
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A report that waits for staff; ``again`` when the same one waited already."""

    public_id: str
    again: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A report that is decided; ``again`` when it was already."""

    public_id: str
    again: bool


def make(db: Session, actor: Actor, *, thing: str, thing_id: str, reason: str, words: str = "") -> Made:
    """Point at a flyer, a topic, a post or a group that the actor can see; guests may, too. Staff of its town get a notice.

    As many people's reports as the town wishes hold it until staff have looked. ``other`` needs ``words`` (up to 1000 signs).
    Raises NotFound, Gone, Invalid at ``thing``, ``reason`` or ``words``, and TooMany ``reports_too_many``: ten an hour for a
    person, a browser, and a guest's network.
    """
    if thing not in THINGS:
        raise Invalid.at("thing", "report_thing_wrong")
    if reason not in REASONS:
        raise Invalid.at("reason", "report_reason_wrong")
    words = check_text(words, field="words", limit=WORDS_LIMIT, lines=True) if words else ""
    if reason == "other" and not words:
        raise Invalid.at("words", "report_words_missing")
    found = reported(db, actor, thing=thing, thing_id=reference(thing_id))
    ask_first(actor, "report.make", found.ground)
    reporter = actor.owner_hash or session.hashed(f"client:{actor.client}")
    take_turn(db, f"report:{reporter}")
    waiting = db.exec(
        select(Report).where(
            Report.thing == thing,
            Report.thing_id == thing_id,
            Report.reporter_hash == reporter,
            col(Report.closed_at).is_(None),
        )
    ).first()
    if waiting is not None:
        return Made(waiting.public_id, again=True)
    _demand_rest(db, actor, reporter)
    row = Report(thing=thing, thing_id=thing_id, municipality_code=found.ground.municipality_code, reason=reason,
                 words=words, reporter_id=actor.person_id, reporter_hash=reporter, created_at=clock.now())  # fmt: skip
    db.add(row)
    db.flush()
    case = case_files.opened(db, thing=thing, thing_id=thing_id, ground=found.ground, at=row.created_at)
    report_care.hold_if_many(db, case, found.ground, found.title)
    for person_id in who_decides(db, found.ground):
        url = _where_it_waits(db, person_id, f"{QUEUE}/{case.public_id}")
        notices.tell(db, person_id=person_id, code="report_made", params={"title": found.title}, url=url)
    return Made(row.public_id, again=False)


def _where_it_waits(db: Session, person_id: int, url: str) -> str:
    """Where a notice of a report leads to: to its case; while one of another case is unread, both are one, and lead to the queue.

    A raid of two hundred posts is two hundred cases, and one mail.
    """
    mine = Notice.person_id == person_id, Notice.code == "report_made", col(Notice.read_at).is_(None)
    waiting = db.exec(select(Notice).where(*mine).order_by(col(Notice.id).desc())).first()
    if waiting is None or waiting.url == url:
        return url
    waiting.url = QUEUE
    db.add(waiting)
    db.flush()
    return QUEUE


def _demand_rest(db: Session, actor: Actor, reporter: str) -> None:
    since = clock.now() - HOUR
    count, oldest = db.exec(
        select(func.count(), func.min(Report.created_at)).where(Report.reporter_hash == reporter, Report.created_at > since)
    ).one()
    if count >= PER_HOUR:
        raise TooMany("reports_too_many", retry_after=max(1, math.ceil((oldest - since).total_seconds())))
    if actor.is_guest:
        # a guest can drop the cookie, but not the network
        limits.demand("report", actor.client, amount=PER_HOUR, seconds=int(HOUR.total_seconds()), code="reports_too_many")


def who_decides(db: Session, ground: Ground) -> list[int]:
    """Staff of the town; where there are none, and for the region's own boards, the operators (person ids; for services)."""
    staff = db.exec(
        select(Role.person_id).where(Role.role == "staff", Role.municipality_code == ground.municipality_code).distinct()
    ).all()
    if staff and ground.municipality_code is not None:
        return list(staff)
    region = or_(col(Role.region_id) == ground.region_id, col(Role.region_id).is_(None))
    return list(db.exec(select(Role.person_id).where(Role.role == "operator", region).distinct()).all())


def close(db: Session, actor: Actor, *, report: str) -> Closed:
    """Say that a report is dealt with (staff of its town, the operator). Raises NotFound, Unauthenticated, Forbidden."""
    row = db.exec(select(Report).where(Report.public_id == reference(report)).with_for_update()).first()
    if row is None:
        raise NotFound("report_unknown")
    demand(db, actor, "report.see", ground_of_report(db, row), thing=row.thing, thing_id=row.thing_id,
           detail={"report": row.public_id})  # fmt: skip
    if row.closed_at is not None:
        return Closed(row.public_id, again=True)
    row.closed_at = clock.now()
    db.add(row)
    db.flush()
    case_files.kept(db, actor, thing=row.thing, thing_id=row.thing_id)
    return Closed(row.public_id, again=False)


def settle(db: Session, *, thing: str, thing_id: str) -> int:
    """Close all open reports about something that was taken away, and its case, within the caller's transaction.

    Answers how many reports there were.
    """
    case_files.shut(db, thing=thing, thing_id=thing_id)
    return db.exec(
        update(Report)
        .where(col(Report.thing) == thing, col(Report.thing_id) == thing_id, col(Report.closed_at).is_(None))
        .values(closed_at=clock.now())
    ).rowcount
