"""Folding: how words are written alike before they are compared, in search and in the gazetteer.

Stored text and what people type go through the same function; a word is then looked for as a part of the stored text.
The folded form is for comparing only and is never shown.
"""

from __future__ import annotations

import re
import unicodedata

from tamemap.domain.kanji_numbers import number_of

MAX_WORDS = 8
MAX_WORD_LENGTH = 40

_KANJI = "一-鿿㐀-䶿々〆"
# Hyphens, dashes, minus, wave dashes and the long vowel sign: people mix them in マ－ケット, 1‐2‐3 and 10:00〜12:00.
_DASHES = re.compile("[-\u00ad‐‑‒–—―⁃−─━ー〜~]+")
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)} | {ord("ヽ"): "ゝ", ord("ヾ"): "ゞ"}
# Small ヶ and ヵ are ke and ka written as a counter or a possessive (三ヶ浦 三ケ浦, 一ヵ月 一カ月).
_SMALL = {ord("ゖ"): "け", ord("ゕ"): "か"}
_GA_BETWEEN_KANJI = re.compile(f"(?<=[{_KANJI}])[がガ](?=[{_KANJI}])")
_GA_AFTER_KANJI = re.compile(f"(?<=[{_KANJI}])(?:が|ガ(?![ァ-ー]))")
# 字 is a part of the name in 十文字 and 赤十字, and a mere mark in 大字久米 or 潮来字前.
_AZA = re.compile("(?<![文十])大?字")
_CHOME = re.compile("([〇一二三四五六七八九十百]+)丁目")


def fold(text: str) -> str:
    """The form in which two spellings of the same words are equal.

    NFKC (full and half width), lower case, katakana as hiragana, all dashes and ー as ``-``, ヶ and ケ (and a が that
    stands between kanji) as け; spaces of every kind and invisible signs are dropped: 人吉 市 is 人吉市.
    """
    return _compare(text, _GA_BETWEEN_KANJI)


def fold_at(text: str) -> tuple[str, tuple[tuple[int, int], ...]]:
    """:func:`fold`, and for each of its signs where in ``text`` it comes from (start, end): to mark what was found.

    The second is empty for the rare text whose parts fold otherwise than the whole.
    """
    signs: list[str] = []
    spans: list[tuple[int, int]] = []
    for start, end in _clusters(text):
        kept = [sign for sign in unicodedata.normalize("NFKC", text[start:end]) if not _unseen(sign)]
        signs += kept
        spans += [(start, end)] * len(kept)
    plain = _GA_BETWEEN_KANJI.sub("け", "".join(signs))
    folded: list[str] = []
    origins: list[tuple[int, int]] = []
    for sign, (start, end) in zip(plain, spans, strict=True):
        for small in _DASHES.sub("-", sign.lower().translate(_KATAKANA).translate(_SMALL)):
            if small == "-" and folded and folded[-1] == "-":
                origins[-1] = (origins[-1][0], end)
                continue
            folded.append(small)
            origins.append((start, end))
    made = fold(text)
    return made, tuple(origins) if "".join(folded) == made else ()


def _clusters(text: str) -> list[tuple[int, int]]:
    """Where signs stand together with the marks behind them, half-width voiced marks too."""
    starts = [at for at, sign in enumerate(text) if not at or not (unicodedata.combining(sign) or sign in "ﾞﾟ")]
    return list(zip(starts, [*starts[1:], len(text)], strict=False))


def fold_words(query: str) -> tuple[str, ...]:
    """The folded words of a search, in order, each once: split at spaces (full width too).

    At most 8 words of at most 40 signs: what is longer is cut, for nobody means it as a search.
    """
    words = dict.fromkeys(fold(word)[:MAX_WORD_LENGTH] for word in query.split())
    return tuple(word for word in words if word)[:MAX_WORDS]


def fold_place(text: str) -> str:
    """As :func:`fold`, for places and addresses: 大字 and 字 are dropped and 一丁目 is 1丁目.

    Every が after kanji counts as け, so that 霞が, while it is still being typed, already finds 霞ヶ浦.
    """
    folded = _compare(text, _GA_AFTER_KANJI)
    return _CHOME.sub(lambda found: f"{number_of(found[1])}丁目", _AZA.sub("", folded))


def _compare(text: str, possessive: re.Pattern[str]) -> str:
    """The steps that both folds share; ``possessive`` says which が is one with ヶ."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if not _unseen(sign))
    # While katakana are still katakana: the ガ of 観光ガイド is no possessive.
    plain = possessive.sub("け", plain)
    return _DASHES.sub("-", plain.lower().translate(_KATAKANA).translate(_SMALL))


def _unseen(sign: str) -> bool:
    """Whether a sign takes no part in comparing: spaces, controls, zero-width signs, variant selectors of kanji."""
    selector = "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"
    return selector or sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf"}
