"""A flyer's facts as the form on /me shows them, and back to what the service takes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.domain.flyers import HIDEABLE, LIMITS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tamemap.domain.dates import When
    from tamemap.queries.flyer import FlyerView

OFFSET = "+09:00"
DATES = ("start_day", "start_time", "end_day", "end_time")
HIDDEN = tuple(f"hidden_{name}" for name in HIDEABLE)
FIELDS = (*LIMITS, "category", *DATES, *HIDDEN)


@dataclass
class EditRow:
    """A flyer being changed; all text, as the fields of the form take it."""

    id: str = ""
    version: int = 0
    title: str = ""
    category: str = "event"
    start_day: str = ""
    start_time: str = ""
    end_day: str = ""
    end_time: str = ""
    venue: str = ""
    address: str = ""
    fee: str = ""
    phone: str = ""
    organiser: str = ""
    url: str = ""
    body: str = ""
    hidden: list[str] = field(default_factory=list)


def edit_row(view: FlyerView) -> EditRow:
    """From a flyer that the actor may change."""
    return EditRow(
        id=view.public_id,
        version=view.version,
        category=view.category,
        hidden=list(view.hidden_outside),
        **{name: getattr(view, name) for name in LIMITS},
        **dict(zip(DATES, _said(view.when), strict=True)),
    )


def _said(when: When) -> tuple[str, str, str, str]:
    """Day and time of start and end; an end at midnight is 00:00 at the end of its last day."""
    if when.starts_at is None:
        return "", "", "", ""
    start, last = clock.tokyo(when.starts_at), when.last_day()
    if when.all_day:
        return start.date().isoformat(), "", _other(last, start.date()), ""
    if when.ends_at is None:
        return start.date().isoformat(), _time(start), "", ""
    return start.date().isoformat(), _time(start), _other(last, start.date()), _time(clock.tokyo(when.ends_at))


def _other(day: date | None, first: date) -> str:
    return day.isoformat() if day is not None and day != first else ""


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M}"


def raw_of(fields: Mapping[str, str]) -> dict[str, str]:
    """The form's fields as ``services.flyers.change`` takes them; whatever cannot be read is refused there."""
    raw = {name: fields[name] for name in (*LIMITS, "category")}
    start_day, start_time, end_day, end_time = (fields[name].strip() for name in DATES)
    raw["starts_at"] = f"{start_day}T{start_time}:00{OFFSET}" if start_time else start_day
    if end_time:
        # a day ends at 24:00: nobody means the midnight before
        end_time = "24:00" if end_time == "00:00" else end_time
        raw["ends_at"] = f"{end_day or start_day}T{end_time}:00{OFFSET}"
    else:
        raw["ends_at"] = end_day
    return raw


def hidden_of(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Which fields stay with the residents."""
    return tuple(name for name in HIDEABLE if fields[f"hidden_{name}"])
