"""Days that belong together: 毎月第2水曜 and the days it falls on, a Saturday and the Sunday after it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tamemap.domain.reading_days import Mention, days_in, lone_days
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_times import hours_in
from tamemap.domain.reading_words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tamemap.domain.reading_lines import Item


CLOSE = 1.0  # scores of days that are listed alike


@dataclass(frozen=True, slots=True)
class Candidate:
    """A day that may be the event's, where it stands, and how much speaks for it."""

    mention: Mention
    item: Item
    score: float


def named_day(best: Candidate, found: Sequence[Candidate]) -> Candidate:
    """毎月第2・第4水曜日, and elsewhere 12月は9日・23日です: the first of the days that are named; else the candidate itself."""
    if best.mention.form != "monthly":
        return best
    named = [
        one.mention.first
        for one in found
        if one.mention.form in {"full", "slash"} and one.score > 0 and one.mention.first.weekday() == best.mention.weekday
    ]
    return replace(best, mention=replace(best.mention, days=(min(named),))) if named else best


def first_of_list(best: Candidate, found: Sequence[Candidate]) -> Candidate:
    """The first of several days set below each other in one column: the others are those after it."""
    here = best.item.lines[0]
    column = [
        one
        for one in found
        if one.item.kind == best.item.kind
        and one.item is not best.item
        and one.mention.form == best.mention.form
        and one.score > best.score - CLOSE
        and abs(one.item.lines[0].frame[0] - here.frame[0]) < here.size
        and 0.8 < one.item.lines[0].size / here.size < 1.25
    ]
    return min([best, *column], key=lambda one: one.mention.first)


def last_hour(items: Sequence[Item], day: date) -> int | None:
    """When the last day ends, where its hours are said by themselves: 本祭 16日 10時~15時."""
    called = re.compile(rf"(?<![\d月/]){day.day}日(?:\([^)]*\))?は?[、:/]?")
    for item in items:
        text = counted(item.text)
        found = called.search(text) if item.kind in {"when", "time", ""} else None
        behind = text[found.end() : found.end() + 16] if found else ""
        hours = hours_in(behind)
        if hours and hours.at == 0 and hours.to is not None:
            return hours.to
    return None


def day_after(best: Candidate, found: Sequence[Candidate]) -> tuple[Candidate, int] | None:
    """5日(土) 10:00~16:00 and, with hours of its own, 6日(日) 10:00~15:00: the last day, and when it ends; None without."""
    last: tuple[Candidate, int] | None = None
    day = best.mention.days[-1]
    while next_one := _next(best, found, day + timedelta(days=1)):
        last, day = next_one, next_one[0].mention.days[-1]
    return last


def _next(best: Candidate, found: Sequence[Candidate], day: date) -> tuple[Candidate, int] | None:
    text = counted(best.item.text)
    rest = text[best.mention.end :]
    lone = [replace(best, mention=mention) for mention in lone_days(rest, best.mention.first, None)]
    lone = [replace(one, mention=replace(one.mention, end=one.mention.end + best.mention.end)) for one in lone]
    for one in (*found, *lone):
        beside = one.item is best.item or (
            one.item.kind == best.item.kind and near(one.item, best.item) < 1 and 0.8 < one.item.size / best.item.size < 1.25
        )
        behind = counted(one.item.text)[one.mention.end :]
        following = days_in(behind, day)
        hours = hours_in(behind[: following[0].at] if following else behind)
        if one.mention.first == day and one.mention.fits and beside and hours and hours.to is not None and one.score > 0:
            return one, hours.to
    return None
