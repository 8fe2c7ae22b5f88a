"""お題: the period of a theme. Days and times are Tokyo's; without a time a day begins at 0:00 and ends at 24:00."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tamemap import clock
from tamemap.domain.dates import day_words
from tamemap.errors import Invalid
from tamemap.i18n import t

FURTHEST = timedelta(days=2 * 366)


@dataclass(frozen=True, slots=True)
class Period:
    """When a theme is open: from ``opens_at`` (None: at once) until ``ends_at`` (None: until somebody closes it), in UTC."""

    opens_at: datetime | None = None
    ends_at: datetime | None = None

    def coming(self, now: datetime) -> bool:
        """Whether it has not opened yet."""
        return self.opens_at is not None and now < self.opens_at

    def over(self, now: datetime) -> bool:
        """Whether it has ended: at that very minute it has."""
        return self.ends_at is not None and now >= self.ends_at


def read_period(*, opens_on: str = "", opens_time: str = "", ends_on: str = "", ends_time: str = "") -> Period:
    """A period as a form sends it: days (``YYYY-MM-DD``) and times of day (``HH:MM``), each may be empty.

    Raises Invalid at ``opens_on``, ``opens_time``, ``ends_on`` or ``ends_time``.
    """
    opens = _moment("opens", opens_on, opens_time, last=False)
    ends = _moment("ends", ends_on, ends_time, last=True)
    if ends is not None and ends <= (opens or clock.now()):
        raise Invalid.at("ends_on", "theme_ends_too_early")
    return Period(opens, ends)


def _moment(name: str, on: str, at: str, *, last: bool) -> datetime | None:
    if not on.strip():
        if at.strip():
            raise Invalid.at(f"{name}_on", "theme_day_missing")
        return None
    try:
        day = date.fromisoformat(on.strip())
    except ValueError:
        raise Invalid.at(f"{name}_on", "date_wrong") from None
    if not abs(day - clock.today()) <= FURTHEST:
        raise Invalid.at(f"{name}_on", "date_too_far")
    if not at.strip():
        return clock.day_end(day) if last else clock.day_start(day)
    try:
        moment = time.fromisoformat(at.strip())
    except ValueError:
        raise Invalid.at(f"{name}_time", "theme_time_wrong") from None
    return datetime.combine(day, moment.replace(tzinfo=None), tzinfo=clock.TOKYO).astimezone(clock.now().tzinfo)


def said_moment(moment: datetime | None, *, last: bool) -> tuple[str, str]:
    """Day and time as ``read_period`` takes them; a midnight is a day without a time."""
    if moment is None:
        return "", ""
    local = clock.tokyo(moment)
    if local.time() == time():
        return (local.date() - timedelta(days=last)).isoformat(), ""
    return local.date().isoformat(), f"{local:%H:%M}"


def said_period(period: Period) -> dict[str, str]:
    """A period as ``read_period`` takes it: what stands in a form."""
    opens, ends = said_moment(period.opens_at, last=False), said_moment(period.ends_at, last=True)
    return {"opens_on": opens[0], "opens_time": opens[1], "ends_on": ends[0], "ends_time": ends[1]}


def period_words(period: Period, lang: str = "ja") -> str:
    """As people say it: 11月30日（月）まで; with its beginning while it is coming; empty for a theme without a period."""
    now = clock.now()
    if period.coming(now):
        return t("theme.coming", lang, when=_words(period.opens_at, lang, last=False))
    if period.over(now):
        return t("theme.over", lang, when=_words(period.ends_at, lang, last=True))
    return t("theme.until", lang, when=_words(period.ends_at, lang, last=True)) if period.ends_at else ""


def _words(moment: datetime | None, lang: str, *, last: bool) -> str:
    on, at = said_moment(moment, last=last)
    return " ".join(filter(None, [day_words(date.fromisoformat(on), lang), at])) if on else ""
