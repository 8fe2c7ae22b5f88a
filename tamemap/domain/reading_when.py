"""Which of the days on a flyer is the event's, and at what hours: all are collected, each with what speaks for it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING

from tamemap.domain.reading_days import ERAS, YEAR_ALONE, Mention, days_in, lone_days
from tamemap.domain.reading_field import Found, sure
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_spans import Candidate, day_after, first_of_list, last_hour, named_day
from tamemap.domain.reading_times import DAY, DOORS, Hours, closing_in, hours_in
from tamemap.domain.reading_words import counted, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_lines import Item

# a day in a clause with these words is when something else happens
ELSE_BEFORE = re.compile(
    r"(?:締切|〆切|締め切り|しめきり|申込|申し込み|募集|応募|販売|雨天|荒天|順延|延期|予備日|発行|生まれ|休館|休業|定休|休み|年度"
    r"|期限|前売|発売|抽選|当選|発表|振込|返信|必着|消印|更新|現在|受付期間|受付開始|予約|提出|回答|昭和|創業|創立|施行|改正)"
)
ELSE_AFTER = re.compile(
    r"^[^~\-]{0,4}?(?:までに|まで(?!\d)|締切|〆切|必着|消印|現在|発行|生まれ|以降|以前|付け?|に?順延|に?延期|から(?:電話|受付|申込|予約|窓口|販売|募集)"
    r"|(?:より|から)?受付(?:開始|中)|号|の?豪雨|撮影|時点|休館|休み|申込|発売|前号)"
)
ANNOUNCED = re.compile(r"(?:今月|来月|今回|今年|今年度|本年)の?(?:開催日?)?は$")  # 今月は11月29日です
CLAUSE = re.compile(r"[。、;]|\s|(?<=[^\d:])/(?=[^\d])")
ASIDE = re.compile(r"\s*[※*＊]")  # said by the way
GOOD = 2.2  # of a day that is given at all
BEGINS = re.compile(r"開演|開会|開式|開始|出発|スタート|START", re.IGNORECASE)
OFFICE_HOURS = re.compile(r"平日|電話|TEL|窓口|申込|月\s*~\s*金")
TIMETABLE = re.compile(r"受付|開場|営業|キッチンカー|電話|TEL|窓口|平日|連絡|バス|駐車|通行止|締切|休館|まで受")


@dataclass(frozen=True, slots=True)
class When:
    """Start and end as days and minutes since that day's midnight (an end of 1440 is 24:00); no minutes: all day."""

    first: date
    last: date
    start: int | None = None
    end: int | None = None

    @property
    def all_day(self) -> bool:
        """Whether no hour is said."""
        return self.start is None


def when_of(items: Sequence[Item], *, taken: date) -> Found[When] | None:
    """The event's day and hours, as the flyer says them; ``taken`` is the day of the photograph. None when it says none."""
    years = _years(items)
    month = _month(items)
    body = median(item.size for item in items) if items else 1.0
    found = [
        Candidate(mention, item, _score(mention, item, body, items, taken))
        for item in items
        for mention in days_in(item.text, taken, years)
    ]
    if not any(one.score >= GOOD for one in found):
        found += [
            Candidate(mention, item, _score(mention, item, body, items, taken) - 0.8)
            for item in items
            for mention in lone_days(item.text, taken, month)
        ]
    found.sort(key=lambda one: -one.score)
    if not found or found[0].score < GOOD:
        return None
    best = first_of_list(named_day(found[0], found), found)
    return _answer(best, found, items, taken)


def _years(items: Sequence[Item]) -> frozenset[int]:
    found = set()
    for item in items:
        if item.kind in {"", "when"} or item.kind == "issued":
            for match in YEAR_ALONE.finditer(counted(item.text)):
                found.add(
                    int(match["y"])
                    if match["y"]
                    else ERAS.get(match["era"].upper(), ERAS.get(match["era"], 0)) + int(match["ey"])
                )
    return frozenset(found) if len(found) == 1 else frozenset()


def _month(items: Sequence[Item]) -> int | None:
    for item in items:
        if match := re.search(r"(?<!\d)(1[0-2]|[1-9])月号", counted(item.text)):
            return int(match[1])
    return None


def _score(mention: Mention, item: Item, body: float, items: Sequence[Item], taken: date) -> float:
    text = counted(item.text)
    score = {"when": 3.0, "time": 1.5, "": 0.6, "where": 0.3}.get(item.kind, -2.5)
    score += min(2.0, 1.4 * max(0.0, item.size / body - 1.0)) if len(text) < 40 else 0.0
    score += {True: 1.5, False: -0.8, None: 0.0}[mention.fits]
    score += {"full": 0.7, "slash": 0.2, "dot": 0.0, "monthly": 0.8, "lone": 0.2}[mention.form]
    score += 0.4 if mention.year_said else 0.0
    score += 0.8 if mention.ranged else 0.0  # its opening ceremony is a part of it
    score += 0.6 if mention.ranged and text.startswith(("期間", "会期", "開催")) else 0.0
    if item.kind == "when" and ASIDE.match(item.lines[0].text):
        score -= 3.4
    if _bare(mention) and item.kind != "when":
        score -= 1.6
    score += 1.0 if hours_in(text[mention.end :]) else 0.5 if _beside(item, items) else 0.0
    score -= _against(mention, item, text)
    if (mention.days[-1] - taken).days < -1:
        score -= 1.5
    if abs((mention.first - taken).days) > 500:
        score -= 1.5
    return score


def _bare(mention: Mention) -> bool:
    """12/1 alone may be a fraction or a number; 12/1~12/25 may not."""
    return mention.form in {"slash", "dot"} and mention.fits is None and not mention.year_said and not mention.ranged


def _against(mention: Mention, item: Item, text: str) -> float:
    """What says that this day is something else's: a deadline, the rainy day, the day of the letter."""
    before = CLAUSE.split(text[: mention.at])[-1][-16:]
    bracket = text[: mention.at].rfind("(") > text[: mention.at].rfind(")")
    against = -1.8 if ANNOUNCED.search(before) else 0.0
    if ELSE_BEFORE.search(before):
        against += 4.0
    if ELSE_AFTER.search(text[mention.end :]) and not (mention.ranged and text[mention.end :].startswith("まで")):
        against += 4.0
    if bracket and item.kind != "when":
        against += 0.8
    letter = mention.year_said and mention.fits is None and len(text) <= mention.end - mention.at + 2
    if letter and item.kind == "" and not hours_in(text):
        against += 2.6
    if len(text) > 45 or text.endswith(("。", "ます", "です", "ました")):
        against += 1.0
    return against


def _beside(item: Item, items: Sequence[Item]) -> Item | None:
    """The nearest item that says hours and is no other matter's."""
    close = [(near(item, other), other) for other in items if other is not item and _may_say_hours(other)]
    # 開演 is the beginning wherever it stands
    close = [one for one in close if one[0] < 3.0] or [one for one in close if BEGINS.search(one[1].text)]
    return min(close, key=lambda one: one[0])[1] if close else None


def _with_label(item: Item) -> str:
    """受付 8:30 出発 9:00: the first word says which hour is whose."""
    return f"{item.label}{item.text}" if item.label in DOORS or item.label.startswith("集合") else item.text


def _may_say_hours(item: Item) -> bool:
    text = counted(_with_label(item))
    begins = item.label.startswith("集合") or (item.label in DOORS and BEGINS.search(text))
    if (item.kind not in {"", "when", "time"} and not begins) or len(text) > 40:
        return False
    hours = hours_in(text)
    return (
        hours is not None
        and (hours.at <= 14 or item.kind == "time" or BEGINS.search(text) is not None)
        and not (item.kind == "" and TIMETABLE.search(text) and not re.search(r"開演|開始|開会(?!式)|~", text))
    )


def _answer(best: Candidate, found: Sequence[Candidate], items: Sequence[Item], taken: date) -> Found[When]:
    hours, source, own = _hours(best, items)
    mention = best.mention
    days = mention.days
    start, end = (hours.start, hours.to) if hours else (None, None)
    last = days[-1]
    if start is not None and end is None and last == days[0]:
        end = next((said for item in items if item.kind != "deadline" and (said := closing_in(item.text))), None)
    if end is not None and start is not None and end <= start and last == days[0]:
        end = None
    if end is not None and end > DAY:
        last, end = last + timedelta(days=1), end - DAY
    if end is not None and last > days[0]:
        end = last_hour(items, last) or end
    value = When(days[0], last, start, end)
    problems = _problems(mention, taken, hours)
    more = day_after(best, found) if hours and own and end is not None and last == days[0] else None
    if more:
        value = When(days[0], more[0].mention.days[-1], start, more[1])
    others = [one for one in found if one.mention.days[0] not in {*days, value.last}]
    confidence = _confidence(best, others, hours, own, problems)
    used = [best.item, *([source] if source is not None and source is not best.item else [])]
    lines = tuple(dict.fromkeys(line for item in used for line in item.lines))
    reason = "label" if best.item.kind == "when" else "weekday" if mention.fits else "size"
    return Found(value, sure(confidence, used), lines, reason, problems)


def _hours(best: Candidate, items: Sequence[Item]) -> tuple[Hours | None, Item | None, bool]:
    text = counted(best.item.text)
    rest = text[best.mention.end :]
    following = days_in(rest, best.mention.first)
    hours = hours_in(rest[: following[0].at] if following else rest) or hours_in(rest)
    if hours:
        return hours, best.item, True
    named = [item for item in items if item.kind == "time" and hours_in(item.text)]
    if named:
        return hours_in(named[0].text), named[0], True
    beside = _beside(best.item, items)
    if beside:
        return hours_in(_with_label(beside)), beside, near(best.item, beside) < 1.6
    ahead = hours_in(text[: best.mention.at])
    if ahead:
        return ahead, best.item, False
    # where nothing else is said, people come while they are received
    doors = [one for one in items if one.label in DOORS and near(best.item, one) < 2 and not OFFICE_HOURS.search(one.text)]
    received = next(((hours, one) for one in doors if (hours := hours_in(one.text))), (None, None))
    return *received, False


def _problems(mention: Mention, taken: date, hours: Hours | None) -> tuple[str, ...]:
    found = []
    if mention.fits is False:
        found.append("weekday")
    if mention.days[-1] < taken:
        found.append("past")
    if abs((mention.first - taken).days) > 400:
        found.append("year")
    if hours and hours.to is not None and hours.to <= hours.start and mention.first == mention.days[-1]:
        found.append("end_before_start")
    return tuple(found)


def _confidence(best: Candidate, others: Sequence[Candidate], hours: Hours | None, own: bool, problems: tuple[str, ...]) -> float:
    rival = max((one.score for one in others), default=0.0)
    confidence = 0.97 if best.score >= 5 else 0.93 if best.score >= 4 else 0.82 if best.score >= 3 else 0.6
    if best.score - rival < 1.5:
        confidence -= 0.2
    if best.mention.fits is None and best.item.kind != "when":
        confidence -= 0.08
    if best.mention.form in {"monthly", "lone"}:
        confidence = min(confidence, 0.7)
    if hours is None:
        confidence -= 0.05
    elif not own or not hours.clear:
        confidence -= 0.12
    if problems:
        confidence = min(confidence, 0.55)
    return confidence


def event_words(text: str) -> bool:
    """Whether a line says nothing but when."""
    left = counted(text)
    for mention in reversed(days_in(left, date(2026, 1, 1))):
        left = left[: mention.at] + left[mention.end :]
    left = re.sub(r"(?:午前|午後|AM|PM)?\d{1,2}(?:時(?:\d{1,2}分|半)?|:\d\d)", "", plain(left), flags=re.IGNORECASE)
    return not re.search(
        r"[^\W\d_]{2,}", re.sub(r"から|まで|より|開場|開演|終演|祝|[月火水木金土日]曜?日?|SAT|SUN|予定", "", left)
    )
