"""Whether a line runs on in the next one, and how lines that belong together are joined."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_addresses import address_in
from tamemap.domain.reading_parts import width
from tamemap.domain.reading_rows import Line, after, same_row, under
from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tamemap.domain.reading_words import Label

NEXT_MATTER = re.compile(r"(?!(?:半|分|頃|開|終|解|集|受|午|まで))[一-鿿ァ-ヶA-Z]")  # below an hour: a place, not its rest
PRICED = re.compile(r"\d円|無料")
LISTED = re.compile(r"[〇○●◎◯]")
BULLET = re.compile(r"\s*[◆◇●○◯〇◎■□▼▽★☆・※①-⑳]|\s*[0-9０-９]{1,2}[\s　.．]|[^\s\d:：(（]{2,8}[:：](?!\d)")
REST_OF_TITLE = re.compile(r"[^\W\d_]{1,3}[!?。]*")
GOES_ON = re.compile(r"\s*[~〜～→▶►⇒][\s　]*(?:令和|[RH]?\d|[0-9０-９])")
DAY_LAST = re.compile(r"(?:日|[/.]\d{1,2})(?:[(\[][^)\]]{1,5}[)\]])?$")
REMNANT = 4  # signs that may be left over for the next line of a narrow cell
STARTS = re.compile(r"\s*(?:TEL|FAX|電話|でんわ|☎|〒|℡|[0-9０-９①-⑳]|(?:午前|午後)[0-9０-９])", re.IGNORECASE)
HOUR_LAST = re.compile(r"\d(?::\d\d|時半?|分)\s*[~〜～\-－]?\s*$")
HOUR_FIRST = re.compile(r"\s*(?:午前|午後)?[0-9０-９]{1,2}(?:[:：時])")
DAY_FIRST = re.compile(r"\s*(?:令和|[RH]\d|20\d\d|[0-9０-９]{1,2}\s*[/月.．／]は?\s*[0-9０-９])")
FINISHED = re.compile(
    r"[。！？!?]\s*$|[(（\[][月火水木金土日]曜?日?[・,]?(?:祝日?|休)?[)）\]]\s*$|(?:発行|号)\s*$"
    r"|\d(?:時|分|:\d\d)まで\s*$"
)
OPEN = re.compile(r"[(「『【][^)」』】]*$|[~・、/]$")


def _another_matter(last: str, there: str) -> bool:
    """Whether a line begins with something new: a day, an address, a place below the hour, a price where none was."""
    place = HOUR_LAST.search(last) and NEXT_MATTER.match(there)
    price = PRICED.search(plain(there)) and not PRICED.search(plain(last))
    return bool(DAY_FIRST.match(there) or _an_address(there) or place or price)


def _an_address(text: str) -> bool:
    """Whether a line says an address and nothing before it: it does not go on with what stands above."""
    parts = address_in(text)
    return parts is not None and not parts[0].strip("(（〒") and len(parts[2].strip()) < 12


class Wrapping:
    """The lines of one way of writing, with their labels and the usual size of their type."""

    def __init__(self, lines: Sequence[Line], labels: Mapping[int, Label | None], body: float) -> None:
        self.lines = lines
        self.labels = labels
        self.body = body

    def runs_on(self, last: Line, number: int) -> bool:
        """Whether this line goes on where the last one ended, because the column ended or a bracket is still open."""
        there = self.lines[number]
        begun, hours = (
            OPEN.search(plain(last.text)) is not None,
            bool(HOUR_LAST.search(last.text) and HOUR_FIRST.match(there.text)),
        )
        if self.labels[number] or BULLET.match(there.text) or not under(last, there, 1.1 if begun else 0.6):
            return False
        ratio = there.size / last.size
        if FINISHED.search(last.text) or not (0.75 < ratio < 1.33 if begun else 0.86 < ratio < 1.17):
            return False
        labelled = any(same_row(self.lines[one], there) and label for one, label in self.labels.items())
        labelled = labelled or any(
            same_row(other, there) and after(other, there) and there.frame[0] - other.frame[2] < 1.3 * there.size
            for other in self.lines
        )  # it goes on with what stands in its own row
        if labelled or (not begun and _another_matter(last.text, there.text)):
            return False
        # what ran on had filled its column: what follows is no longer
        longer = not begun and there.frame[2] > last.frame[2] + 1.5 * last.size
        if longer or (LISTED.search(there.text) and not LISTED.search(last.text)):
            return False
        aligned = abs(there.frame[0] - last.frame[0]) < 1.3 * last.size
        centred = abs(there.frame[0] + there.frame[2] - last.frame[0] - last.frame[2]) < 1.2 * last.size
        return begun or ((aligned or centred) and (hours or self._full(last)))

    def hangs(self, label: Label | None, line: Line, number: int, last: Line) -> bool:
        """Whether a line stands under the value of a label, set in as far as the value begins: とき：12月3日 over 10時から."""
        there = self.lines[number]
        if label is None or not label.rest or self.labels[number] or BULLET.match(there.text):
            return False
        begins = line.frame[0] + (line.frame[2] - line.frame[0]) * (1 - width(label.rest) / width(line.text))
        beside = any(same_row(other, there) and other is not there for other in self.lines)
        alike = 0.8 < there.size / line.size < 1.25 and under(last, there, 0.7) and not beside
        return alike and begins - line.frame[0] > line.size and abs(there.frame[0] - begins) < 0.9 * line.size

    def plainly(self, last: Line, number: int) -> bool:
        """Whether a line can only be the next one's beginning: a day before 〜1月24日, great type before its last signs."""
        there = self.lines[number]
        to = GOES_ON.match(there.text) is not None and DAY_LAST.search(plain(last.text)) is not None
        if to and under(last, there, 1.1):
            return True
        return not self.labels[number] and under(last, there, 0.6) and self._remnant(last, there)

    def _remnant(self, last: Line, there: Line) -> bool:
        """Whether great type did not fit into its line but for its last signs (猫をさがしていま/す)."""
        widest = max(line.frame[2] for line in self.lines) - min(line.frame[0] for line in self.lines)
        return (
            last.size > 1.4 * self.body
            and 0.8 < there.size / last.size < 1.2
            and REST_OF_TITLE.fullmatch(plain(there.text)) is not None
            and last.frame[2] - last.frame[0] > 0.75 * widest
        )

    def _full(self, line: Line) -> bool:
        """Whether a line ends where its column does."""
        left, top, right, _ = line.frame
        column = [
            other.frame[2]
            for other in self.lines
            if abs(other.frame[0] - left) < 1.5 * line.size
            and abs(other.frame[1] - top) < 14 * line.size
            and 0.7 < other.size / line.size < 1.4
        ]
        return len(column) > 1 and right > max(column) - 1.2 * line.size and right - left > 5 * line.size


def joined(lines: Sequence[Line], first: str | None = None, *, stack: bool = False) -> str:
    """Their texts as one; ``first`` stands for the first line's text, ``stack`` keeps each of them a line."""
    texts = [line.text for line in lines]
    if first is not None:
        texts[0] = first
    out = ""
    for number, text in enumerate(texts):
        out += (_link(lines[number - 1], lines[number], stack) if out else "") + text
    return out.strip()


def _link(last: Line, line: Line, stack: bool) -> str:
    """What stands between two lines: a space in a row; nothing where a sentence is wrapped, else a new line."""
    if line.frame[1] <= (last.frame[1] + last.frame[3]) / 2:
        return " "
    if stack and len(plain(line.text)) > REMNANT and not OPEN.search(plain(last.text)):
        return "\n"
    alike = 0.78 < line.size / last.size < 1.28
    return "" if alike and (OPEN.search(plain(last.text)) or not STARTS.match(line.text)) else "\n"
