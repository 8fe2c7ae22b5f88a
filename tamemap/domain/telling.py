"""When people are told: their quiet hours, and when a mail that gathers the news is due. Times of day are Tokyo's."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tamemap import clock
from tamemap.domain.quiet import Quiet, closed_now

DIGESTS = ("off", "daily", "weekly")
# the morning of those who are never quiet
MORNING = time(7)
MONDAY = 0
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def quiet_until(quiet_from: str, quiet_to: str, now: datetime) -> datetime | None:
    """The moment at which the quiet hours end that last at this moment; None outside of them, and where there are none
    (both empty). The hours (``HH:MM``) may go across midnight."""
    resting = closed_now(Quiet(night_from=quiet_from, night_to=quiet_to), now)
    return resting.until if resting else None


def digest_moment(
    digest: str, quiet_from: str, quiet_to: str, now: datetime, *, day: int | None = None, hour: int | None = None
) -> datetime | None:
    """The latest moment, now or before, at which a ``daily`` or ``weekly`` gathering was due: when the quiet hours end, else at
    seven; None for ``off``. A weekly one on its ``day`` (0 is Monday, also None) and, where it has one, at its ``hour``."""
    if digest not in DIGESTS[1:]:
        return None
    at = time.fromisoformat(quiet_to) if quiet_from and quiet_to else MORNING
    if digest == "weekly" and hour is not None:
        at = time(hour)
    local = clock.tokyo(now)
    back = (local.weekday() - (day or MONDAY)) % 7 if digest == "weekly" else 0
    moment = datetime.combine(local.date() - timedelta(days=back), at, tzinfo=clock.TOKYO)
    if moment > local:
        moment -= WEEK if digest == "weekly" else DAY
    return moment.astimezone(now.tzinfo)
