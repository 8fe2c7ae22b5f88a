"""The telephone number that people are asked to call."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import repeat
from typing import TYPE_CHECKING

import phonenumbers

from tamemap.domain.reading_field import Found, sure
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_words import wide_folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tamemap.domain.reading_lines import Item

NUMBER = re.compile(r"(?<![\d\-])[(]?(0[\dO]{1,4})[)]?[\s\-()・.]{0,3}([\dO]{1,4})[\s\-()・.]{1,3}([\dO]{3,4})(?![\d\-])")
SOLID = re.compile(r"(?<![\d\-])(0\d{9,10})(?![\d\-])")
FAX = re.compile(r"(?:FAX|Fax|fax|ファック?ス|F)[\s:.)\]]*(?:番号)?[\s:]*$")
BOTH = re.compile(r"(?:TEL|電話)[\s・/&兼,]*(?:FAX|ファック?ス)[\s:.)]*$", re.IGNORECASE)
BROKEN = re.compile(r"(?<![\d\-])0\d{1,4}-(?:\d{1,4}-?)?$")  # the column ended within the number
REST = re.compile(r"-?\d{2,4}(?:-\d{3,4})?(?![\d\-年月日/:.])")
WRAPPED = re.compile(r"(?<!\d)(0\d{1,4}-\d{1,4}-\d{1,3})\n(\d{1,3})(?!\d)")
# 〇九六六-〇〇-七七二二: a dash in it is often read as 一, or standing upright as 1
IN_KANJI = re.compile(
    r"(?<![〇一二三四五六七八九])[(]?(〇[〇一二三四五六七八九]{1,3})[()一\-1|l]{1,2}([〇一二三四五六七八九]{1,4})[)一\-1|l]([〇一二三四五六七八九]{4})"
    r"(?:(?=[一二三]?十[一二三四五六七八九]?日)|(?![〇一二三四五六七八九]))"
)
FIGURES = str.maketrans("〇一二三四五六七八九", "0123456789")
CALL = re.compile(r"(?:TEL|℡|電話|でんわ|☎|☏|携帯|フリーダイヤル)", re.IGNORECASE)


def phone_of(items: Sequence[Item]) -> Found[str] | None:
    """The number for questions: one that is called so before any other, never a fax; None when there is none."""
    found = [(score, item, number) for item in map(_whole, items, repeat(items)) for score, number in _numbers(item)]
    if not found:
        return None
    score, item, number = max(found, key=lambda one: one[0])
    others = {re.sub(r"\D", "", other) for _, _, other in found} - {re.sub(r"\D", "", number)}
    confidence = 0.97 if score >= 2 or not others else 0.85
    if others and not any(one[0] < score for one in found if one[2] != number):
        confidence = 0.75
    return Found(number, sure(confidence, [item]), item.lines, "label" if item.kind == "contact" else "number")


def _whole(item: Item, items: Sequence[Item]) -> Item:
    """The item, and where its number breaks off at the end of a line, with the rest of it from right below."""
    if not BROKEN.search(wide_folded(item.text)):
        return item
    rest = [one for one in items if one is not item and near(one, item) < 1.5 and REST.match(wide_folded(one.text))]
    rest = [one for one in rest if one.lines[0].frame[1] > item.lines[-1].frame[1]] or rest
    return replace(item, text=item.text + rest[0].text, lines=(*item.lines, *rest[0].lines)) if rest else item


def in_figures(text: str) -> str:
    """Numbers that are written in kanji, or run on in the next line, as other numbers are."""
    text = WRAPPED.sub(r"\1\2", text)
    return IN_KANJI.sub(lambda found: "-".join(part.translate(FIGURES) for part in found.groups()), text)


def _numbers(item: Item) -> Iterator[tuple[float, str]]:
    text = in_figures(wide_folded(item.text))
    for pattern in (NUMBER, SOLID):
        for match in pattern.finditer(text):
            before = f"{item.label}・" * (CALL.fullmatch(item.label) is not None) + text[: match.start()].lstrip(" ・/")
            if FAX.search(before) and not BOTH.search(before):
                continue
            number = _tidy(match)
            if number is None:
                continue
            score = 1.0 if CALL.search(before[-12:]) or CALL.search(item.label) else 0.0
            score += {"contact": 1.6, "organiser": 1.0, "issued": 0.9, "deadline": 0.8, "": 0.4}.get(item.kind, 0.0)
            yield score - 0.01 * match.start() / max(1, len(text)), number


def _tidy(match: re.Match[str]) -> str | None:
    """With hyphens, where it can be a number of this country at all; else None (a date, a postcode, a price)."""
    parts = [part.replace("O", "0") for part in match.groups()]
    digits = "".join(parts)
    if len(digits) not in {10, 11} or (len(digits) == 11 and not digits.startswith(("070", "080", "090", "050", "020", "0800"))):
        return None
    if digits.startswith("00") or (
        len(digits) == 10 and len(parts) == 3 and len(parts[2]) != 4 and not digits.startswith("0120")
    ):
        return None
    try:
        number = phonenumbers.parse(digits, "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    if len(parts) == 3:
        return "-".join(parts)
    national: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return national
