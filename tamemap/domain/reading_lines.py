"""The lines of a read page, and what belongs together: a label and its value, a line and its continuation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from tamemap.domain.reading_cells import cell_of, heads_of, more_of
from tamemap.domain.reading_joined import with_tiles, with_unstacked
from tamemap.domain.reading_parts import with_bullets, with_parts, with_short_labels
from tamemap.domain.reading_rows import Line, after, in_rows, overlap, same_row, under, with_split_words, with_weekdays
from tamemap.domain.reading_words import KINDS, Label, label_of, plain
from tamemap.domain.reading_wrapping import BULLET, REMNANT, Wrapping, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_HANGING = 2
COLUMN = 4.5  # heights of type: a gap that wide within a row lies between two columns
FINISHED_SENTENCE = re.compile(r"[。！!]\s*$")
OPEN_BRACKET = re.compile(r"[(][^)]*$")


@dataclass(frozen=True, slots=True)
class Item:
    """A label and what stands at it, or (without a label) a line with its continuations."""

    kind: str
    text: str
    lines: tuple[Line, ...]
    label: str = ""

    @property
    def size(self) -> float:
        """The largest type in it."""
        return max(line.size for line in self.lines)

    @property
    def confidence(self) -> float:
        """How sure the least sure of its lines was read."""
        return min(line.confidence for line in self.lines)


def items_of(lines: Sequence[Line]) -> list[Item]:
    """The page as items, in reading order; every line is in one item, and in one only."""
    items: list[Item] = []
    lines = with_parts(with_short_labels(with_bullets(lines)))
    lines = with_weekdays(with_tiles(with_split_words(with_unstacked(lines, KINDS), KINDS)))
    for vertical in (False, True):
        items += _Page(in_rows([line for line in lines if line.vertical == vertical and plain(line.text)])).items()
    return items


def _label(line: Line, body: float) -> Label | None:
    """Its label; great type that only begins with such a word is a title (交通安全教室)."""
    label = label_of(line.text)
    return None if label and label.glued and line.size > 1.7 * body else label


class _Page:
    """Lines of one way of writing, and which of them have found their place."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        body = median([line.size for line in lines]) if lines else 0.0
        self.labels = {number: _label(line, body) for number, line in enumerate(lines)}
        self.heads = heads_of(lines, self.labels)
        self.wrapping = Wrapping(lines, self.labels, body)
        self.taken: set[int] = set()

    def items(self) -> list[Item]:
        """Labels choose first (those that have nothing of their own behind them); what is left stands for itself."""
        found: list[tuple[int, Item]] = []
        bare = [number for number, label in self.labels.items() if label and not label.rest]
        for number in bare:
            self.taken.add(number)
        # a label in the middle of two lines has both, before the value above it runs on into the first of them
        cells = {number: self._cell(number) for number in bare}
        for number in bare:
            found.append((number, self._valued(number, cells[number])))
        for number, line in enumerate(self.lines):
            if number in self.taken:
                continue
            self.taken.add(number)
            label = self.labels[number]
            chain = [line, *self._beside(number)]
            hanging = self._hanging(number, label)
            chain += hanging or self._wrapped(number)
            text = joined(chain, label.rest if label else None, stack=bool(hanging))
            found.append((number, Item(label.kind if label else "", text, tuple(chain), label.name if label else "")))
        return [item for _, item in sorted(found, key=lambda one: one[0])]

    def _valued(self, number: int, cell: list[int]) -> Item:
        label = self.labels[number] or Label("", "", "")
        values = cell or self._right_of(number)
        stack = not values or len(values) > 1
        values = values or self._below(number)
        chain = [self.lines[one] for one in values]
        for one in values[-1:] if number not in self.heads else ():
            more = more_of(number, one, self.lines, self.labels, list(self._free()))
            self.taken, stack = self.taken | set(more), stack or bool(more)
            chain += [self.lines[other] for other in more] or self._wrapped(one) or self._back(number, one)
        kind = "time" if number in self.heads and label.name.startswith("受付") else label.kind
        return Item(kind, joined(chain, stack=stack), (*chain, self.lines[number]), label.name)

    def _cell(self, number: int) -> list[int]:
        cell = cell_of(number, self.lines, self.labels)
        if any(one in self.taken for one in cell):
            return []
        self.taken.update(cell)
        return cell

    def _back(self, number: int, last: int) -> list[Line]:
        """The last signs of a value that filled its line, where they stand below its label."""
        label, value, widest = self.lines[number], self.lines[last], max(line.frame[2] for line in self.lines)
        for one in self._free():
            there, text = self.lines[one], plain(self.lines[one].text)
            below = -0.5 * value.size < there.frame[1] - value.frame[3] < 0.9 * value.size
            if self.labels[one] or not below or abs(there.frame[0] - label.frame[0]) > 1.3 * label.size:
                continue
            closing = OPEN_BRACKET.search(plain(value.text)) and re.match(r"[^(]{0,8}\)", text)
            if closing or (len(text) <= REMNANT and value.frame[2] > widest - 1.5 * value.size):
                self.taken.add(one)
                return [there]
        return []

    def _right_of(self, number: int) -> list[int]:
        """The cells of the same row, up to the next label or a great gap."""
        here = self.lines[number]
        row = [one for one in self._free() if same_row(here, self.lines[one]) and after(here, self.lines[one])]
        row.sort(key=lambda one: self.lines[one].frame[0])
        kept: list[int] = []
        end, size = here.frame[2], here.size
        for one in row:
            there = self.lines[one]
            # beside its label a value may stand far away; what is far from the value is another column
            most = COLUMN if kept else 9
            if self.labels[one] or there.frame[0] - end > most * max(size, there.size) or self._label_between(end, there):
                break
            kept.append(one)
            self.taken.add(one)
            end, size = there.frame[2], there.size
        return kept

    def _label_between(self, end: float, there: Line) -> bool:
        return any(
            label and not label.rest and same_row(self.lines[one], there) and end < self.lines[one].frame[0] < there.frame[0]
            for one, label in self.labels.items()
        )

    def _below(self, number: int) -> list[int]:
        """The lines right under a heading: いつ over its day and, under that, its hour."""
        kept: list[int] = []
        last = self.lines[number]
        while len(kept) < (1 if number in self.heads else 3):
            near = [
                one
                for one in self._free()
                if not self.labels[one]
                and under(last, self.lines[one], 0.7 if kept else 1.6)
                and not FINISHED_SENTENCE.search(self.lines[one].text)
                and self._nearest_label(one) == number
                and not (kept and self._a_heading(number, kept[0], one))
            ]
            if not near:
                break
            one = min(near, key=lambda other: self.lines[other].frame[1])
            kept.append(one)
            self.taken.add(one)
            last = self.lines[one]
        return kept

    def _a_heading(self, number: int, value: int, one: int) -> bool:
        """Whether a line stands where the label does, while the label's value is set in: it is the next heading."""
        label, there = self.lines[number], self.lines[one]
        inset = self.lines[value].frame[0] - label.frame[0] > 0.5 * label.size
        return inset and abs(there.frame[0] - label.frame[0]) < 0.5 * label.size

    def _nearest_label(self, number: int) -> int:
        there = self.lines[number]
        above = [
            one
            for one, label in self.labels.items()
            if label and self.lines[one].frame[1] < there.frame[1] and overlap(self.lines[one], there) > 0
        ]
        return max(above, key=lambda one: self.lines[one].frame[3], default=-1)

    def _beside(self, number: int) -> list[Line]:
        """Cells on the row of a line that is no bare label: only those close by, in the same type."""
        here = self.lines[number]
        kept: list[Line] = []
        for one in sorted(self._free(), key=lambda other: self.lines[other].frame[0]):
            there, last = self.lines[one], kept[-1] if kept else here
            alike = 0.85 < there.size / last.size < 1.18 and not self.labels[one] and not BULLET.match(there.text)
            if same_row(last, there) and after(last, there) and alike and there.frame[0] - last.frame[2] < 1.3 * last.size:
                kept.append(there)
                self.taken.add(one)
        return kept

    def _hanging(self, number: int, label: Label | None) -> list[Line]:
        """The lines under a label's value, set in as far as it."""
        kept: list[Line] = []
        while len(kept) < MOST_HANGING:
            last = kept[-1] if kept else self.lines[number]
            near = [one for one in self._free() if under(last, self.lines[one], 0.7)]
            near = [one for one in near if self.wrapping.hangs(label, self.lines[number], one, last)]
            if not near:
                break
            self.taken.add(near[0])
            kept.append(self.lines[near[0]])
        return kept

    def _wrapped(self, number: int) -> list[Line]:
        """The lines into which this one runs on because the column ends, or because a bracket is still open."""
        kept: list[Line] = []
        last = self.lines[number]
        while len(kept) < 3:
            near = [one for one in self._free() if self.wrapping.plainly(last, one) or self.wrapping.runs_on(last, one)]
            if not near:
                return kept
            one = min(near, key=lambda other: self.lines[other].frame[1])
            self.taken.add(one)
            last = self.lines[one]
            kept.append(last)
        return kept

    def _free(self) -> Iterable[int]:
        return [number for number in range(len(self.lines)) if number not in self.taken]


def near(one: Item, other: Item) -> float:
    """How far two items are apart, in heights of the larger type; 0 when they touch."""
    a = [max(line.box[k] for line in one.lines) if k > 1 else min(line.box[k] for line in one.lines) for k in range(4)]
    b = [max(line.box[k] for line in other.lines) if k > 1 else min(line.box[k] for line in other.lines) for k in range(4)]
    across = max(0.0, a[0] - b[2], b[0] - a[2])
    down = max(0.0, a[1] - b[3], b[1] - a[3])
    return float((across**2 + down**2) ** 0.5 / max(one.size, other.size))
