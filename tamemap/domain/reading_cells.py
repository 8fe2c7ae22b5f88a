"""Tables: the cell that belongs to a label in the middle of its height, and columns with their labels in the first row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_rows import Line, after, overlap, same_row
from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamemap.domain.reading_words import Label

WITHIN = 0.4  # of the type: lines of one cell stand closer than this, cells further apart
ASIDE = re.compile(r"\s*[※*(（◆◇●○■□★☆・]")
MOST_BELOW = 3
DAY = re.compile(r"\d月\d{1,2}日|\d/\d")


def cell_of(number: int, lines: Sequence[Line], labels: Mapping[int, Label | None]) -> list[int]:
    """The lines of the cell beside a label that stands in the middle of its height; empty where there is no such cell.

    A cell is a block of lines that begin at one edge, apart from the blocks above and below, with no other label beside it.
    What has a label of its own ends it.
    """
    here = lines[number]
    middle = (here.frame[1] + here.frame[3]) / 2
    column = [
        one
        for one, line in enumerate(lines)
        if one != number and line.frame[0] > here.frame[2] - 0.6 * here.size and _bare(labels[one]) is False
    ]
    column = [one for one in column if not _between(here, lines[one], lines, labels)]
    near = [one for one in column if abs((lines[one].frame[1] + lines[one].frame[3]) / 2 - middle) < 1.3 * here.size]
    if not near:
        return []
    first = min(near, key=lambda one: lines[one].frame[0])
    block = _block(first, column, lines)
    top, bottom = lines[block[0]].frame[1], lines[block[-1]].frame[3]
    beside = any(
        _bare(label) and one != number and top < (lines[one].frame[1] + lines[one].frame[3]) / 2 < bottom
        for one, label in labels.items()
        if lines[one].frame[0] < lines[first].frame[0]
    )
    if len(block) < 2 or beside or abs((top + bottom) / 2 - middle) > 0.4 * here.size:
        return []
    labelled = next((at for at, one in enumerate(block) if labels[one]), len(block))
    return block[:labelled]


def _bare(label: Label | None) -> bool:
    return label is not None and not label.rest


def _between(here: Line, there: Line, lines: Sequence[Line], labels: Mapping[int, Label | None]) -> bool:
    return any(
        _bare(label)
        and lines[one] is not here
        and here.frame[2] < lines[one].frame[0] < there.frame[0]
        and same_row(here, lines[one])
        for one, label in labels.items()
    )


def _block(first: int, column: Sequence[int], lines: Sequence[Line]) -> list[int]:
    """The lines that begin where this one begins and follow each other closely, from above to below."""
    edge = lines[first].frame[0]
    same = [one for one in column if abs(lines[one].frame[0] - edge) < 0.8 * lines[first].size]
    same.sort(key=lambda one: lines[one].frame[1])
    at = same.index(first)
    low = high = at
    while low > 0 and _close(lines[same[low - 1]], lines[same[low]]):
        low -= 1
    while high + 1 < len(same) and _close(lines[same[high]], lines[same[high + 1]]):
        high += 1
    return same[low : high + 1]


def _close(above: Line, below: Line) -> bool:
    return below.frame[1] - above.frame[3] < WITHIN * min(above.size, below.size) and 0.6 < above.size / below.size < 1.67


def heads_of(lines: Sequence[Line], labels: Mapping[int, Label | None]) -> frozenset[int]:
    """The labels that head the columns of a table of several days: each column's first line is the first day's."""
    bare = [one for one, label in labels.items() if _bare(label)]
    for one in bare:
        label = labels[one]
        row = [other for other in bare if other != one and same_row(lines[one], lines[other])]
        if not row or label is None or label.kind != "when":
            continue
        dated = [line for line in lines if overlap(lines[one], line) > 0 and line.frame[1] > lines[one].frame[3]]
        dated = [line for line in dated if DAY.search(plain(line.text)) and any(_in_row(line, other) for other in lines)]
        if len(dated) > 1:
            return frozenset({one, *row})
    return frozenset()


def _in_row(line: Line, other: Line) -> bool:
    return other is not line and same_row(line, other) and (after(line, other) or after(other, line))


def more_of(number: int, last: int, lines: Sequence[Line], labels: Mapping[int, Label | None], free: Sequence[int]) -> list[int]:
    """What stands below a value in its column of a table, down to the next label: 大人 500円 over 子ども 100円."""
    label, value = lines[number], lines[last]
    table = any(
        _bare(other) and one != number and abs(lines[one].frame[0] - label.frame[0]) < 0.6 * label.size
        for one, other in labels.items()
        if lines[one].frame[1] > value.frame[3]
    )
    found: list[int] = []
    for one in sorted(free, key=lambda other: lines[other].frame[1]) if table and same_row(label, value) else ():
        there, above = lines[one], lines[found[-1]] if found else value
        below = -0.4 * above.size < there.frame[1] - above.frame[3] < 0.8 * above.size
        aligned = abs(there.frame[0] - value.frame[0]) < 0.6 * value.size and 0.8 < there.size / value.size < 1.25
        beside = any(same_row(other, there) and other.frame[0] < there.frame[0] - there.size for other in lines)
        if below and aligned and not beside and not labels[one] and not ASIDE.match(there.text) and len(found) < MOST_BELOW:
            found.append(one)
    return found
