"""Lines that say more than one thing, or hide their label: taken apart before anything is made of them.

主催：A　後援：B is two lines in one; a sign that begins line after line is a bullet, whatever the reader took it for; and
日, 時, 所 below each other at one edge are a column of labels.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from tamemap.domain.reading_words import KINDS, LABELS, label_of, plain, wide_folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_rows import Line

# words that are said within a value as well: 10時集合, 電話 0966, 受付 8:30 開会 9:00
WITHIN = {
    "集合 受付 受付開始 受付時間 電話 でんわ 電話番号 時間 時刻 次回 写真 発行 編集 予約 チケット メール 企画 実施 "
    "運営 アクセス 注意 指導 担当 お願い その他 お知らせ 資格 曜日 出演 集合・受付 次第 コース 期間 月日"
}
_OWN = sorted(
    (
        word
        for kind, words in LABELS.items()
        for word in words
        if kind not in {"rain", "issued"} and len(word) > 1 and word not in " ".join(WITHIN).split() and not word.isascii()
    ),
    key=len,
    reverse=True,
)
_WORDS = "|".join(r"[\s　]?".join(map(re.escape, word)) for word in _OWN)
# a bullet before it; or a gap before it, and behind it a colon, a gap or (定員50名) a figure
_INNER = re.compile(
    rf"(?P<bullet>[●○■◆◇◎★▼□])\s*(?=(?:{_WORDS})[\s:/]*\S)"
    rf"|[\s　]+(?=[【\[<]?(?:{_WORDS})[】\]>]?\s*[:/])"
    rf"|(?<=[)）])(?=(?:{_WORDS})\s*[:/])"
    rf"|[\s　]*(?=[【\[](?:{_WORDS})[】\]])"
    rf"|(?P<gap>[\s　]+)(?=(?:{_WORDS})(?:[\s　]+[^\s:/]|(?<=定員)\d|(?<=定員)(?:各|先着)))"
)
OPENING, CLOSING = "(（「『", ")）」』"


def with_parts(lines: Sequence[Line]) -> list[Line]:
    """A line that holds several labels, each with its value, is that many lines."""
    return [part for line in lines for part in _parts(line)]


def _parts(line: Line) -> list[Line]:
    text = line.text
    labelled = label_of(text) is not None
    cuts = []
    for found in _INNER.finditer(wide_folded(text)) if len(wide_folded(text)) == len(text) else ():
        before = text[: found.start()]
        deep = sum(before.count(sign) for sign in OPENING) > sum(before.count(sign) for sign in CLOSING)
        weak = found["gap"] is not None and not labelled and not re.match(r"定員", text[found.end() :])
        if plain(before) and not deep and not weak and not _part_of_label(before):
            cuts.append((found.start(), found.start() if found["bullet"] else found.end()))
    parts, at = [], 0
    for end, begin in [*cuts, (len(text), len(text))]:
        parts.append(_piece(line, at, end))
        at = begin
    return parts


def _part_of_label(before: str) -> bool:
    """Whether nothing but a label stands before it: 主催・問合せ, 会場 住所."""
    label = label_of(before)
    return label is not None and not label.rest


def _piece(line: Line, begin: int, end: int) -> Line:
    """The signs from ``begin`` to ``end`` as a line of their own, where they stand."""
    if (begin, end) == (0, len(line.text)):
        return line
    left, top, right, bottom = line.box
    whole = width(line.text)
    one, other = width(line.text[:begin]) / whole, width(line.text[:end]) / whole
    box = (
        (left, top + (bottom - top) * one, right, top + (bottom - top) * other)
        if line.vertical
        else (left + (right - left) * one, top, left + (right - left) * other, bottom)
    )
    return replace(line, text=line.text[begin:end].strip(), box=box)


def width(text: str) -> float:
    """How wide a text is set, in full signs."""
    return sum(1.0 if east_asian_width(sign) in "WFA" else 0.55 for sign in text) or 1.0


# ── bullets ──

MOST_BULLETS = 3  # so many lines that begin with the same odd sign


def with_bullets(lines: Sequence[Line]) -> list[Line]:
    """A sign that begins line after line at one edge, with a label behind it, is a bullet that was read as a letter."""
    made = list(lines)
    for sign in {line.text[:1] for line in lines if line.text[:1].isalnum()}:
        row = [line for line in made if line.text.startswith(sign) and len(plain(line.text)) > 1 and not line.vertical]
        edged = [line for line in row if abs(line.box[0] - min(one.box[0] for one in row)) < 0.7 * line.size]
        odd = len(edged) >= MOST_BULLETS and not any(label_of(line.text) for line in edged)
        if odd and any((label := label_of(line.text[1:])) and not label.glued and label.name in KINDS for line in edged):
            made = [replace(line, text=line.text[1:].lstrip()) if line in edged else line for line in made]
    return made


# ── 日 時 所 ──

WHOLE = {
    "日": "日にち",
    "時": "時間",
    "所": "場所",
    "場": "場所",
    "費": "参加費",
    "料": "参加費",
    "問": "問合せ",
    "対": "対象",
    "定": "定員",
    "内": "内容",
    "持": "持ち物",
    "申": "申込み",
    "主": "主催",
}
FEWEST = 2


def with_short_labels(lines: Sequence[Line]) -> list[Line]:
    """日, 時 and 所 below each other at one edge are labels, also where no gap was seen behind one of them."""
    sure = [line for line in lines if not line.vertical and _short(line)]
    made = []
    for line in lines:
        sign = plain(line.text)[:1]
        beside = {plain(other.text)[:1] for other in sure if abs(other.box[0] - line.box[0]) < 0.5 * line.size}
        shown = sign in WHOLE and not line.vertical and len(beside | {sign}) > FEWEST - _short(line)
        shown = shown and (_short(line) or label_of(line.text) is None) and not _left_over(line, lines)
        made.append(replace(line, text=f"{WHOLE[sign]} {line.text.lstrip()[1:].lstrip(' 　:：')}".strip()) if shown else line)
    return made


def _left_over(line: Line, lines: Sequence[Line]) -> bool:
    """Whether a sign is the end of a word that did not fit into its narrow cell: 出す場 over 所."""
    return len(plain(line.text)) == 1 and any(
        abs(other.box[0] - line.box[0]) < line.size
        and -0.4 * line.size < line.box[1] - other.box[3] < 0.7 * line.size
        and other.box[2] - other.box[0] < 8 * other.size
        for other in lines
        if other is not line and not _short(other)
    )


def _short(line: Line) -> bool:
    """Whether the line is such a sign, or begins with one and a gap."""
    found = re.match(rf"[{''.join(WHOLE)}](?:[\s:]|$)", wide_folded(line.text).strip())
    label = label_of(line.text)
    return found is not None and (label is None or len(label.name) == 1)
