"""Hours as flyers write them: 午前10時〜11時30分, 午後六時半開演, 13:30~15:30, 正午, 24:00, 翌1時."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.reading_words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON, DAY = 12 * 60, 24 * 60
EARLIEST = 5 * 60  # of an hour at which anything begins, where nothing says 午前
_HALF = r"(?P<half>午前|午後|AM|PM|朝|昼|夜|夕方?|正午)?"
_CLOCK = re.compile(
    rf"(?P<eve>翌日?の?)?{_HALF}(?P<next>翌日?)?(?:(?P<h>2[0-9]|1\d|0?\d)(?:時(?:(?P<m>[0-5]?\d)分|(?P<halfpast>半))?(?![間程限])|[:：](?P<c>[0-5]\d))"
    r"(?P<after>AM|PM)?|(?<=正午)|(?P<mid>深夜0時))",
    re.IGNORECASE,
)
_LINK = re.compile(r"[(]?(?:開演|開始|スタート|集合|開会|出発)?[)]?(?:から|より|~|-|[→▶►⇒➡]|ー)[(]?")
BEGIN = ("開会式", "開演", "開始", "スタート", "START", "集合", "出発", "上映", "開会", "キックオフ")
CLOSE = ("閉会式", "終演", "終了", "帰着", "閉会", "解散", "終わり", "閉場", "まで", "END", "CLOSE", "終演予定")
DOORS = ("開場", "受付", "OPEN", "入場", "受付開始", "最終受付", "最終入場", "受付は", "受付時間")
PAUSE = re.compile(
    r"[/、,と・及び並に]{1,2}|[、,/・)]{0,2}(?:\d{1,2}日)?[(]?(?:[月火水木金土日]曜日?|(?<=日)[(][土日祝]|(?<=[(])[土日祝]|[土日]日|祝日)(?:[・祝]{0,2})[)]?[:は/]?"
)
ANEW = re.compile(r"[月火水木金土日]曜|[(][月火水木金土日]|[土日][)日]|\d日")
LATE_NOON = 13 * 60


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day in minutes since midnight (more than 1440: the next day); ``role`` is "", "begin", "close" or "doors"."""

    minutes: int
    at: int
    end: int
    role: str
    marked: bool  # 午前 or 午後 stands with it


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when, in minutes; ``to`` is None when no end is said."""

    start: int
    to: int | None
    at: int
    clear: bool  # written as a range, or called 開演, or the only time there


def hours_in(text: str) -> Hours | None:
    """The hours of an event in a text that is about one; None when there are none."""
    text = counted(text)
    hours = _hours(text)
    if not hours:
        return None
    only_doors = all(one.role == "doors" for one in hours)
    ranges = [
        (one, other)
        for one, other in itertools.pairwise(hours)
        if _LINK.fullmatch(text[one.end : other.at]) and (one.role != "doors" or only_doors)
    ]
    if len(hours) > 1 and not text[hours[0].end : hours[1].at] and not hours[0].role and not hours[1].role:
        ranges = [(hours[0], hours[1])]  # a wave dash that was not seen
    begins = [one for one in hours if one.role == "begin"]
    plain = [one for one in hours if one.role not in {"doors", "close"}]
    doors = [one for one in hours if one.role == "doors"]
    if all(one.role == "close" for one in hours):
        return None  # 解散 15時: when it is over says nothing of when it begins
    if begins:
        first = begins[0]
    elif ranges:
        first = ranges[0][0]
    elif plain:
        first = plain[0]
    else:
        first = (doors or hours)[0]
    to = _to(first, ranges, hours, text)
    several = len({one.minutes for one in begins}) > 1  # 開会式 8:45 試合開始 9:00
    return Hours(first.minutes, to, first.at, bool(begins or ranges or len(hours) == 1) and not (several or only_doors))


def closing_in(text: str) -> int | None:
    """The hour at which it is over, of a text that says only that (解散 15時ごろ); None else."""
    hours = _hours(counted(text))
    return hours[0].minutes if len(hours) == 1 and hours[0].role == "close" else None


def _to(first: Hour, ranges: Sequence[tuple[Hour, Hour]], hours: Sequence[Hour], text: str) -> int | None:
    closing = [one.minutes for one in hours if one.role == "close" and one.minutes > first.minutes]
    own = next((other for one, other in ranges if one is first), None)
    if own is None:
        return closing[0] if closing else None
    last = own
    for one, other in ranges:
        # 9:30~12:00/13:15~16:00 is one day with a pause; ①…②… are two sittings
        between = text[last.end : one.at]
        noon = not between and one.marked and last.minutes <= LATE_NOON <= one.minutes + 60
        if one.at >= last.end and (noon or PAUSE.fullmatch(between)):
            last = other
    return last.minutes


def _hours(text: str) -> list[Hour]:
    found = [match for match in _CLOCK.finditer(text) if _is_clock(match, text)]
    tags_first = _tags_stand_before(found, text)
    hours: list[Hour] = []
    for number, match in enumerate(found):
        until = found[number + 1].start() if number + 1 < len(found) else len(text)
        before = text[found[number - 1].end() if number else 0 : match.start()]
        role = _role(before, text[match.end() : until], tags_first)
        if not role and hours and hours[-1].role == "doors" and _LINK.fullmatch(before):
            role = "doors"  # 受付 9:00~9:30
        # 土曜 9:30~16:00 日曜 9:30~15:00: each day begins anew
        hours.append(_hour(match, role, [] if ANEW.search(before) else hours))
    return hours


def _is_clock(match: re.Match[str], text: str) -> bool:
    if not match["h"]:
        return match["half"] == "正午"
    return not text[match.end() :].startswith(("間", "限", "頃生", "%"))


def _tags_stand_before(found: Sequence[re.Match[str]], text: str) -> bool:
    """開場13:30 開演14:00 (before) or 13:30開場 14:00開演 (behind): as it is with the first."""
    return bool(found) and _tag(text[: found[0].start()].rstrip(":・/ ("), True) != ""


def _role(before: str, after: str, tags_first: bool) -> str:
    if tags_first or _bracketed(before):
        said = _tag(before.rstrip(":・ "), True)
        return said or ("close" if _tag(after, False) == "close" else "")
    return _tag(after.lstrip("より・"), False)


def _bracketed(before: str) -> bool:
    return re.search(r"[(、,/](?:受付|開場|開演|(?:終演|終了|閉会|解散)(?:予定)?)[は:]?$", before) is not None


def _tag(text: str, behind: bool) -> str:
    text = text.upper()
    for role, words in (("doors", DOORS), ("begin", BEGIN), ("close", CLOSE)):
        if any(text.endswith(word) if behind else text.startswith(word) for word in words):
            return role
    return ""


def _hour(match: re.Match[str], role: str, before: Sequence[Hour]) -> Hour:
    half = (match["half"] or match["after"] or "").upper()
    if not match["h"]:
        return Hour(NOON, match.start(), match.end(), role, True)
    minutes = int(match["h"]) * 60 + (30 if match["halfpast"] else int(match["m"] or match["c"] or 0))
    if not (half or before or match["h"].startswith("0") or match["next"] or match["eve"]) and 60 <= minutes < EARLIEST:
        minutes += NOON  # nobody invites to half past one at night
    marked = half in {"午前", "午後", "AM", "PM", "夜", "夕", "夕方", "昼", "朝"}
    if (half in {"午後", "PM", "夜", "夕", "夕方"} and minutes < NOON) or (half == "昼" and minutes < 6 * 60):
        minutes += NOON
    if match["next"] or match["eve"]:
        minutes += DAY
    elif not marked and before and before[-1].minutes >= minutes and role != "doors":
        # 午後1時~4時: the half of the day carries over; 18:00~2:00 goes past midnight
        minutes += NOON if minutes < NOON and minutes + NOON > before[-1].minutes else DAY if role == "" else 0
    elif not marked and role == "doors" and before and before[-1].marked and minutes + NOON <= before[-1].minutes:
        minutes += NOON
    return Hour(minutes, match.start(), match.end(), role, marked)
