"""When: whole days, hours, 24:00, several days; what is said of them and what can be asked for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap import clock
from tamemap.domain.dates import Span, When, asked_span, date_label, day_words, read_when, said_when
from tamemap.errors import Invalid

SUNDAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # noon in Tokyo; the Monday after is a holiday


@pytest.fixture(autouse=True)
def noon():
    """It is Sunday noon in Tokyo."""
    with clock.frozen_at(SUNDAY):
        yield


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def span(first, last):
    return Span(clock.day_start(date.fromisoformat(first)), clock.day_end(date.fromisoformat(last)))


# reading and saying


@pytest.mark.parametrize(
    ("starts", "ends", "when"),
    [
        ("", "", When()),
        ("2026-12-01", "", When(utc(2026, 11, 30, 15), utc(2026, 12, 1, 15), all_day=True)),
        ("2026-12-01", "2026-12-02", When(utc(2026, 11, 30, 15), utc(2026, 12, 2, 15), all_day=True)),
        ("2026-12-09T10:00+09:00", "", When(utc(2026, 12, 9, 1))),
        (" 2026-12-09T10:00:00+09:00 ", "2026-12-09T02:30:00Z", When(utc(2026, 12, 9, 1), utc(2026, 12, 9, 2, 30))),
        ("2026-12-09T18:00+09:00", "2026-12-09T24:00+09:00", When(utc(2026, 12, 9, 9), utc(2026, 12, 9, 15))),
        ("2026-12-31T18:00+09:00", "2026-12-31T24:00:00.000+09:00", When(utc(2026, 12, 31, 9), utc(2026, 12, 31, 15))),
    ],
)
def test_dates_mean_moments(starts, ends, when):
    assert read_when(starts, ends) == when


@pytest.mark.parametrize(
    ("starts", "ends", "code", "field"),
    [
        ("x", "", "date_wrong", "starts_at"),
        ("2026-02-29", "", "date_wrong", "starts_at"),
        ("2026-12-01T25:00+09:00", "", "date_wrong", "starts_at"),
        ("2026-12-01T24:01+09:00", "", "date_wrong", "starts_at"),
        ("2026-12-01T10:00", "", "date_without_offset", "starts_at"),
        ("20261201", "", "date_without_offset", "starts_at"),
        ("1999-12-31", "", "date_too_far", "starts_at"),
        ("2031-12-31", "", "date_too_far", "starts_at"),
        ("9999-12-31T24:00+09:00", "", "date_wrong", "starts_at"),
        ("0001-01-01T00:00+14:00", "", "date_wrong", "starts_at"),
        ("", "2026-12-01", "start_missing", "starts_at"),
        ("2026-12-02", "2026-12-01", "end_before_start", "ends_at"),
        ("2026-12-01T10:00+09:00", "2026-12-01T10:00+09:00", "end_before_start", "ends_at"),
        ("2026-12-01", "2026-12-01T10:00+09:00", "date_and_time_mixed", "ends_at"),
        ("2026-12-01T10:00+09:00", "2026-12-01", "date_and_time_mixed", "ends_at"),
    ],
)
def test_what_is_no_date_is_refused_at_its_field(starts, ends, code, field):
    with pytest.raises(Invalid, match=code) as caught:
        read_when(starts, ends)
    assert [one.field for one in caught.value.errors] == [field]


@given(first=st.dates(date(2000, 1, 1), date(2030, 12, 31)), days=st.integers(0, 40))
def test_whole_days_come_back_as_they_were_said(first, days):
    last = first + timedelta(days=days)
    assert said_when(read_when(first.isoformat(), last.isoformat())) == (first.isoformat(), last.isoformat())


@given(minutes=st.integers(0, 60 * 24 * 900), length=st.integers(1, 60 * 24 * 3))
def test_moments_come_back_as_tokyos_clocks_show_them(minutes, length):
    start = utc(2026, 1, 1) + timedelta(minutes=minutes)
    said = said_when(When(start, start + timedelta(minutes=length)))
    assert [datetime.fromisoformat(one) for one in said] == [start, start + timedelta(minutes=length)]
    assert all(one.endswith("+09:00") for one in said)
    assert said_when(read_when(*said)) == said


def test_what_is_not_known_is_not_said():
    assert said_when(When()) == (None, None)
    assert said_when(When(utc(2026, 12, 9, 1))) == ("2026-12-09T10:00:00+09:00", None)


@pytest.mark.parametrize(
    ("when", "over"),
    [
        (read_when("2026-12-01", "2026-12-02"), utc(2026, 12, 2, 15)),
        (read_when("2026-12-09T10:00+09:00", ""), utc(2026, 12, 9, 15)),
        (read_when("2026-12-09T10:00+09:00", "2026-12-09T11:00+09:00"), utc(2026, 12, 9, 2)),
        (When(), None),
    ],
)
def test_it_is_over_at_its_end_and_without_one_at_the_end_of_its_day(when, over):
    assert when.over_at() == over


# the date tab


@pytest.mark.parametrize(
    ("starts", "ends", "tab", "text", "time"),
    [
        ("2026-11-23", "", (11, 23, "月"), "11月23日（月・祝）", ""),
        ("2026-11-23", "2026-11-25", (11, 23, "月"), "11月23日（月・祝）〜11月25日（水）", ""),
        ("2027-01-09", "", (1, 9, "土"), "2027年1月9日（土）", ""),
        ("2026-12-31", "2027-01-02", (12, 31, "木"), "12月31日（木）〜2027年1月2日（土）", ""),
        ("2026-12-09T10:00+09:00", "2026-12-09T11:30+09:00", (12, 9, "水"), "12月9日（水）", "10:00〜11:30"),
        ("2026-12-09T18:00+09:00", "2026-12-09T24:00+09:00", (12, 9, "水"), "12月9日（水）", "18:00〜24:00"),
        ("2026-12-09T09:05+09:00", "", (12, 9, "水"), "12月9日（水）", "9:05から"),
    ],
)
def test_the_tab_of_a_card(starts, ends, tab, text, time):
    label = date_label(read_when(starts, ends))
    assert (label.month, label.day, label.weekday) == tab
    assert (label.text, label.time) == (text, time)


def test_a_holiday_has_a_name_and_english_has_words():
    label = date_label(read_when("2026-11-23", ""), "en")
    assert label.holiday == "勤労感謝の日"
    assert label.weekday == "Mon"
    assert "23" in label.text
    assert date_label(When()) is None


def test_a_day_of_this_year_goes_without_it():
    assert day_words(date(2026, 11, 22)) == "11月22日（日）"
    assert day_words(date(2025, 11, 22)) == "2025年11月22日（土）"


# asking


@pytest.mark.parametrize(
    ("when", "found"),
    [
        ("", None),
        ("today", span("2026-11-22", "2026-11-22")),
        ("tomorrow", span("2026-11-23", "2026-11-23")),
        ("weekend", span("2026-11-22", "2026-11-22")),  # what is left of it
        ("week", span("2026-11-22", "2026-11-28")),
        ("2026-12-09", span("2026-12-09", "2026-12-09")),
        ("2026-12-09..2026-12-11", span("2026-12-09", "2026-12-11")),
        (" today ", span("2026-11-22", "2026-11-22")),
    ],
)
def test_days_that_are_asked_for(when, found):
    assert asked_span(when) == found


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-11-23", "2026-11-28"), ("2026-11-27", "2026-11-28"), ("2026-11-28", "2026-11-28"), ("2026-11-29", "2026-11-29")],
)
def test_the_weekend_is_the_coming_or_the_present_one(today, first):
    with clock.frozen_at(clock.day_start(date.fromisoformat(today))):
        assert asked_span("weekend") == span(first, "2026-11-29")


def test_a_minute_before_midnight_is_still_today():
    with clock.frozen_at(utc(2026, 11, 22, 14, 59)):
        assert asked_span("today") == span("2026-11-22", "2026-11-22")
    with clock.frozen_at(utc(2026, 11, 22, 15, 0)):
        assert asked_span("today") == span("2026-11-23", "2026-11-23")


@pytest.mark.parametrize(
    "when",
    ["now", "2026-11", "2026-13-01", "2026-12-02..2026-12-01", "2026-12-01..", "..2026-12-01", "9999-01-01", "today..tomorrow"],
)
def test_what_cannot_be_asked_for(when):
    with pytest.raises(Invalid, match="when_wrong"):
        asked_span(when)
