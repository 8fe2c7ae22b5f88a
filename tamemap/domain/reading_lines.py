"""Lines of a read page, and what belongs together: a label and its value, a line and its continuation.

Vertical lines are looked at with the page turned, so that "to the right" is always on along the line and "below" is always
the next line: one set of rules serves both ways of writing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamemap.domain.reading_words import label_of, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Box = tuple[float, float, float, float]


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
    lines = _with_weekdays(lines)
    for vertical in (False, True):
        items += _Page(in_rows([line for line in lines if line.vertical == vertical and plain(line.text)])).items()
    return items


def _with_weekdays(lines: Sequence[Line]) -> list[Line]:
    """A weekday that stands by itself, in smaller type beside or under its day, joins the day."""
    made = list(lines)
    for mark in [line for line in lines if WEEKDAY_ALONE.fullmatch(plain(line.text))]:
        days = [line for line in made if line is not mark and line.vertical == mark.vertical and DAY_LAST.search(plain(line.text))
                and _gap(line, mark) < 0.8 * max(line.size, mark.size)]  # fmt: skip
        if days:
            day = min(days, key=lambda line: _gap(line, mark))
            box = (min(day.box[0], mark.box[0]), min(day.box[1], mark.box[1]), max(day.box[2], mark.box[2]), max(day.box[3], mark.box[3]))
            whole = Line(f"{day.text} {mark.text}", box, day.size, day.vertical, min(day.confidence, mark.confidence))
            made = [whole if line is day else line for line in made if line is not mark]
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
        row = [line for line in rest if _same_row(first, line) and 0.6 < line.size / first.size < 1.67 or line is first]
        ordered += sorted(row, key=lambda line: line.frame[0])
        rest = [line for line in rest if not any(line is other for other in row)]
    return ordered


class _Page:
    """Lines of one way of writing, and which of them have found their place."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.labels = {number: label_of(line.text) for number, line in enumerate(lines)}
        self.taken: set[int] = set()

    def items(self) -> list[Item]:
        """Labels choose first (those that have nothing of their own behind them); what is left stands for itself."""
        found: list[tuple[int, Item]] = []
        bare = [number for number, label in self.labels.items() if label and not label.rest]
        for number in bare:
            self.taken.add(number)
        for number in bare:
            found.append((number, self._valued(number)))
        for number, line in enumerate(self.lines):
            if number in self.taken:
                continue
            self.taken.add(number)
            label = self.labels[number]
            chain = [line, *self._beside(number), *self._wrapped(number)]
            text = _joined(chain, label.rest if label else None)
            found.append((number, Item(label.kind if label else "", text, tuple(chain), label.name if label else "")))
        return [item for _, item in sorted(found, key=lambda one: one[0])]

    def _valued(self, number: int) -> Item:
        label = self.labels[number]
        assert label is not None  # only labels are asked
        values = self._right_of(number) or self._below(number)
        chain = [self.lines[one] for one in values]
        for one in values[-1:]:
            chain += self._wrapped(one)
        return Item(label.kind, _joined(chain), (*chain, self.lines[number]), label.name)

    def _right_of(self, number: int) -> list[int]:
        """The cells of the same row, up to the next label or a great gap."""
        here = self.lines[number]
        row = [one for one in self._free() if _same_row(here, self.lines[one]) and _after(here, self.lines[one])]
        row.sort(key=lambda one: self.lines[one].frame[0])
        kept: list[int] = []
        end, size = here.frame[2], here.size
        for one in row:
            there = self.lines[one]
            if self.labels[one] or there.frame[0] - end > 9 * max(size, there.size) or self._label_between(end, there):
                break
            kept.append(one)
            self.taken.add(one)
            end, size = there.frame[2], there.size
        return kept

    def _label_between(self, end: float, there: Line) -> bool:
        return any(label and not label.rest and _same_row(self.lines[one], there)
                   and end < self.lines[one].frame[0] < there.frame[0] for one, label in self.labels.items())  # fmt: skip

    def _below(self, number: int) -> list[int]:
        """The lines right under a heading: いつ over its day and, under that, its hour."""
        here, kept = self.lines[number], []
        last = here
        while len(kept) < 3:
            near = [one for one in self._free() if not self.labels[one] and _under(last, self.lines[one], 1.6)
                    and not FINISHED_SENTENCE.search(self.lines[one].text)
                    and self._nearest_label(one) == number]  # fmt: skip
            if not near:
                break
            one = min(near, key=lambda other: self.lines[other].frame[1])
            kept.append(one)
            self.taken.add(one)
            last = self.lines[one]
        return kept

    def _nearest_label(self, number: int) -> int:
        there = self.lines[number]
        above = [one for one, label in self.labels.items() if label and self.lines[one].frame[1] < there.frame[1]
                 and _overlap(self.lines[one], there) > 0]  # fmt: skip
        return max(above, key=lambda one: self.lines[one].frame[3], default=-1)

    def _beside(self, number: int) -> list[Line]:
        """Cells on the row of a line that is no bare label: only those close by, in the same type."""
        here = self.lines[number]
        kept: list[Line] = []
        for one in sorted(self._free(), key=lambda other: self.lines[other].frame[0]):
            there, last = self.lines[one], kept[-1] if kept else here
            alike = 0.85 < there.size / last.size < 1.18 and not self.labels[one] and not BULLET.match(there.text)
            if _same_row(last, there) and _after(last, there) and alike and there.frame[0] - last.frame[2] < 1.3 * last.size:
                kept.append(there)
                self.taken.add(one)
        return kept

    def _wrapped(self, number: int) -> list[Line]:
        """The lines into which this one runs on because the column ends, or because a bracket is still open."""
        kept: list[Line] = []
        last = self.lines[number]
        while len(kept) < 3:
            near = [one for one in self._free() if self._runs_on(last, one)]
            if not near:
                return kept
            one = min(near, key=lambda other: self.lines[other].frame[1])
            self.taken.add(one)
            last = self.lines[one]
            kept.append(last)
        return kept

    def _runs_on(self, last: Line, number: int) -> bool:
        there = self.lines[number]
        begun, hours = OPEN.search(plain(last.text)) is not None, bool(HOUR_LAST.search(last.text) and HOUR_FIRST.match(there.text))
        if self.labels[number] or BULLET.match(there.text) or not _under(last, there, 1.1 if begun else 0.6):
            return False
        ratio = there.size / last.size
        if FINISHED.search(last.text) or not (0.75 < ratio < 1.33 if begun else 0.86 < ratio < 1.17):
            return False
        if any(_same_row(self.lines[one], there) and label for one, label in self.labels.items()):
            return False
        if not begun and DAY_FIRST.match(there.text):
            return False
        aligned = abs(there.frame[0] - last.frame[0]) < 1.3 * last.size
        centred = abs(there.frame[0] + there.frame[2] - last.frame[0] - last.frame[2]) < 1.2 * last.size
        return begun or ((aligned or centred) and (hours or self._full(last)))

    def _full(self, line: Line) -> bool:
        """Whether a line ends where its column does."""
        left, top, right, _ = line.frame
        column = [other.frame[2] for other in self.lines
                  if abs(other.frame[0] - left) < 1.5 * line.size and abs(other.frame[1] - top) < 14 * line.size
                  and 0.7 < other.size / line.size < 1.4]  # fmt: skip
        return len(column) > 1 and right > max(column) - 1.2 * line.size and right - left > 5 * line.size

    def _free(self) -> Iterable[int]:
        return [number for number in range(len(self.lines)) if number not in self.taken]


BULLET = re.compile(r"\s*[◆◇●○■□▼▽★☆・※①-⑳]|\s*[0-9０-９]{1,2}[\s　.．]")
STARTS = re.compile(r"\s*(?:TEL|FAX|電話|でんわ|☎|〒|℡|[0-9０-９①-⑳]|(?:午前|午後)[0-9０-９])", re.IGNORECASE)
WEEKDAY_ALONE = re.compile(r"[(\[<]?(?:(?:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Z]*\.?|[月火水木金土日](?:曜日?)?(?:[・,]?祝日?)?)[)\]>]?", re.IGNORECASE)
DAY_LAST = re.compile(r"(?<!\d)(?:1[0-2]|0?[1-9])(?:[/.]|月)(?:3[01]|[12]\d|0?[1-9])日?$")
HOUR_LAST = re.compile(r"\d(?::\d\d|時半?|分)\s*[~〜～\-－]?\s*$")
HOUR_FIRST = re.compile(r"\s*(?:午前|午後)?[0-9０-９]{1,2}(?:[:：時])")
DAY_FIRST = re.compile(r"\s*(?:令和|[RH]\d|20\d\d|[0-9０-９]{1,2}\s*[/月.．／]\s*[0-9０-９])")
FINISHED_SENTENCE = re.compile(r"[。！!]\s*$")
FINISHED = re.compile(r"[。！？!?]\s*$|[(（\[][月火水木金土日]曜?日?[・,]?(?:祝日?|休)?[)）\]]\s*$")
OPEN = re.compile(r"[(「『【][^)」』】]*$|[~・、/]$")


def _joined(lines: Sequence[Line], first: str | None = None) -> str:
    texts = [line.text for line in lines]
    if first is not None:
        texts[0] = first
    out = ""
    for number, text in enumerate(texts):
        out += (_link(lines[number - 1], lines[number]) if out else "") + text
    return out.strip()


def _link(last: Line, line: Line) -> str:
    """What stands between two lines: a space in a row; nothing where a sentence is wrapped, else a new line."""
    if line.frame[1] <= (last.frame[1] + last.frame[3]) / 2:
        return " "
    alike = 0.78 < line.size / last.size < 1.28
    return "" if alike and (OPEN.search(plain(last.text)) or not STARTS.match(line.text)) else "\n"


def _same_row(one: Line, other: Line) -> bool:
    a, b = one.frame, other.frame
    return min(a[3], b[3]) - max(a[1], b[1]) > 0.5 * min(a[3] - a[1], b[3] - b[1])


def _after(one: Line, other: Line) -> bool:
    return other.frame[0] > one.frame[2] - 0.6 * one.size


def _overlap(one: Line, other: Line) -> float:
    return min(one.frame[2], other.frame[2]) - max(one.frame[0], other.frame[0])


def _under(one: Line, other: Line, gaps: float) -> bool:
    gap = other.frame[1] - one.frame[3]
    return -0.4 * one.size < gap < gaps * max(one.size, other.size) and _overlap(one, other) > 0 and (
        other.frame[1] > (one.frame[1] + one.frame[3]) / 2)  # fmt: skip


def near(one: Item, other: Item) -> float:
    """How far two items are apart, in heights of the larger type; 0 when they touch."""
    a = [max(line.box[k] for line in one.lines) if k > 1 else min(line.box[k] for line in one.lines) for k in range(4)]
    b = [max(line.box[k] for line in other.lines) if k > 1 else min(line.box[k] for line in other.lines) for k in range(4)]
    across = max(0.0, a[0] - b[2], b[0] - a[2])
    down = max(0.0, a[1] - b[3], b[1] - a[3])
    return float((across**2 + down**2) ** 0.5 / max(one.size, other.size))
