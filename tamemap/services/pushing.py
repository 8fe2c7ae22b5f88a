"""Deciding that a notice is shown on somebody's devices, and when (for services; then comes ``services.push_sending``)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from tamemap import clock
from tamemap.config import settings
from tamemap.domain.pushing import GATHER, codes_of, kind_of, on_duty, ways_of
from tamemap.domain.telling import quiet_until
from tamemap.models import Notice, Person, PushSubscription, SignedIn, Suspension
from tamemap.services import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlmodel import Session

# one that waits at least so much longer takes others along: the worker cannot be at it yet
SURELY_WAITS = timedelta(minutes=1)


def reachable(person_ids: Iterable[int]) -> Any:
    """The condition under which a person has a device that notices may be shown on: they have switched one on and are signed in
    there, are here still, and are suspended nowhere."""
    now = clock.now()
    devices = (
        select(PushSubscription.id)
        .join(SignedIn, col(SignedIn.id) == PushSubscription.signed_in_id)
        .where(PushSubscription.person_id == Person.id, SignedIn.person_id == Person.id, SignedIn.expires_at > now)
    )
    stopped = select(Suspension.id).where(
        Suspension.person_id == Person.id, Suspension.since <= now, Suspension.until > now, col(Suspension.lifted_at).is_(None)
    )
    return col(Person.id).in_(list(person_ids)) & col(Person.left_at).is_(None) & devices.exists() & ~stopped.exists()


def show(db: Session, notices: Sequence[Notice]) -> set[int]:
    """Have these notices, new or renewed, shown on the devices of whom they are for, within the caller's transaction.

    Answers whose (person ids) need no mail now: shown there alone. Who has no device, or wants that kind elsewhere, is not among
    them. Quiet hours, days on duty and what has just been shown are waited for.
    """
    if settings().push == "off" or not notices:
        return set()
    people = {one.id: one for one in db.exec(select(Person).where(reachable({one.person_id for one in notices})))}
    alone = set()
    for notice in notices:
        person = people.get(notice.person_id)
        way = ways_of(person.told_by)[kind_of(notice.code)] if person else "mail"
        # that ways in have changed is mailed by services.ways, whatever somebody has chosen
        if person is None or way not in {"push", "both"} or (notice.code.startswith("way_") and person.mail):
            continue
        _wait(db, person, notice)
        if way == "push":
            alone.add(person.id or 0)
    db.flush()
    return alone


def free_moment(person: Person, kind: str, moment: datetime) -> datetime:
    """The first moment, then or later, at which this person may be disturbed by this kind."""
    for _ in range(3):  # quiet hours may end on a day off, and a day on duty begin in them
        moment = quiet_until(person.quiet_from, person.quiet_to, moment) or moment
        if kind != "office" or (later := on_duty(person.duty_days, moment)) == moment:
            break
        moment = later
    return moment


def _wait(db: Session, person: Person, notice: Notice) -> None:
    kind, now = kind_of(notice.code), clock.now()
    last = _last_shown(db, person, kind) if kind == "office" else notice.pushed_at
    at = free_moment(person, kind, max(now, last + GATHER) if last else now)
    same = select(Notice.id).where(Notice.person_id == person.id, Notice.push_at == at, Notice.id != notice.id).limit(1)
    taken_along = at > now + SURELY_WAITS and db.exec(same).first() is not None
    notice.push_at = at
    db.add(notice)
    if not taken_along:
        outbox.put(db, "push", {"person": person.id}, due_at=at)


def _last_shown(db: Session, person: Person, kind: str) -> datetime | None:
    mine = Notice.person_id == person.id, col(Notice.code).in_(codes_of(kind))
    lately = select(func.max(Notice.pushed_at)).where(*mine, col(Notice.pushed_at) > clock.now() - GATHER)
    found: datetime | None = db.exec(lately).one()
    return found
