"""A flyer as iCalendar (RFC 5545), for the calendar of a phone."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from icalendar import Calendar, Event, Timezone, TimezoneStandard

from tamemap import clock, urls
from tamemap.errors import NotFound
from tamemap.formats.faces import address_of
from tamemap.i18n import DEFAULT, t

if TYPE_CHECKING:
    from datetime import date

    from tamemap.domain.dates import When
    from tamemap.formats.faces import Face

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Tamemap//Tamemap//JA"
HOURS = timedelta(hours=9)
GOOGLE = "https://calendar.google.com/calendar/render"


def calendar(face: Face, lang: str = DEFAULT) -> bytes:
    """A calendar with this one event, in Tokyo's time; all-day ones as dates. Raises NotFound for a flyer without dates."""
    made = Calendar()
    made.add("version", "2.0")
    made.add("prodid", PRODUCT)
    if not face.when.all_day:
        made.add_component(_tokyo())
    made.add_component(_event(face, lang))
    return made.to_ical()


def _tokyo() -> Timezone:
    """Japan's one zone, without summer time since 1951 (the library would look through all years since)."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", clock.TOKYO.key)
    standard.add("dtstart", datetime(1970, 1, 1))  # noqa: DTZ001  RFC 5545 §3.6.5: local time
    standard.add("tzname", "JST")
    standard.add("tzoffsetfrom", HOURS)
    standard.add("tzoffsetto", HOURS)
    zone.add_component(standard)
    return zone


def _event(face: Face, lang: str) -> Event:
    begins, ends = _span(face.when)
    event = Event()
    event.add("uid", f"{face.public_id}@{urlsplit(urls.absolute('')).hostname}")
    # without METHOD this is when the event was last revised: the same file comes back until somebody changes the flyer
    event.add("dtstamp", face.updated_at)
    event.add("last-modified", face.updated_at)
    event.add("sequence", face.version - 1)
    event.add("dtstart", begins)
    if ends is not None:
        event.add("dtend", ends)
    event.add("summary", face.title)
    event.add("location", place_line(face))
    event.add("geo", (round(face.lat, 6), round(face.lng, 6)))
    event.add("description", description(face, lang))
    event.add("categories", [t(f"category.{face.category}", lang)])
    event.add("url", urls.absolute(urls.flyer_page(face.public_id)))
    event.add("status", "CONFIRMED")
    if face.pictures:
        event.add("attach", urls.absolute(urls.flyer_preview(face.public_id)), parameters={"FMTTYPE": "image/jpeg"})
    return event


def _span(when: When) -> tuple[date | datetime, date | datetime | None]:
    """Start and end as iCalendar means them: an all-day end is the day after. An unknown end stays unknown."""
    if when.starts_at is None:
        raise NotFound("flyer_without_dates")
    if when.all_day:
        return clock.tokyo(when.starts_at).date(), clock.tokyo(when.over_at() or when.starts_at).date()
    return clock.tokyo(when.starts_at), clock.tokyo(when.ends_at) if when.ends_at else None


def place_line(face: Face) -> str:
    """Where, in one line: the venue and its address."""
    return "、".join(part for part in (face.venue, address_of(face)) if part)


def description(face: Face, lang: str = DEFAULT) -> str:
    """What this face says besides time and place, as plain lines, and the address of its page."""
    facts = [(name, getattr(face, name)) for name in ("fee", "phone", "organiser", "url")]
    lines = [t("calendar.fact", lang, name=t(f"flyer.{name}", lang), value=value) for name, value in facts if value]
    page = urls.absolute(urls.flyer_page(face.public_id))
    return "\n".join([*([face.body, ""] if face.body else []), *lines, page])


def google_link(face: Face, lang: str = DEFAULT) -> str:
    """The address that opens Google's calendar with this event filled in. Raises NotFound for a flyer without dates."""
    begins, ends = _span(face.when)
    pattern = "%Y%m%d" if face.when.all_day else "%Y%m%dT%H%M%S"
    fields = {
        "action": "TEMPLATE",
        "text": face.title,
        "dates": f"{begins.strftime(pattern)}/{(ends or begins).strftime(pattern)}",
        "ctz": "Asia/Tokyo",
        "location": place_line(face),
        # an address has its limits; the page of the flyer has everything
        "details": urls.absolute(urls.flyer_page(face.public_id)),
    }
    return f"{GOOGLE}?{urlencode(fields)}"
