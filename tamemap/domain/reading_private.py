"""What in a read page belongs to a person and may not be meant for everybody: mobile numbers, number plates, homes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tamemap.domain.reading_homes import homes_in
from tamemap.domain.reading_words import wide_folded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tamemap.domain.reading_rows import Box, Line

Kind = Literal["mobile", "plate", "address"]
MOBILE = re.compile(r"(?<!\d)0[789]0[\s\-()・.]{0,3}\d{4}[\s\-()・.]{0,3}\d{4}(?!\d)")
# 熊本 500 あ 12-34: the office, the class, one kana, up to four digits (dots stand for missing ones)
PLATE = re.compile(r"[一-鿿]{2,4}\s*\d{2}[\dA-Z]\s*[あ-んEHKMTYB]\s*(?:\d{2}\s*-\s*\d{2}|[・.]{1,3}\s*\d{1,3})")
MARGIN = 0.3  # of the type's height, added on each side: rather a little too much than a digit left over


@dataclass(frozen=True, slots=True)
class Private:
    """Something to point out before the picture is public; ``box`` in pixels of the page, as those of its line."""

    kind: Kind
    box: Box


def private_in(lines: Iterable[Line]) -> tuple[Private, ...]:
    """Mobile numbers (070, 080, 090), number plates, homes' addresses. What could not be read is not found."""
    lines = list(lines)
    found = [Private("address", _part(line, wide_folded(line.text), start, end)) for line, start, end in homes_in(lines)]
    for line in lines:
        text = wide_folded(line.text)
        for kind, pattern in _PATTERNS:
            found += [Private(kind, _part(line, text, match.start(), match.end())) for match in pattern.finditer(text)]
    return tuple(found)


_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (("mobile", MOBILE), ("plate", PLATE))


def _part(line: Line, text: str, start: int, end: int) -> Box:
    """Where these signs stand in their line, from how wide signs are."""
    widths = [1.0 if unicodedata.east_asian_width(sign) in "FW" else 0.55 for sign in text]
    whole = sum(widths)
    first, last = sum(widths[:start]) / whole, sum(widths[:end]) / whole
    left, top, right, bottom = line.box
    more = MARGIN * line.size
    if line.vertical:
        return (left - more, top + first * (bottom - top) - more, right + more, top + last * (bottom - top) + more)
    return (left + first * (right - left) - more, top - more, left + last * (right - left) + more, bottom + more)
