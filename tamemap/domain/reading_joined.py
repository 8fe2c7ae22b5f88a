"""Lines that were read apart and belong together: a month over its day, labels set wide one below the other."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_rows import Line, same_row
from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

MONTH = re.compile(r"(?:1[0-2]|[1-9])月")
DAY = re.compile(r"(?:3[01]|[12]\d|[1-9])日?")
MOST_STACKED = 6  # signs of labels that were taken for one vertical line


def with_tiles(lines: Sequence[Line]) -> list[Line]:
    """A month set over or beside the great figure of its day, as on a leaf of a calendar, is one line with it."""
    made = list(lines)
    for month in [line for line in lines if MONTH.fullmatch(plain(line.text)) and not line.vertical]:
        days = [
            line
            for line in made
            if DAY.fullmatch(plain(line.text))
            and line.size >= month.size
            and not line.vertical
            and _apart(month, line) < 0.5 * line.size
            and line.box[3] > month.box[3]
        ]
        if not days:
            continue
        day = min(days, key=lambda line: _apart(month, line))
        text = f"{plain(month.text)}{plain(day.text).removesuffix('日')}日"
        whole = Line(text, _around(month, day), day.size, False, min(month.confidence, day.confidence))
        made = [whole if line is day else line for line in made if line is not month]
    return made


def with_unstacked(lines: Sequence[Line], words: Container[str]) -> list[Line]:
    """Labels set wide over each other (時　間 over 場　所) that were read as vertical lines are single signs again, where
    beside each of them stands the sign that makes it one of the words.
    """
    short = [line for line in lines if line.vertical and 1 < len(plain(line.text)) <= MOST_STACKED]
    split = {id(line): _signs(line) for line in short}
    single = [line for line in lines if len(plain(line.text)) == 1 and not line.vertical]
    made: list[Line] = []
    for line in lines:
        others = [sign for other in short if other is not line for sign in split[id(other)]] + single
        apart = split.get(id(line), [])
        good = apart and all(any(_a_word(sign, other, words) for other in others) for sign in apart)
        made += apart if good else [line]
    return made


def _a_word(one: Line, other: Line, words: Container[str]) -> bool:
    first, second = (one, other) if one.box[0] < other.box[0] else (other, one)
    return same_row(one, other) and plain(first.text) + plain(second.text) in words


def _signs(line: Line) -> list[Line]:
    text = plain(line.text)
    left, top, right, bottom = line.box
    step = (bottom - top) / len(text)
    return [
        Line(sign, (left, top + at * step, right, top + (at + 1) * step), min(line.size, step), False, line.confidence)
        for at, sign in enumerate(text)
    ]


def _apart(one: Line, other: Line) -> float:
    a, b = one.box, other.box
    return max(0.0, a[0] - b[2], b[0] - a[2]) + max(0.0, a[1] - b[3], b[1] - a[3])


def _around(one: Line, other: Line) -> tuple[float, float, float, float]:
    a, b = one.box, other.box
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))
