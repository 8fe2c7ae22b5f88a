"""What it is called: the title."""

from __future__ import annotations

import re
from statistics import median
from typing import TYPE_CHECKING

from tamemap.domain.reading_addresses import address_in
from tamemap.domain.reading_field import Found, sure
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_rows import in_rows, overlap
from tamemap.domain.reading_when import event_words
from tamemap.domain.reading_words import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_lines import Item

# the head of a paper that comes every month is not what it invites to
MASTHEAD = re.compile(
    r"(?:だより|便り|通信|ニュース|新聞|会報|広報|瓦版|かわら版|NEWS|News|タイムズ|ジャーナル|回覧板?)"
    r"(?:.{0,3}第?\d+号|\d{1,2}月号|[\s　].*号.*)?$|第\d+号|\d{1,2}月号"
)
# the head of a column, not the name of anything
HEADING = re.compile(
    r"(?:くらしの|まちの|市からの|町からの|村からの)?(?:情報|お知らせ|ご?案内|たより)(?:板|コーナー|ひろば)?"
    r"|イベント(?:情報)?|催し(?:物)?|講座(?:情報)?|ワークショップ|インフォメーション|INFORMATION|EVENT|回覧|掲示板|チラシ|特集"
)
COUNT = re.compile(r"第\d+回")  # of a title, in smaller type
ISSUE = re.compile(r"第\d+号|(?:No|NO|Vol|VOL|vol)\.?\d+|\d{1,2}月号|\d{4}年\d{1,2}月")
CALL = re.compile(
    r"(?:の)?(?:参加者|受講生|出演者|会員|出店者|ボランティア)?を?(?:の)?"
    r"(?:(?:募集|開催|実施)(?:します|いたします|中)|(?:開き|行い|催し)ます)[。！!]*$"
)
NAME_AND_NUMBER = re.compile(r"[^\W\d_月火水木金土日祝年時分休]-?\d+$")  # 鍋-1
NUMBERS = re.compile(r"^[\d\W_]+$")


def title_of(items: Sequence[Item]) -> Found[str] | None:
    """What the flyer is about: its largest words that are neither when, where, nor the head of a paper."""
    rivals = [item for item in items if item.kind in {"", "other"} and _may_be_title(item)]
    if not rivals:
        return None
    newsletter = [item for item in rivals if MASTHEAD.search(plain(item.text)) and item.size > 0.55 * rivals_largest(rivals)]
    issued = any(item.kind == "issued" or ISSUE.search(plain(item.text)) for item in items)
    news = [item for item in newsletter if issued or ISSUE.search(plain(item.text))]
    rest = [item for item in rivals if item not in news]
    if not rest:
        return None
    over = _heading_of_when(rest, items) if news else None
    ranked = sorted(rest, key=lambda item: -_weight(item, items) * (1.3 if item is over else 1.0))
    best = ranked[0]
    parts = _together(best, rest)
    parts = [item for item in items if COUNT.fullmatch(plain(item.text)) and near(item, best) < 0.8][:1] + parts
    second = next((item for item in ranked[1:] if item not in parts), None)
    lead = _weight(best, items) / _weight(second, items) if second else 3.0
    confidence = 0.95 if lead >= 1.35 else 0.88 if lead >= 1.15 else 0.7
    if news:
        confidence = min(confidence, 0.82)
    if len(_named(parts)) > 28:
        confidence = min(confidence, 0.7)
    lines = tuple(line for item in parts for line in item.lines)
    return Found(_named(parts), sure(confidence, parts), lines, "below_masthead" if news else "size")


def _heading_of_when(rivals: Sequence[Item], items: Sequence[Item]) -> Item | None:
    """In a paper of many articles: the last heading over the day and the hour, in their column."""
    day = next((item.lines[-1] for item in items if item.kind == "when"), None)
    if day is None:
        return None
    body = median(item.size for item in items)
    above = [
        item
        for item in rivals
        if item.size > 1.1 * body and overlap(item.lines[0], day) > 0 and item.lines[0].frame[1] < day.frame[1]
    ]
    return max(above, key=lambda item: item.lines[0].frame[1], default=None)


def rivals_largest(items: Sequence[Item]) -> float:
    """The size of the largest type among them."""
    return max(item.size for item in items)


def _may_be_title(item: Item) -> bool:
    text = plain(item.text)
    if item.kind == "other" and item.label not in {"お知らせ", "写真", "編集後記"}:
        return False
    if (
        item.kind == "other"
        or len(text) < 2
        or NUMBERS.match(text)
        or (event_words(item.text) and not NAME_AND_NUMBER.match(text))
    ):
        return False
    if re.fullmatch(r"[!-~]+", text) and len(text) < 4:
        return False
    return not address_in(item.text) and len(text) <= 60


def _weight(item: Item, items: Sequence[Item]) -> float:
    """Size of type first; then where it stands; whole sentences, prices and Latin words less."""
    text = plain(item.text)
    weight = item.size
    if re.search(r"(?:ます|です|ません|ください|ましょう|ませんか)[。！!？?]*$", text) and not re.search(r"ご協力ください", text):
        weight *= 0.8 if not CALL.search(text) else 1.0
    if re.fullmatch(r"[\x00-\x7f]+", text):
        weight *= 0.72
    if HEADING.fullmatch(text):
        weight *= 0.55
    if re.search(r"\d円|^(?:入場|参加|観覧)?(?:料|費)?無料$|先着|申込|定員|各位$", text):
        weight *= 0.6
    if len(text) > 30:
        weight *= 0.75
    tops = [line.frame[1] for one in items for line in one.lines if line.vertical == item.lines[0].vertical]
    span = max(1.0, max(tops) - min(tops))
    weight *= 1.0 - 0.25 * max(0.0, (item.lines[0].frame[1] - min(tops)) / span - 0.3)
    return weight


def _together(best: Item, rest: Sequence[Item]) -> list[Item]:
    """Lines of the same type right above or below are the same title."""
    parts = [best]
    for item in rest:
        alike = 0.85 < item.size / best.size < 1.18 and item.lines[0].vertical == best.lines[0].vertical
        if (
            item is not best
            and alike
            and near(item, best) < 0.9
            and len(plain(item.text)) <= 20
            and len(parts) < 3
            and (len(plain(best.text)) <= 20)
        ):
            parts.append(item)
    order = in_rows([item.lines[0] for item in parts])
    return sorted(parts, key=lambda item: order.index(item.lines[0]))


def _named(parts: Sequence[Item]) -> str:
    text = " ".join(re.sub(r"\n", " ", item.text) for item in parts).strip()
    text = CALL.sub("", text) if len(CALL.sub("", text)) >= 4 else text
    return re.sub(r"^[◆●■★☆♪・\s]+|[◆●■★☆♪・\s]+$", "", text)
