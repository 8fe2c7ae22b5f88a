"""Where lines stand: their boxes, rows and neighbours.

Vertical lines are looked at with the page turned, so that "to the right" is always on along the line and "below" is always
the next line: one set of rules serves both ways of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

Box = tuple[float, float, float, float]
WEEKDAY_ALONE = re.compile(  # 2027/日曜日: some set the year with it
    r"(?:20\d\d(?:年|[/.])?)?"
    r"[(\[<]?(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?|[月火水木金土日](?:曜日?)?(?:[・,]?祝日?)?)[)\]>]?",
    re.IGNORECASE,
)
WEEKDAY_FIRST = re.compile(r"\s*(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?\s+(?=\d{1,2}:\d\d)", re.IGNORECASE)
NUMBERED = re.compile(r"[(]?\d{1,2}[).,]|[◆◇●○◎■□▼・]")
DAY_LAST = re.compile(r"(?<!\d)(?:1[0-2]|0?[1-9])(?:[/.]|月)(?:3[01]|[12]\d|0?[1-9])日?$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was read: left, top, right, bottom in pixels of the upright page; the size of its type in pixels."""

    text: str
    box: Box
    size: float
    vertical: bool = False
    confidence: float = 1.0

    @property
    def frame(self) -> Box:
        """Its box with the direction of reading to the right (a vertical line's next line is "below" it)."""
        left, top, right, bottom = self.box
        return (top, -right, bottom, -left) if self.vertical else self.box


def with_weekdays(lines: Sequence[Line]) -> list[Line]:
    """A weekday that stands by itself, in smaller type beside or under its day, joins the day."""
    made = [part for line in lines for part in _weekday_first(line)]
    for mark in [line for line in made if WEEKDAY_ALONE.fullmatch(plain(line.text))]:
        days = [
            line
            for line in made
            if line is not mark
            and line.vertical == mark.vertical
            and DAY_LAST.search(plain(line.text))
            and _gap(line, mark) < 0.8 * max(line.size, mark.size)
        ]
        if days:
            day = min(days, key=lambda line: _gap(line, mark))
            box = (
                min(day.box[0], mark.box[0]),
                min(day.box[1], mark.box[1]),
                max(day.box[2], mark.box[2]),
                max(day.box[3], mark.box[3]),
            )
            year = re.match(r"20\d\d", plain(mark.text))
            said = f"{year[0]}年{day.text} {mark.text[4:].lstrip('年/／. ')}" if year else f"{day.text} {mark.text}"
            whole = Line(said, box, day.size, day.vertical, min(day.confidence, mark.confidence))
            made = [whole if line is day else line for line in made if line is not mark]
    return made


def _weekday_first(line: Line) -> list[Line]:
    """SAT 18:00-21:00 under 12.19: the weekday and the hours, each by itself."""
    found = WEEKDAY_FIRST.match(line.text)
    if not found or line.vertical:
        return [line]
    left, top, right, bottom = line.box
    at = left + (right - left) * found.end() / len(line.text)
    mark = replace(line, text=found[0].strip(), box=(left, top, at, bottom))
    return [mark, replace(line, text=line.text[found.end() :], box=(at, top, right, bottom))]


def with_split_words(lines: Sequence[Line], words: Container[str]) -> list[Line]:
    """Signs set so far apart that each was read by itself (会　場) are one line, where they make one of the words."""
    made = list(lines)
    for first in [line for line in lines if len(NUMBERED.sub("", plain(line.text))) == 1]:
        number = NUMBERED.match(plain(first.text))
        row = [
            line
            for line in made
            if len(plain(line.text)) <= 2 and line.vertical == first.vertical and same_row(first, line) and after(first, line)
        ]
        chain = [first, *sorted(row, key=lambda line: line.frame[0])]
        for many in (3, 2):
            some = chain[:many]
            text = "".join(plain(line.text) for line in some).removeprefix(number[0] if number else "")
            if len(some) == many and text in words and all(_gap(one, other) < 4 * one.size for one, other in pairwise(some)):
                box = (some[0].box[0], some[0].box[1], max(one.box[2] for one in some), max(one.box[3] for one in some))
                size, sure = max(one.size for one in some), min(one.confidence for one in some)
                at = made.index(first)
                made = [line for line in made if line not in some]
                made.insert(at, Line(f"{number[0] if number else ''}{text}", box, size, first.vertical, sure))
                break
    return made


def _gap(one: Line, other: Line) -> float:
    a, b = one.frame, other.frame
    return max(b[0] - a[2], 0.0) + max(b[1] - a[3], a[1] - b[3], 0.0) if b[0] >= a[0] - one.size else float("inf")


def in_rows(lines: Sequence[Line]) -> list[Line]:
    """Row after row, each from its beginning; two lines are in one row when the middle of the one is within the other."""
    rest = sorted(lines, key=lambda line: line.frame[1] + line.frame[3])
    ordered: list[Line] = []
    while rest:
        first = rest[0]
        row = [line for line in rest if (same_row(first, line) and 0.6 < line.size / first.size < 1.67) or line is first]
        ordered += sorted(row, key=lambda line: line.frame[0])
        rest = [line for line in rest if not any(line is other for other in row)]
    return ordered


def same_row(one: Line, other: Line) -> bool:
    """Whether two lines stand in one row."""
    a, b = one.frame, other.frame
    return min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * min(a[3] - a[1], b[3] - b[1])


def after(one: Line, other: Line) -> bool:
    """Whether the other line stands further along."""
    return other.frame[0] > one.frame[2] - 0.6 * one.size


def overlap(one: Line, other: Line) -> float:
    """How far two lines stand over each other, in pixels (negative: apart)."""
    return min(one.frame[2], other.frame[2]) - max(one.frame[0], other.frame[0])


def under(one: Line, other: Line, gaps: float) -> bool:
    """Whether the other line is the next below, at most ``gaps`` heights away."""
    gap = other.frame[1] - one.frame[3]
    return (
        -0.4 * one.size < gap < gaps * max(one.size, other.size)
        and overlap(one, other) > 0
        and (other.frame[1] > (one.frame[1] + one.frame[3]) / 2)
    )
