"""When people are told: quiet hours over midnight, and the moments of gathered mails."""

from __future__ import annotations

from datetime import datetime

import pytest

from tamemap.clock import TOKYO
from tamemap.domain.telling import digest_moment, quiet_until


def at(words: str) -> datetime:
    """A moment of Tokyo's clocks; 2026-11-22 is a Sunday."""
    return datetime.fromisoformat(words).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-22 20:59", None),
        ("2026-11-22 21:00", "2026-11-23 07:00"),
        ("2026-11-22 23:59", "2026-11-23 07:00"),
        ("2026-11-23 00:00", "2026-11-23 07:00"),
        ("2026-11-23 06:59", "2026-11-23 07:00"),
        ("2026-11-23 07:00", None),
    ],
)
def test_quiet_hours_go_over_midnight(now, until):
    assert quiet_until("21:00", "07:00", at(now)) == (at(until) if until else None)


def test_quiet_hours_of_the_day_and_none_at_all():
    assert quiet_until("09:00", "17:30", at("2026-11-22 12:00")) == at("2026-11-22 17:30")
    assert quiet_until("09:00", "17:30", at("2026-11-22 23:00")) is None
    assert quiet_until("", "", at("2026-11-22 23:00")) is None


@pytest.mark.parametrize(
    ("digest", "hours", "now", "moment"),
    [
        ("daily", ("21:00", "07:00"), "2026-11-22 07:00", "2026-11-22 07:00"),
        ("daily", ("21:00", "07:00"), "2026-11-22 06:59", "2026-11-21 07:00"),
        ("daily", ("22:00", "08:30"), "2026-11-22 08:00", "2026-11-21 08:30"),
        ("daily", ("", ""), "2026-11-22 23:00", "2026-11-22 07:00"),
        ("weekly", ("21:00", "07:00"), "2026-11-22 12:00", "2026-11-16 07:00"),
        ("weekly", ("21:00", "07:00"), "2026-11-23 06:59", "2026-11-16 07:00"),
        ("weekly", ("21:00", "07:00"), "2026-11-23 07:00", "2026-11-23 07:00"),
        ("off", ("21:00", "07:00"), "2026-11-22 12:00", None),
        ("", ("", ""), "2026-11-22 12:00", None),
    ],
)
def test_gatherings_are_due_in_the_morning(digest, hours, now, moment):
    assert digest_moment(digest, *hours, at(now)) == (at(moment) if moment else None)
