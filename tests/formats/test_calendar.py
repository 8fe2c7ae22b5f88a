"""Aki's flyer in the calendar of a phone (RFC 5545)."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from tamemap.errors import NotFound
from tamemap.formats.calendar import calendar, google_link
from tests.formats.sheet import Sheet, on

EVENING = Sheet(when=on("2026-11-23T18:30:00+09:00", "2026-11-23T24:00:00+09:00"))


def lines(sheet: Sheet) -> list[str]:
    """The unfolded lines of the file."""
    return calendar(sheet).decode().replace("\r\n ", "").split("\r\n")


def event(sheet: Sheet):
    """The one event of the file, as a calendar reads it."""
    return Calendar.from_ical(calendar(sheet)).walk("VEVENT")[0]


def test_an_evening_stands_in_tokyos_time_with_the_zone_described():
    said = lines(EVENING)
    assert "DTSTART;TZID=Asia/Tokyo:20261123T183000" in said
    assert "DTEND;TZID=Asia/Tokyo:20261124T000000" in said
    zone = said[said.index("BEGIN:VTIMEZONE") : said.index("END:VTIMEZONE") + 1]
    assert zone == [
        "BEGIN:VTIMEZONE",
        "TZID:Asia/Tokyo",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZNAME:JST",
        "TZOFFSETFROM:+0900",
        "TZOFFSETTO:+0900",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]


def test_whole_days_end_on_the_day_after_the_last():
    said = lines(Sheet(when=on("2026-12-01", "2026-12-02")))
    assert "DTSTART;VALUE=DATE:20261201" in said
    assert "DTEND;VALUE=DATE:20261203" in said
    assert not [line for line in said if line.startswith("BEGIN:VTIMEZONE")]


def test_an_end_that_nobody_wrote_is_not_invented():
    assert "dtend" not in event(Sheet(when=on("2026-11-23T18:30:00+09:00")))


def test_every_line_is_short_and_ends_as_the_standard_says():
    raw = calendar(replace(EVENING, body="長い" * 400))
    assert raw.endswith(b"END:VCALENDAR\r\n")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_facts_are_there():
    made = event(EVENING)
    assert str(made["summary"]) == "秋の市; みかん, 栗"
    assert str(made["location"]) == "川原の広場、人吉市さくら町1-2"
    assert made["geo"].to_ical() == "32.2169;130.7394"
    assert made["categories"].to_ical().decode() == "市・マルシェ"
    assert str(made["url"]) == "http://localhost:8000/f/abcdefghjkmn"
    assert (made["sequence"], str(made["status"])) == (2, "CONFIRMED")
    assert str(made["attach"]) == "http://localhost:8000/f/abcdefghjkmn.jpg"
    assert str(made["description"]).splitlines() == [
        "雨なら中止。",
        "車は川原へ。",
        "",
        "料金：無料",
        "電話：0966-00-0000",
        "主催：さくら町内会",
        "ホームページ：https://example.jp/ichi",
        "http://localhost:8000/f/abcdefghjkmn",
    ]


def test_the_same_flyer_gives_the_same_bytes_and_keeps_its_name_when_changed():
    assert calendar(EVENING) == calendar(EVENING)
    changed = replace(EVENING, title="冬の市", version=4)
    assert event(changed)["uid"] == event(EVENING)["uid"] == "abcdefghjkmn@localhost"
    assert event(changed)["sequence"] == 3


def test_what_is_hidden_from_this_face_leaves_the_town_only():
    hidden = replace(EVENING, venue="", address="", fee="", phone="", organiser="", url="", body="")
    assert str(event(hidden)["location"]) == "熊本県人吉市"
    assert str(event(hidden)["description"]) == "http://localhost:8000/f/abcdefghjkmn"


def test_without_dates_there_is_no_calendar():
    with pytest.raises(NotFound) as refused:
        calendar(Sheet())
    assert refused.value.code == "flyer_without_dates"


@settings(deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=80))
def test_any_title_comes_back_as_it_was_written(title):
    assert str(event(replace(EVENING, title=title))["summary"]) == title


def test_google_is_told_the_same_dates_and_never_the_hidden_fields():
    asked = parse_qs(urlsplit(google_link(EVENING)).query)
    assert asked["dates"] == ["20261123T183000/20261124T000000"]
    assert asked["ctz"] == ["Asia/Tokyo"]
    assert asked["text"] == [EVENING.title]
    whole_days = parse_qs(urlsplit(google_link(Sheet(when=on("2026-12-01", "2026-12-02")))).query)
    assert whole_days["dates"] == ["20261201/20261203"]
    open_end = parse_qs(urlsplit(google_link(Sheet(when=on("2026-11-23T18:30:00+09:00")))).query)
    assert open_end["dates"] == ["20261123T183000/20261123T183000"]
