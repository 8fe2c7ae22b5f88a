"""A readout → what is kept and shown of it: per sheet its lines, fields and what is private, all in parts of the sheet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tamemap import clock
from tamemap.domain.reading import fields_of
from tamemap.domain.reading_field import SURE
from tamemap.domain.reading_private import private_in
from tamemap.gateways.reader import MOST_PAGES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tamemap.domain.reading import Fields
    from tamemap.domain.reading_field import Found, Gazetteer
    from tamemap.domain.reading_rows import Box
    from tamemap.domain.reading_when import When
    from tamemap.gateways.reader import Readout, ReadPage

FIELDS = ("title", "starts_at", "ends_at", "all_day", "venue", "address", "fee", "phone", "organiser")
MOST_LINES = 400
MOST_LETTERS = 400  # of one line or value
# a camera's clock that is further off has been reset
OLDEST = timedelta(days=3 * 366)


def sheets_of(out: Readout, *, today: date, gazetteer: Gazetteer) -> list[dict[str, Any]]:
    """The sheets as JSON keeps them, without places: ``{corners, found, page, size, photo, lines, private, around, fields}``.

    Corners are in parts of the upright photograph (its size in pixels is ``photo``), boxes in parts of the sheet; those of
    ``around``, what is seen on the whole photograph, in parts of that.
    """
    return [_sheet(page, number, today, gazetteer) for number, page in enumerate(out.pages[:MOST_PAGES])]


def _sheet(page: ReadPage, number: int, today: date, gazetteer: Gazetteer) -> dict[str, Any]:
    wide, high = page.photo
    size = (page.width, page.height)
    lines = page.lines[:MOST_LINES]
    corners = [[_part(x, wide), _part(y, high)] for x, y in page.corners] if wide and high and page.corners else None
    return {
        "corners": corners,
        "found": page.found,
        "page": 0 if wide else number,
        "size": list(size),
        "photo": [wide, high],
        "lines": [
            {
                "text": one.text[:MOST_LETTERS],
                "box": box_of(one.box, size),
                "confidence": round(one.confidence, 3),
                "vertical": one.vertical,
            }
            for one in lines
        ],
        "private": [
            *({"kind": "face", "box": box_of(one, size)} for one in page.faces),
            *({"kind": one.kind, "box": box_of(one.box, size)} for one in private_in(lines)),
        ],
        "around": [{"kind": "face", "box": box_of(one, page.photo)} for one in page.around],
        "fields": _fields(fields_of(lines, taken=_taken(page, today), gazetteer=gazetteer), size, today),
    }


def _taken(page: ReadPage, today: date) -> date:
    if page.taken is None or not timedelta(days=-1) <= clock.day_start(today) - page.taken.astimezone(UTC) <= OLDEST:
        return today
    return clock.tokyo(page.taken).date()


def box_of(box: Box, size: tuple[int, int]) -> list[float]:
    """Left, top, right, bottom in pixels → x, y, width, height in parts of the sheet, within it."""
    left, top, right, bottom = (_part(value, size[axis % 2]) for axis, value in enumerate(box))
    left, top, right, bottom = (min(1.0, max(0.0, value)) for value in (left, top, right, bottom))
    return [left, top, round(max(0.0, right - left), 5), round(max(0.0, bottom - top), 5)]


def _part(value: float, whole: int) -> float:
    return round(value / whole, 5) if whole else 0.0


def _fields(found: Fields, size: tuple[int, int], today: date) -> dict[str, Any]:
    made: dict[str, Any] = dict.fromkeys(FIELDS)
    if found.when is not None:
        problems = found.when.problems
        if found.when.value.last < today and "past" not in problems:
            problems = (*problems, "past")
        for name, value in moments(found.when.value).items():
            if value is not None:
                made[name] = _said(value, found.when, problems, size)
    for name in FIELDS:
        one: Found[str] | None = getattr(found, name, None)
        if one is not None:
            made[name] = _said(one.value[:MOST_LETTERS], one, one.problems, size)
    return made


def moments(when: When) -> dict[str, Any]:
    """Start, end and all-day as the form takes them: dates for all-day (the last day only where it is another)."""
    if when.all_day:
        last = when.last.isoformat() if when.last > when.first else None
        return {"starts_at": when.first.isoformat(), "ends_at": last, "all_day": True}
    ends = _moment(when.last, when.end) if when.end is not None else None
    return {"starts_at": _moment(when.first, when.start or 0), "ends_at": ends, "all_day": False}


def _moment(day: date, minutes: int) -> str:
    midnight = datetime(day.year, day.month, day.day, tzinfo=clock.TOKYO)
    return (midnight + timedelta(minutes=minutes)).isoformat(timespec="seconds")


def _said(value: object, found: Found[Any], problems: Sequence[str], size: tuple[int, int]) -> dict[str, Any]:
    boxes = [box_of(one, size) for one in found.boxes]
    sides = [(x, y, x + width, y + height) for x, y, width, height in boxes]
    around = [pick(side[axis] for side in sides) for axis, pick in enumerate((min, min, max, max))] if sides else [0.0] * 4
    return {
        "value": value,
        "confidence": found.confidence,
        "sure": found.confidence >= SURE and not problems,
        "evidence": {
            "line": " ".join(line.text for line in found.lines)[:MOST_LETTERS],
            "box": [around[0], around[1], round(around[2] - around[0], 5), round(around[3] - around[1], 5)],
            "boxes": boxes,
        },
        "reason": found.reason,
        "problems": list(problems),
    }
