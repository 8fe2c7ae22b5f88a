"""Which notices are shown on people's devices, by which way they are told, and how patiently a device is tried."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from tamemap import clock

WAYS = ("push", "mail", "both", "none")
"""Where a kind of notices is shown besides the page: on devices (by mail where there is none), by mail, both, nowhere."""

KINDS = ("mine", "called", "followed", "office", "account")
"""What notices are about: what one posted; somebody speaks to one; what one follows; the work of staff; oneself."""

EVERY_DAY = "0123456"
"""The days of the week, Monday first."""

_KIND_OF = {
    "called": ("mentioned", "topic_answered", "town_answer_received", "town_answer_considering", "town_answer_adopted",
               "town_answer_declined"),
    "followed": ("topic_news", "board_news"),
    "office": ("flyer_held", "report_made", "care_held", "group_asked", "group_without_owner", "town_without_lead",
               "objection_made", "objection_upheld_staff", "objection_declined_staff"),
    "mine": ("flyer_recalled", "flyer_deleted", "flyer_up", "post_removed", "topic_restored", "care_reports", "case_close",
             "case_hold", "case_hide_picture", "case_remove", "case_warn", "case_suspend", "case_undone", "objection_upheld",
             "objection_declined"),
}  # fmt: skip
_KINDS = {code: kind for kind, codes in _KIND_OF.items() for code in codes}

# staff choose to be called from their work; everybody else has, by switching a device on
_DEFAULT = {"office": "mail"}

GATHER = timedelta(minutes=10)
"""The least time between two messages about one thing, and between two about the queue of staff."""

BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6),
            timedelta(days=1))  # fmt: skip
GIVEN_UP_AFTER = 12
"""So many failures in a row, about a week, and a device counts as gone."""

PATIENCE = timedelta(minutes=30)
"""For how long a notice waits for a device that cannot be reached, before it goes by mail."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a push service is to treat a message (RFC 8030): for how many seconds it keeps it, and how urgent it is."""

    ttl: int
    urgency: str


_MANNERS = {"office": Manner(12 * 3600, "normal"), "followed": Manner(24 * 3600, "normal"), "test": Manner(60, "high")}


def manner_of(kind: str) -> Manner:
    """The manner of a kind; ``test`` is a test message."""
    return _MANNERS.get(kind, Manner(3 * 24 * 3600, "normal"))


def kind_of(code: str) -> str:
    """What a notice of this code is about, one of ``KINDS``."""
    return _KINDS.get(code, "account")


def codes_of(kind: str) -> tuple[str, ...]:
    """The codes of a kind; not of ``account``, which is everything else."""
    return _KIND_OF[kind]


def ways_of(told_by: str) -> dict[str, str]:
    """By kind the way that somebody has chosen (as ``said_ways`` keeps it), else the usual one."""
    chosen = dict(part.split(":") for part in told_by.split())
    return {kind: chosen.get(kind, _DEFAULT.get(kind, "push")) for kind in KINDS}


def said_ways(ways: dict[str, str]) -> str:
    """The ways as they are kept: the usual ones are left out, so that they may change. Raises KeyError, ValueError for others."""
    wrong = [way for way in ways.values() if way not in WAYS]
    if wrong:
        raise ValueError(wrong[0])
    return " ".join(f"{kind}:{ways[kind]}" for kind in KINDS if kind in ways and ways[kind] != _DEFAULT.get(kind, "push"))


def on_duty(days: str, moment: datetime) -> datetime:
    """The first moment, then or later, on one of these days of the week (digits, 0 is Monday) in Tokyo; none: any day."""
    local = clock.tokyo(moment)
    if not days or str(local.weekday()) in days:
        return moment
    ahead = next(number for number in range(1, 7) if str((local.weekday() + number) % 7) in days)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + ahead * DAY
    return midnight.astimezone(moment.tzinfo)


def checked_days(days: tuple[str, ...]) -> str:
    """Days of the week as they are kept; all or none of them is every day. Raises ValueError for what is no day."""
    if any(not re.fullmatch(r"[0-6]", one) for one in days):
        raise ValueError(days)
    kept = "".join(sorted(set(days)))
    return "" if kept == EVERY_DAY else kept


def rest_after(failures: int, asked: int | None = None) -> timedelta:
    """How long a device is let be after so many failures in a row (1 or more); ``asked``: seconds that its service asks for."""
    own = BACK_OFF[min(failures, len(BACK_OFF)) - 1]
    return max(own, min(timedelta(seconds=asked), DAY)) if asked else own
