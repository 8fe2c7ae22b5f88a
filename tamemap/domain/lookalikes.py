"""Finding a town's words to hold in what people write, however they are disguised: width, kana, case, spaces and signs between
the letters, letters that look alike (0/O, l/1/I, 工/エ, 口/ロ, а/a).

Harmless words should not be hit: a word of Latin letters is found only as a whole word, a short one with gaps only where all
its letters are spread, and a short kana word in the other kana only where it stands alone (バカ is not in そればかり).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from confusable_homoglyphs.confusables import confusables_data

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORT_KANA, SHORT_LATIN, SHORT = 3, 4, 2
_LATIN = "abcdefghijklmnopqrstuvwxyz"
# what looks like one of these stands for it; of two that look like each other the first
_KANA = "エロニカタトハロチヘリメナ"
_BAR = "ー"
_DASHES = frozenset("-‐‑‒–—―⁃−─━ー〜~")
_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


@dataclass(frozen=True, slots=True)
class Signs:
    """A text as it is compared: its letters, where each came from (its kind: latin, hiragana, katakana, other), and whether
    something that does not count stood before it."""

    letters: str
    kinds: str
    gaps: tuple[bool, ...]


@lru_cache(maxsize=1)
def _alike() -> dict[str, str]:
    """Single signs that look like a Latin letter or a katakana, after NFKC and lower case, with what they stand for."""
    found: dict[str, str] = {}
    for letter in (*_LATIN, *_LATIN.upper(), *_KANA):
        for one in confusables_data.get(letter, ()):
            sign = one["c"]
            if len(sign) == 1 and not sign.isascii() and (letter in _KANA or _script(sign) != "o"):
                found.setdefault(sign, letter.lower())
    # the digits and signs that people put for letters; i and l look alike in capitals
    found |= {"0": "o", "1": "l", "|": "l", "i": "l", "一": _BAR}
    return {sign: found.get(letter, letter) for sign, letter in found.items()}


def _script(sign: str) -> str:
    """l for a letter of an alphabet, h, k for kana, o for all others (kanji)."""
    if "\u3041" <= sign <= "\u309f":
        return "h"
    if "\u30a1" <= sign <= "\u30ff":
        return "k"
    name = unicodedata.name(sign, "")
    return "l" if sign.isascii() or name.startswith(("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")) else "o"


@lru_cache(maxsize=4096)
def _read(sign: str) -> tuple[tuple[str, str], ...]:
    """A sign as letters with their kinds; nothing for what does not count."""
    made: list[tuple[str, str]] = []
    for part in unicodedata.normalize("NFKC", sign):
        for small in unicodedata.normalize("NFKC", part.casefold()):
            # a look-alike is asked for as it was written, then in small letters: Н is a small н, not an n
            letter = _alike().get(part, _alike().get(small, small))
            if unicodedata.category(letter)[0] in "LN":
                made.append((letter.translate(_TO_HIRAGANA), _script(part)))
    return tuple(made)


def signs(text: str, *, bars: bool) -> Signs:
    """The signs of a text in linear time. With ``bars`` a dash behind kana is a long vowel; without, dashes do not count."""
    letters: list[str] = []
    kinds: list[str] = []
    gaps: list[bool] = []
    gap = True
    for sign in unicodedata.normalize("NFKC", text):
        made = _long_vowel(bars, kinds) if sign in _DASHES else _read(sign)
        if not made:
            # marks and invisible signs are no gap: nobody sees them
            gap = gap or (unicodedata.category(sign)[0] != "M" and unicodedata.category(sign) != "Cf")
            continue
        for letter, kind in made:
            letters.append(letter)
            kinds.append(kind)
            gaps.append(gap)
            gap = False
    return Signs("".join(letters), "".join(kinds), (*gaps, True))


def _long_vowel(bars: bool, kinds: list[str]) -> tuple[tuple[str, str], ...]:
    return ((_BAR, kinds[-1]),) if bars and kinds and kinds[-1] in "hk" else ()


def key_of(word: str) -> str:
    """What makes two words of a list the same to us; empty for one without any letter."""
    read = signs(word, bars=True)
    short_kana = len(read.letters) <= SHORT_KANA and set(read.kinds) <= set("hk")
    return read.letters + (read.kinds if short_kana else "")


def held_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of the town's ``words`` that stand in the text, as the town wrote them."""
    plain, long = signs(text, bars=False), signs(text, bars=True)
    return tuple(word for word in words if _stands(word, plain, long))


def held_word(text: str, words: Iterable[str]) -> str:
    """The first of the town's words that stands in the text; empty for none."""
    return next(iter(held_words(text, words)), "")


def _stands(word: str, plain: Signs, long: Signs) -> bool:
    wanted = signs(word, bars=True)
    if not wanted.letters:
        return False
    text = long if _BAR in wanted.letters else plain
    at = text.letters.find(wanted.letters)
    while at >= 0 and not _counts(wanted, text, at):
        at = text.letters.find(wanted.letters, at + 1)
    return at >= 0


def _counts(wanted: Signs, text: Signs, at: int) -> bool:
    """Whether what stands there is meant as this word."""
    size = len(wanted.letters)
    inner = text.gaps[at + 1 : at + size]
    if wanted.letters.isascii():
        whole = _free(text, at, latin=True) and _free(text, at + size, latin=True)
        return whole and (size > SHORT_LATIN or not any(inner) or all(inner))
    if size <= SHORT and any(inner):
        return _free(text, at) or _free(text, at + size)
    if size <= SHORT_KANA and set(wanted.kinds) <= set("hk"):
        written = set(text.kinds[at : at + size]) & set(wanted.kinds)
        return bool(written) or (_free(text, at) and not _ending(text, at) and _free(text, at + size))
    return True


def _ending(text: Signs, at: int) -> bool:
    """Whether hiragana there are the end of a word that a kanji began: 教えろ."""
    return at > 0 and not text.gaps[at] and text.kinds[at - 1 : at + 1] == "oh"


def _free(text: Signs, at: int, *, latin: bool = False) -> bool:
    """Whether a word may begin or end before the sign at ``at``: at an edge, a gap, or where the script changes."""
    if at in {0, len(text.letters)} or text.gaps[at]:
        return True
    if latin:
        return not (text.letters[at - 1].isascii() and text.letters[at].isascii())
    return text.kinds[at - 1] != text.kinds[at]
