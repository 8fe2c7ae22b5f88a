"""What time it is. Services get the time from here so that tests can stand still or travel.

Stored times are UTC and aware; people read Asia/Tokyo.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKYO = ZoneInfo("Asia/Tokyo")
# later than any date of ours
NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present day in Tokyo."""
    return now().astimezone(TOKYO).date()


def tokyo(moment: datetime) -> datetime:
    """The same moment as the town's clocks show it."""
    return moment.astimezone(TOKYO)


def day_start(day: date) -> datetime:
    """Midnight in Tokyo at the start of that day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=TOKYO).astimezone(UTC)


def day_end(day: date) -> datetime:
    """Midnight in Tokyo after that day (its 24:00), in UTC."""
    return day_start(day + timedelta(days=1))


@contextmanager
def frozen_at(moment: datetime) -> Iterator[None]:
    """Within the block the clock stands at that moment (for tests and the demo)."""
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


def from_timestamp(seconds: float) -> datetime:
    """The moment of a Unix time; far beyond any date of ours for a number that names none."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return NEVER
