"""Choosing how one is told: on which way what, at once or gathered, and at which hours never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import select

from tamemap import clock
from tamemap.domain.permissions import demand_self
from tamemap.domain.pushing import checked_days, said_ways
from tamemap.domain.quiet import checked_night
from tamemap.domain.telling import DIGESTS
from tamemap.domain.writing import reference
from tamemap.errors import Invalid
from tamemap.models import Map, Person
from tamemap.queries.notice_settings import NoticeSettings, settings_of
from tamemap.services.push_sending import reschedule

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

HOURS = range(24)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weekly:
    """When a weekly digest comes and what else it tells, as ``NoticeSettings`` says: ``day`` and ``hour`` as digits (an empty
    hour: after the quiet hours), ``map`` a slug."""

    day: str = "0"
    hour: str = ""
    map: str = ""


def choose(
    db: Session,
    actor: Actor,
    *,
    mail_notices: bool,
    digest: str,
    quiet_from: str,
    quiet_to: str,
    weekly: Weekly | None = None,
    ways: Mapping[str, str] | None = None,
    duty_days: tuple[str, ...] | None = None,
) -> NoticeSettings:
    """Keep how the actor wants to be told; both times empty: no quiet hours; None: as before. Who begins with gathered mails
    gets what is new from now on. What waits for hours that were quiet until now is shown when they allow it.

    Raises Unauthenticated, Forbidden for a program, and Invalid at ``digest``, ``night_from``, ``night_to``, ``digest_day``,
    ``digest_hour``, ``digest_map``, ``ways`` or ``duty_days``.
    """
    row = db.get_one(Person, demand_self(actor), with_for_update=True)
    if digest not in DIGESTS:
        raise Invalid.at("digest", "choice_missing")
    begin, end = checked_night(quiet_from, quiet_to)
    if weekly is not None:
        row.digest_day, row.digest_hour, row.digest_map_id = _checked(db, weekly)
    row.told_by = _or_wrong("ways", lambda: said_ways(dict(ways))) if ways is not None else row.told_by
    row.duty_days = _or_wrong("duty_days", lambda: checked_days(duty_days)) if duty_days is not None else row.duty_days
    if row.digest == "off" and digest != "off":
        row.digested_at = clock.now()
    row.mail_notices, row.digest, row.quiet_from, row.quiet_to = mail_notices, digest, begin, end
    db.add(row)
    db.flush()
    reschedule(db, row)
    return settings_of(db, row)


def _checked(db: Session, weekly: Weekly) -> tuple[int, int | None, int | None]:
    """Day, hour and map as they are kept. Raises Invalid."""
    day = _or_wrong("digest_day", lambda: _number(weekly.day, range(7)))
    hour = _or_wrong("digest_hour", lambda: _number(weekly.hour, HOURS)) if weekly.hour else None
    here = db.exec(select(Map.id).where(Map.slug == reference(weekly.map))).first() if weekly.map else None
    if weekly.map and here is None:
        raise Invalid.at("digest_map", "choice_missing")
    return day, hour, here


def _number(said: str, among: range) -> int:
    if not (said.isascii() and said.isdigit()) or len(said) > 2 or int(said) not in among:
        raise ValueError(said)
    return int(said)


def _or_wrong(field: str, make: Callable[[], T]) -> T:
    """What is made, or Invalid ``choice_missing`` at that field."""
    try:
        return make()
    except ValueError:
        raise Invalid.at(field, "choice_missing") from None
