"""When: what a flyer's dates mean, how they are read, said and asked for. Days are days in Tokyo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import jpholiday

from tamemap import clock
from tamemap.errors import Invalid
from tamemap.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MIDNIGHT = re.compile(r"T24:00(?::00(?:\.0+)?)?(?=Z|[+-])")
FURTHEST = timedelta(days=5 * 366)
EARLIEST = date(2000, 1, 1)
NO_DAY_KEPT_UP = 60


@dataclass(frozen=True, slots=True)
class When:
    """A flyer's dates. All-day: from midnight to the midnight after the last day. Moments are aware, in UTC."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    all_day: bool = False

    def over_at(self) -> datetime | None:
        """When it is past: at its end; without an end at 24:00 of its day; never by itself without any date."""
        if self.ends_at is not None:
            return self.ends_at
        return clock.day_end(clock.tokyo(self.starts_at).date()) if self.starts_at is not None else None

    def last_day(self) -> date | None:
        """The last day, inclusive (an end at 24:00 belongs to the day before)."""
        end = self.ends_at or self.starts_at
        if end is None:
            return None
        if self.ends_at is not None and self.starts_at is not None and self.ends_at > self.starts_at:
            end -= timedelta(microseconds=1)
        return clock.tokyo(end).date()


def read_when(starts: str, ends: str) -> When:
    """Dates as the API takes them: ISO 8601 with an offset, or a date for all-day; 24:00 is the end of its day.

    Raises Invalid at ``starts_at`` or ``ends_at``.
    """
    start, start_is_day = _moment("starts_at", starts)
    end, end_is_day = _moment("ends_at", ends)
    if start is None:
        if end is not None:
            raise Invalid.at("starts_at", "start_missing")
        return When()
    if end is not None and start_is_day != end_is_day:
        raise Invalid.at("ends_at", "date_and_time_mixed")
    if start_is_day:
        last = end or start
        if last < start:
            raise Invalid.at("ends_at", "end_before_start")
        return When(start, clock.day_end(clock.tokyo(last).date()), all_day=True)
    if end is not None and end <= start:
        raise Invalid.at("ends_at", "end_before_start")
    return When(start, end)


def _moment(name: str, text: str) -> tuple[datetime | None, bool]:
    text = text.strip()
    if not text:
        return None, False
    try:
        if DAY.fullmatch(text):
            day = date.fromisoformat(text)
            moment, is_day = clock.day_start(day), True
        else:
            next_day = bool(MIDNIGHT.search(text))
            moment = datetime.fromisoformat(MIDNIGHT.sub("T00:00:00", text)) + timedelta(days=next_day)
            is_day = False
    except (ValueError, OverflowError):
        raise Invalid.at(name, "date_wrong") from None
    if moment.tzinfo is None:
        raise Invalid.at(name, "date_without_offset")
    try:
        day = clock.tokyo(moment).date()
    except OverflowError:
        raise Invalid.at(name, "date_wrong") from None
    if not EARLIEST <= day <= clock.today() + FURTHEST:
        raise Invalid.at(name, "date_too_far")
    return moment.astimezone(clock.now().tzinfo), is_day


def said_when(when: When) -> tuple[str | None, str | None]:
    """Start and end as the API gives them: dates for all-day (the last day inclusive), else with Tokyo's offset."""
    if when.all_day:
        first = clock.tokyo(when.starts_at).date().isoformat() if when.starts_at else None
        last = when.last_day()
        return first, last.isoformat() if last else None
    return tuple(clock.tokyo(moment).isoformat(timespec="seconds") if moment else None  # type: ignore[return-value]
                 for moment in (when.starts_at, when.ends_at))  # fmt: skip


@dataclass(frozen=True, slots=True)
class DateLabel:
    """The date tab of a card: ``11/23 月・祝`` in parts, and the whole in a sentence."""

    month: int
    day: int
    weekday: str
    holiday: str
    text: str
    time: str


def date_label(when: When, lang: str = "ja") -> DateLabel | None:
    """How a card says the dates; None for a flyer without any. During several days the tab shows the first."""
    return _label(when, lang, clock.today().year)


@lru_cache(maxsize=20_000)
def _label(when: When, lang: str, _this_year: int) -> DateLabel | None:
    if when.starts_at is None:
        return None
    start = clock.tokyo(when.starts_at)
    last = when.last_day() or start.date()
    text = day_words(start.date(), lang)
    if last != start.date():
        text = t("dates.range", lang, first=text, last=day_words(last, lang, since=start.date()))
    holiday = jpholiday.is_holiday_name(start.date()) or ""
    return DateLabel(start.month, start.day, weekday(start.date(), lang), holiday, text, time_words(when, lang))


def day_words(day: date, lang: str = "ja", since: date | None = None) -> str:
    """A day with its weekday: 11月23日（月・祝）; with the year when it is not this one's (or that of ``since``)."""
    mark = t("dates.holiday_mark", lang) if jpholiday.is_holiday(day) else ""
    key = "dates.day" if day.year == (since or clock.today()).year else "dates.day_year"
    return t(key, lang, year=day.year, month=day.month, day=day.day, weekday=weekday(day, lang) + mark)


def weekday(day: date, lang: str = "ja") -> str:
    """The weekday's short name."""
    return t("dates.weekdays", lang).split(",")[day.weekday()]


def time_words(when: When, lang: str = "ja") -> str:
    """The hours: 10:00〜11:30, 18:30から; empty for all-day. An end at midnight is said as 24:00."""
    if when.all_day or when.starts_at is None:
        return ""
    start = clock.tokyo(when.starts_at)
    if when.ends_at is None:
        return t("dates.from", lang, start=f"{start.hour}:{start.minute:02d}")
    end = clock.tokyo(when.ends_at)
    midnight = end.hour == end.minute == 0 and when.ends_at > when.starts_at
    clock_end = "24:00" if midnight else f"{end.hour}:{end.minute:02d}"
    return t("dates.hours", lang, start=f"{start.hour}:{start.minute:02d}", end=clock_end)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days that somebody asks for: from (inclusive) to (exclusive), in UTC."""

    start: datetime
    end: datetime


def asked_span(when: str) -> Span | None:
    """The span for ``when=today|tomorrow|weekend|week|YYYY-MM-DD|YYYY-MM-DD..YYYY-MM-DD``; None for no wish.

    The weekend is the coming Saturday and Sunday, or what is left of the present one; the week is seven days from today.
    Raises Invalid at ``when``.
    """
    when = when.strip()
    if not when:
        return None
    today = clock.today()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 if today.weekday() != 6 else -1)
    named: Mapping[str, tuple[date, date]] = {
        "today": (today, today),
        "tomorrow": (today + timedelta(days=1), today + timedelta(days=1)),
        "weekend": (max(saturday, today), saturday + timedelta(days=1)),
        "week": (today, today + timedelta(days=6)),
    }
    try:
        first, last = named.get(when) or _days(when)
        if last < first or last.year > 9998:
            raise ValueError
        return Span(clock.day_start(first), clock.day_end(last))
    except (ValueError, OverflowError):
        raise Invalid.at("when", "when_wrong") from None


def _days(when: str) -> tuple[date, date]:
    first, dots, last = when.partition("..")
    if not DAY.fullmatch(first) or (dots and not DAY.fullmatch(last)):
        raise ValueError(when)
    return date.fromisoformat(first), date.fromisoformat(last if dots else first)
