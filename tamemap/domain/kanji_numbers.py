"""Numbers that are written in kanji."""

from __future__ import annotations

DIGITS = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {"零": 0}
TENS = {"十": 10, "百": 100, "千": 1000}


def number_of(kanji: str) -> int:
    """The value of a kanji numeral: 二十三, 百二, 千五百, 二三, 二〇二六."""
    if not any(sign in TENS for sign in kanji):
        return int("".join(str(DIGITS[sign]) for sign in kanji))
    total = pending = 0
    for sign in kanji:
        if sign in TENS:
            total, pending = total + max(pending, 1) * TENS[sign], 0
        else:
            pending = pending * 10 + DIGITS[sign]
    return total + pending
