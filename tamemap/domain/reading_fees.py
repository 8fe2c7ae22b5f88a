"""What it costs: 無料, 500円, 大人300円 小中学生100円, 前売千五百円 当日二千円."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_field import Found, sure
from tamemap.domain.reading_rows import in_rows, overlap, same_row
from tamemap.domain.reading_words import counted, wide_folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_lines import Item
    from tamemap.domain.reading_rows import Line

SUM = r"(?:\d[\d,]*円|¥\d[\d,]*)"
PRICES = re.compile(rf"(?:{SUM})+")
COSTS = re.compile(rf"{SUM}|無料|むりょう|ただ$|不要|なし|(?:いり|かかり|ありま)せん|実費|カンパ|投げ銭")
FREE = re.compile(
    r"(?:どなたでも|だれでも|誰でも)?(?:(?:入場|参加|観覧|見学|聴講|拝観|入園|入館|体験|相談|鑑賞|利用|試飲|試食|乗車|受講)(?:料|費)?(?:は|:)?)?(?:無料|むりょう)"
)
PAYER = re.compile(
    r"大人|おとな|シニア|高齢者|児童|生徒|保護者|子ども|こども|小人|一般|学生|小学生|中学生|高校生|前売|当日|会員|1人|お一人|1組|1家族|1名|親子|各回|体験|月謝|1回|1席|未就学児|入場|参加"
)
AND = (
    r"以上|以下|以外|の方|につき|全席|自由|指定|券|税込|別途|のみ|ほか|シニア|大学生|小中学生|中高生|高校|中学"
    r"|親|子|人|名|組|家族|回|席|歳|各|ペア"
)
NAMED = re.compile(rf"[一-鿿ぁ-んァ-ヶー]{{1,6}}(?:料金?|費用?|代)[\s:]*(?:[^\W\d]{{1,8}}|1[一-鿿ァ-ヶ]+(?:\([^)]*\))?)?{SUM}")
SAID = re.compile(
    rf"(?:(?:参加|入場|受講|観覧|体験|鑑賞|聴講)(?:費用?|料金?)|料金|費用|会費)は、?((?:お?(?:1人|ひとり)(?:様|さま)?)?(?:{SUM}|無料))"
)
GIVEN = re.compile(r"(?:入場|参加)?(?:料|費)?[:は]?(?:カンパ|投げ銭)制?|(?:木戸銭|参加費|入場料)は(?:お気持ちで?|カンパ|投げ銭)")
# money that nobody pays at the door
MOST_PLAIN = 4  # signs of 受講無料: 無料 alone may be of something else
ELSE = re.compile(
    r"年会費|月会費|募金|寄付|賞金|商品券|割引|以上お買|送料|時給|日給|賃金|年額|月額|補助|助成|総額|相当|円分|円引|円以上|円以下|駐車|駐輪|保険料"
)
SENTENCE = re.compile(r"(?:[。！!]|ます|です|ください|ました|ません)$")
# said elsewhere on the line, before or behind the fee
LEAD = re.compile(r"^(?:(?:令和\d+年|20\d\d年)\s*|[・●◆■☆★※\s]+)")
TAIL = re.compile(r"[\s　、。]*(?:[★☆♪].*|申込(?:不要|み)|要予約|予約不要|どなたでも).*$")


def fee_of(items: Sequence[Item]) -> Found[str] | None:
    """What taking part costs, in the flyer's words; None where it says nothing."""
    labelled = [item for item in items if item.kind == "fee" and COSTS.search(counted(item.text)) and not _prose(item)]
    if labelled:
        first = _of_the_event(labelled, items)
        plainly = _understood(first.text) and first is labelled[0]
        return Found(_tidy(first.text), sure(0.96 if plainly else 0.82, [first]), first.lines, "label")
    table = _table(items)
    if table:
        return table
    rivals = [
        (score, item, text)
        for item in items
        if item.kind in {"", "when", "where", "time"}
        for score, text in [_loose(item)]
        if score > 0
    ]
    # 定員80名・受講無料・要申込
    beside = [(item, _free(counted(item.text))) for item in items if item.label in {"定員", "対象", "ていいん", "たいしょう"}]
    rivals += [(score, item, text) for item, (score, text) in beside if score > 1 and len(text) >= MOST_PLAIN]
    if not rivals:
        return None
    if _goods(items):
        rivals = [one for one in rivals if re.search(FREE, one[2]) or PAYER.search(one[2])]
    if not rivals:
        return None
    score, item, text = max(rivals, key=lambda one: (one[0], one[1].size))
    return Found(text, sure(0.92 if score >= 2 and len(rivals) == 1 and _understood(text) else 0.78, [item]), item.lines, "price")


def _of_the_event(labelled: Sequence[Item], items: Sequence[Item]) -> Item:
    """Of several fees the one in the column of the day: in a paper of many articles each has its own."""
    day = next((item.lines[0] for item in items if item.kind == "when" and item.text), None)
    if day is None or overlap(labelled[0].lines[-1], day) > 0 or overlap(labelled[0].lines[0], day) > 0:
        return labelled[0]
    return next((item for item in labelled if overlap(item.lines[0], day) > 0), labelled[0])


def _table(items: Sequence[Item]) -> Found[str] | None:
    """おとな 1,000円 over こども 600円: rows of who pays how much, without a label."""
    loose = [line for item in items if item.kind == "" for line in item.lines if not line.vertical]
    rows: list[list[Line]] = []
    for line in in_rows(loose):
        if rows and same_row(rows[-1][0], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    run: list[list[Line]] = []
    for row in rows:
        text = counted(" ".join(line.text for line in row))
        priced = re.search(rf"{SUM}|無料", text) and PAYER.match(text) and _understood(text) and not ELSE.search(text)
        close = not run or row[0].box[1] - run[-1][0].box[3] < 1.5 * row[0].size
        if priced and close:
            run.append(row)
        elif len(run) > 1:
            break
        else:
            run = [row] if priced else []
    lines = tuple(line for row in run for line in row)
    if len(run) < 2 or not any(re.search(SUM, counted(line.text)) for line in lines):
        return None
    worst = min(line.confidence for line in lines)
    return Found(" ".join(line.text for line in lines), round(0.85 - max(0.0, 0.93 - worst), 3), lines, "price")


def _goods(items: Sequence[Item]) -> bool:
    """Several bare prices are those of things to buy."""
    return sum(len(re.findall(SUM, counted(item.text))) for item in items if PRICES.fullmatch(counted(item.text))) >= 3


def _understood(text: str, most: int = 45) -> bool:
    """Whether all of it is who pays how much: what else stands there may belong to something else."""
    left = re.sub(r"\([^()]*\)", "", counted(text))
    left = re.sub(rf"{FREE.pattern}|{SUM}|{PAYER.pattern}|{AND}", "", left)
    return len(text) <= most and not re.search(r"[^\W\d_]{2,}", left)


def _prose(item: Item) -> bool:
    return len(item.text) > 70 or bool(re.search(r"(?:ます|です)。", item.text))


def _loose(item: Item) -> tuple[float, str]:
    """How much an unlabelled line is a fee, and which part of it."""
    text = counted(item.text)
    shown = _tidy(item.text)
    if item.kind != "":
        plainly = not (SENTENCE.search(text) or ELSE.search(text))
        parts = [part for part in re.split(r"[\s　]+", wide_folded(shown)) if part and plainly]
        parts = [part for part in parts if re.fullmatch(rf"{SUM}|{FREE.pattern}", counted(part))]
        return (1.0, parts[0]) if parts else (0.0, "")
    if GIVEN.fullmatch(text):
        return 2.0, shown
    said = SAID.search(text)
    if said and not ELSE.search(text):
        return 1.5, said[1]
    if SENTENCE.search(text) or ELSE.search(text) or not COSTS.search(text):
        return _free(text)
    return _priced(text, shown)


def _priced(text: str, shown: str) -> tuple[float, str]:
    """The same of a line that names a sum, or says that there is none."""
    if re.fullmatch(FREE, text) or re.fullmatch(SUM, text):
        return 3.0, shown
    begins = re.match(rf"(?:(?:有料|ワンコイン)\(?)?(?:{SUM}|{FREE.pattern})", counted(shown)) is not None
    if NAMED.match(text) and len(text) <= 45:
        return 2.0, shown
    outside = re.sub(r"\([^()]*\)", "", text)
    if not begins and not re.search(SUM, outside) and not re.fullmatch(rf"(?:{PAYER.pattern}|{AND}|料|費|[・、/])+", outside):
        return _free(outside)  # ミニSL(1回200円): of one thing among others
    if (PAYER.search(text) and (len(text) <= 32 or _understood(shown, 60))) or (begins and len(text) <= 32):
        return _free(text) if not re.search(SUM, text) and not _understood(shown) else (2.0, shown)
    return _free(text)


def _free(text: str) -> tuple[float, str]:
    """無料 among other words (入退場自由・参加無料, 入場無料 どなたでもお越しください): that word alone."""
    if any(re.fullmatch(FREE, part) for part in re.split(r"[・、。/|★☆※!]", text)[:3]):
        part = next(part for part in re.split(r"[・、。/|★☆※!]", text) if re.fullmatch(FREE, part))
        return 1.5, part
    free = FREE.search(text)
    if free is None or len(free[0]) < 3 or re.match(r"[のがをに一-鿿]", text[free.end() :]):
        return 0.0, ""
    aside = text[: free.start()].endswith("(")  # of one thing among others
    return (1.0, free[0]) if not aside and (len(text) <= 30 or free.start() == 0) else (0.0, "")


def _tidy(text: str) -> str:
    text = re.sub(r"[\n]+", " ", text)
    return TAIL.sub("", LEAD.sub("", text)).strip(" 　、。・/") or text.strip()
