"""Days as flyers write them: 令和8年12月9日(水), R8.12.6, 12/19(土), 11.23 [祝], 8日(土)・9日(日), 毎月第3土曜."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import jpholiday

from tamemap.domain.reading_words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

ERAS = {"令和": 2018, "令": 2018, "R": 2018, "平成": 1988, "H": 1988}
WEEKDAYS = {sign: number for number, sign in enumerate("月火水木金土日")}
ENGLISH = {name: number for number, name in enumerate(("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"))}
MOST_DAYS = 190  # of a range; a longer one was read wrongly, or is no event

_ERA = r"(?:(?P<era>令和|平成|令|[RrHh])\.?)"
_YEAR = rf"(?:{_ERA}(?P<ey>\d{{1,2}})(?:年|[./])|(?:西暦)?'?(?P<y>20\d\d)(?:年|[./\-])|(?P<same>本年|今年))(?:\([^)]{{2,8}}\))?"
_WEEK = (
    r"(?:[(\[<（]?(?:祝日?[・,、])?(?P<w>[月火水木金土日])(?:曜日?)?(?P<h>[・,、/]?(?:祝日?|休日?|振休|振替休日?|国民の休日))?(?:[・,、][^\W\d]{1,4})?[)\]>）]"
    r"|(?P<wl>[月火水木金土日])曜日?|[(\[<]?(?P<we>MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?[)\]>]?"
    r"|[(\[<](?P<ho>祝日?|休|祝・?休日?)[)\]>]|(?P<hb>祝)(?![う賀儀辞意電い福勝宴])"
    # 12/12 土 16:30, 28日 日: by itself, before what is no word
    r"|(?P<wb>[月火水木金土日])(?:[・,、/]?(?P<hw>祝日?))?(?=$|[・,、~\-→▶►⇒/|※]|(?:午前|午後|開場|開演|朝|昼|夜)|\d{1,2}(?::\d|時|日)))"
)
_DAY = re.compile(
    rf"(?:{_YEAR}|(?<![\d./:\-]))(?P<m>1[0-2]|0?[1-9])(?:月|(?P<sep>[./]))(?P<d>3[01]|[12]\d|0?[1-9])(?:日(?!曜)|(?![\d:時./%]))"
    rf"{_WEEK}?",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"(?P<link>[・、,&＆と/]|および|及び|~|から|より|-|[→▶►⇒➡>])(?:{_YEAR})?(?:(?P<m>1[0-2]|0?[1-9])[月/.])?"
    rf"(?P<d>3[01]|[12]\d|0?[1-9])(?P<sun>日)?{_WEEK}?(?:(?<=[日)\]])|(?![\d:時./円名人]))",
    re.IGNORECASE,
)
# an arrow that was not seen: 12月4日[金]6日[日]
_AT_ONCE = re.compile(
    rf"(?P<link>)(?P<era>)(?P<ey>)(?P<y>)(?P<same>)(?P<m>)(?P<d>3[01]|[12]\d|[1-9])(?P<sun>日){_WEEK}", re.IGNORECASE
)
_MONTHLY = re.compile(r"毎月(?P<n>第[1-5](?:[・、,と]第?[1-5])*)[(]?(?P<w>[月火水木金土日])曜?")
# 12月第2日曜日
_NTH = re.compile(rf"(?:{_YEAR})?(?P<m>1[0-2]|0?[1-9])月(?:の)?第(?P<n>[1-5])(?P<w>[月火水木金土日])曜")
_AHEAD = re.compile(r"(?:(?P<we>MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?,?|(?P<w>[月火水木金土日])曜日?)$", re.IGNORECASE)
_LONE = re.compile(rf"(?<![\d月/.])(?P<d>3[01]|[12]\d|[1-9])日{_WEEK}", re.IGNORECASE)
YEAR_ALONE = re.compile(rf"{_ERA}(?P<ey>\d{{1,2}})年|(?P<y>20\d\d)(?:年|\b)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A day, several or a range as they stand in a text; ``at`` and ``end`` say where (in the text without spaces)."""

    days: tuple[date, ...]
    ranged: bool
    at: int
    end: int
    weekday: int | None  # as written
    fits: bool | None  # the weekday and 祝 with the day; None when neither is written
    year_said: bool
    form: str  # "full" with 月…日, "slash", "dot", "monthly", "lone"
    holiday: bool = False

    @property
    def first(self) -> date:
        """The day it begins."""
        return self.days[0]


def days_in(text: str, near: date, years: frozenset[int] = frozenset()) -> list[Mention]:
    """All days of a text in which nothing is read twice; a day without a year takes the likeliest near ``near``.

    ``years`` are those that stand on the page by themselves: they speak for a day of theirs.
    """
    text = counted(text)
    found: list[Mention] = []
    at = 0
    while match := _DAY.search(text, at):
        at = match.end()
        first = _resolved(match, near, years)
        ahead = _AHEAD.search(text[: match.start()])
        if first is not None and first.fits is None and ahead and _named(ahead) == first.first.weekday():
            first = replace(first, weekday=_named(ahead), fits=True)  # SAT 12.5
        if first is not None:
            whole = _followed(first, text, near)
            found.append(whole)
            at = max(at, whole.end)
    return found or list(_nth(text, near)) or list(_monthly(text, near))


def _resolved(match: re.Match[str], near: date, years: frozenset[int]) -> Mention | None:
    month, day = int(match["m"]), int(match["d"])
    weekday, holiday = _weekday(match)
    said = _year(match, near)
    form = {".": "dot", "/": "slash", None: "full"}[match["sep"]]
    if form != "full" and weekday is None and not holiday and said is None and match["d"].startswith("0") and form == "dot":
        return None
    chosen = _chosen(said, month, day, weekday, holiday, near, years)
    if chosen is None:
        return None
    fits = None if weekday is None and not holiday else _fits(chosen, weekday, holiday)
    return Mention((chosen,), False, match.start(), match.end(), weekday, fits, said is not None, form, holiday)


def _weekday(match: re.Match[str]) -> tuple[int | None, bool]:
    kanji = match["w"] or match["wl"] or match["wb"]
    weekday = WEEKDAYS[kanji] if kanji else ENGLISH[match["we"].upper()] if match["we"] else None
    return weekday, bool(match["h"] or match["ho"] or match["hb"] or match["hw"])


def _year(match: re.Match[str], near: date) -> int | None:
    if match["y"]:
        return int(match["y"])
    if match["same"]:
        return near.year
    if match["era"]:
        return ERAS[match["era"].upper() if match["era"].isascii() else match["era"]] + int(match["ey"])
    return None


def _chosen(  # noqa: PLR0917  a date has many parts
    said: int | None, month: int, day: int, weekday: int | None, holiday: bool, near: date, years: frozenset[int]
) -> date | None:
    options = [made for year in ([said] if said else range(near.year - 1, near.year + 3)) if (made := _made(year, month, day))]
    if not options:
        return None

    def unlikely(one: date) -> tuple[int, int, int, int]:
        away = (one - near).days
        wrong = int(weekday is not None and one.weekday() != weekday) + int(holiday and not _off(one))
        # two years off is further than anybody hangs a flyer out; a few days ago is likelier than next year
        far = int(away < -200 or away > 430)
        return wrong + far, int(bool(years) and one.year not in years), int(away < -7), abs(away)

    return min(options, key=unlikely)


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _off(day: date) -> bool:
    return bool(jpholiday.is_holiday(day))


def _fits(day: date, weekday: int | None, holiday: bool) -> bool:
    return (weekday is None or day.weekday() == weekday) and (not holiday or _off(day))


def _followed(first: Mention, text: str, near: date) -> Mention:
    """The days that follow at once: ・9日(日), ~25日(水), ~12/25."""
    days, ranged, end, fits = list(first.days), False, first.end, first.fits
    while match := _NEXT.match(text, end) or (_AT_ONCE.match(text, end) if first.weekday is not None else None):
        weekday, holiday = _weekday(match)
        open_end = match["link"] in set("~-→▶►⇒➡>") | {"", "から", "より"}
        if not (match["sun"] or match["m"] or weekday is not None or holiday):
            break
        day = _next_day(match, days[-1], text)
        if day is None or day <= days[-1] or (day - days[0]).days > MOST_DAYS:
            break
        if weekday is not None or holiday:
            fits = (fits is not False) and _fits(day, weekday, holiday)
        days.append(day)
        ranged, end = ranged or open_end, match.end()
    return replace(first, days=tuple(days), ranged=ranged, end=end, fits=fits)


def _next_day(match: re.Match[str], last: date, text: str) -> date | None:
    month = int(match["m"]) if match["m"] else last.month
    year = _year(match, last) or last.year + (month < last.month)
    return _made(year, month, int(match["d"]))


def _named(match: re.Match[str]) -> int:
    """The weekday that stands before a day."""
    return WEEKDAYS[match["w"]] if match["w"] else ENGLISH[match["we"].upper()]


def _nth(text: str, near: date) -> Iterator[Mention]:
    """12月第2日曜日: that day, of the year that is said or comes next."""
    for match in _NTH.finditer(text):
        said, month, weekday = _year(match, near), int(match["m"]), WEEKDAYS[match["w"]]
        for year in (said,) if said else (near.year, near.year + 1):
            first = date(year, month, 1)
            day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (int(match["n"]) - 1))
            if day.month == month and (said or day >= near - timedelta(days=7)):
                yield Mention((day,), False, match.start(), match.end(), weekday, True, said is not None, "full")
                break


def _monthly(text: str, near: date) -> Iterator[Mention]:
    """毎月第3土曜: its next time from the day of the photograph on."""
    for match in _MONTHLY.finditer(text):
        weekday = WEEKDAYS[match["w"]]
        weeks = {int(one) for one in re.findall(r"\d", match["n"])}
        for ahead in range(62):
            day = near + timedelta(days=ahead)
            if day.weekday() == weekday and (day.day - 1) // 7 + 1 in weeks:
                yield Mention((day,), False, match.start(), match.end(), weekday, None, False, "monthly")
                break


def lone_days(text: str, near: date, month: int | None) -> list[Mention]:
    """Days without a month (23日(祝)): of the month that the page names, else of the one in which the weekday fits next."""
    found = []
    for match in _LONE.finditer(counted(text)):
        weekday, holiday = _weekday(match)
        for ahead in range(13):
            months = near.month - 1 + ahead
            day = _made(near.year + months // 12, months % 12 + 1, int(match["d"]))
            if day and day >= near and _fits(day, weekday, holiday) and month in {None, day.month}:
                found.append(Mention((day,), False, match.start(), match.end(), weekday, True, False, "lone", holiday))
                break
    return found
