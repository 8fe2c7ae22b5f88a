"""Days and hours as flyers write them."""

from __future__ import annotations

from datetime import date

import pytest

from tamemap.domain.reading_days import days_in, lone_days
from tamemap.domain.reading_times import hours_in

NEAR = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("令和8年12月9日(水)", ["2026-12-09"]),
        ("R8.12.6（日）", ["2026-12-06"]),
        ("令和八年十一月二十八日（土）", ["2026-11-28"]),
        ("令和元年5月1日", ["2019-05-01"]),
        ("12/19(土)", ["2026-12-19"]),
        ("１２／１９（土）", ["2026-12-19"]),
        ("11.23 [祝]", ["2026-11-23"]),
        ("2026.11.28 SAT", ["2026-11-28"]),
        ("8月8日(土)・9日(日)", ["2026-08-08", "2026-08-09"]),
        ("12月5日・12日・19日（土）", ["2026-12-05", "2026-12-12", "2026-12-19"]),
        ("12月24日〜1月5日", ["2026-12-24", "2027-01-05"]),
        ("令和8年12月19日(土)～令和9年1月31日(日)", ["2026-12-19", "2027-01-31"]),
        ("12/4(金)▶6(日)", ["2026-12-04", "2026-12-06"]),
        ("毎月第3土曜日", ["2026-11-21"]),
        ("0966-00-1201", []),
        ("13月40日", []),
        ("2月30日(月)", []),
    ],
)
def test_days(text, days):
    assert [str(day) for mention in days_in(text, NEAR) for day in mention.days] == days


def test_a_day_without_a_year_takes_the_year_in_which_its_weekday_is_right():
    assert days_in("5/3(祝)", date(2026, 4, 24))[0].first == date(2026, 5, 3)
    assert days_in("1月16日(土)", NEAR)[0].first == date(2027, 1, 16)
    assert days_in("11月10日(火)", NEAR)[0].first == date(2026, 11, 10)


def test_a_year_that_stands_alone_on_the_page_counts():
    assert days_in("11月3日", NEAR, frozenset({2027}))[0].first == date(2027, 11, 3)


def test_a_day_without_a_month_takes_the_one_that_the_page_names():
    assert lone_days("23日(水)に行います", NEAR, 12)[0].first == date(2026, 12, 23)
    assert lone_days("27日(日)", NEAR, None)[0].first == date(2026, 12, 27)


def clock(minutes):
    return None if minutes is None else f"{minutes // 60}:{minutes % 60:02}"


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("午後六時半開演（六時開場）八時終演予定", "18:30", "20:00"),
        ("開場13:30 / 開演14:00（16:30終演）", "14:00", "16:30"),
        ("18:30開場 19:00開演", "19:00", None),
        ("開場13:30開演14:00", "14:00", None),
        ("9:30〜12:00／13:15〜16:00", "9:30", "16:00"),
        ("①10:30〜11:15 ②14:00〜14:45", "10:30", "11:15"),
        ("午後一時〜四時", "13:00", "16:00"),
        ("午前11時〜午後1時30分", "11:00", "13:30"),
        ("午後1時30分から午後3時まで", "13:30", "15:00"),
        ("正午〜午後3時", "12:00", "15:00"),
        ("10時半から正午まで", "10:30", "12:00"),
        ("18:00〜24:00", "18:00", "24:00"),
        ("18:00〜翌2:00", "18:00", "26:00"),
        ("9:00〜14:00（受付8:45）", "9:00", "14:00"),
        ("PM1:30～PM3:00", "13:30", "15:00"),
        ("10時～3時", "10:00", "15:00"),
        ("8:30〜（雨天決行）", "8:30", None),
        ("3時間の講座", None, None),
    ],
)
def test_hours(text, start, end):
    hours = hours_in(text)
    assert (clock(hours.start) if hours else None, clock(hours.to) if hours else None) == (start, end)
