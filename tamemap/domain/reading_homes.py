"""Addresses on a flyer that are people's homes: beside a person's name, or called so (◯◯宅). Pure.

A venue's address is meant for everybody, a home's may not be: it is pointed out, and never given as where it takes place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_addresses import address_in
from tamemap.domain.reading_rows import overlap, same_row
from tamemap.domain.reading_words import label_of, wide_folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tamemap.domain.reading_rows import Line

HOME = re.compile(r"(?<=[^住自在帰社])(?<=[一-鿿々ァ-ヶ])宅(?![配地急])|[一-鿿々ァ-ヶ](?:様方|氏方)|自宅[\s(:・]")
_ROLE = (
    r"(?:世話人|代表者?|責任者|担当者?|副?会長|班長|組長|部長|幹事|区長|隊長|団長|指導者?|講師|主宰|飼い主|事務局長?|申込先|連絡先|"
    r"問い?合わ?せ先?|お問い?合わ?せ先?|申込み?・?問い?合わ?せ先?)"
)
_FAMILY, _GIVEN = r"[一-鿿々]{1,3}", r"[一-鿿々ぁ-んァ-ヶ]{1,4}"
LARGER = 1.4
NAMED = re.compile(rf"{_ROLE}[\s:・/)\]】]*(?P<name>{_FAMILY}\s*{_GIVEN})(?:様|さん|氏)?(?=[\s(〒]|$)")
ALONE = re.compile(rf"^[\s・]*(?P<name>{_FAMILY}\s+{_GIVEN})(?:様|さん|氏)?[\s・]*$")
# what is called so is a house of many, not a person
ORGANISED = re.compile(
    r"(?:会|会館|公民館|センター|課|係|室|部|局|館|園|校|学校|市|町|村|区|店|団|社|所|院|寺|組合|協会|クラブ|役場|ホール|体育館|公園|広場|"
    r"一同|有志|まで|教室|商店|研修|会議室|和室)$"
)


def homes_in(lines: Iterable[Line]) -> list[tuple[Line, int, int]]:
    """Lines with a home's address, and where it begins and ends in the line as ``wide_folded`` writes it."""
    lines = list(lines)
    found = []
    for line in lines:
        text = wide_folded(line.text)
        parts = address_in(text)
        if parts and _is_home(line, parts[0], parts[2], lines):
            at = text.index(parts[1])
            found.append((line, at, at + len(parts[1])))
    return found


def a_home(lines: Sequence[Line], page: Iterable[Line]) -> bool:
    """Whether one of these lines has a home's address."""
    return any(line in lines for line, _, _ in homes_in(page))


def _is_home(line: Line, before: str, behind: str, lines: Sequence[Line]) -> bool:
    label = label_of(line.text)
    if label and label.kind in {"where", "address"}:
        return bool(HOME.search(before) or HOME.search(behind))
    if _person(before) or HOME.search(before + "\n" + behind) or ALONE.match(behind):
        return True
    near = [other for other in lines if other is not line and _next_to(other, line)]
    # 珈琲 灯台 over its address looks like a name, too: a house's is set larger than its address, a person's is not
    return any(_person(wide_folded(other.text), alone=other.size < LARGER * line.size) for other in near)


def _person(text: str, *, alone: bool = True) -> bool:
    """Whether a text names a person: 世話人 吉村一郎, 山本宅, or a family and a given name by themselves."""
    if HOME.search(text):
        return True
    text = re.sub(r"\s*(?:TEL|電話|携帯|☎)?[\s:.]*\(?0\d[\d\-() ]{8,}.*$", "", text.strip())
    found = NAMED.search(text) or (ALONE.match(text) if alone else None)
    return bool(found and not ORGANISED.search(re.sub(r"\s", "", found["name"])))


def _next_to(other: Line, line: Line) -> bool:
    """Right above or below in the same column, or in the same row."""
    if other.vertical != line.vertical:
        return False
    a, b = other.frame, line.frame
    gap = max(b[1] - a[3], a[1] - b[3])
    high = max(other.size, line.size)
    if same_row(other, line):
        return max(b[0] - a[2], a[0] - b[2]) < 4 * high
    return gap < 1.3 * high and overlap(other, line) > 0
