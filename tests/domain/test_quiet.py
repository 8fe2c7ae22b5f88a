"""When nobody but staff writes: the switch, and nights that go across midnight, in Tokyo's time all the year."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tamemap.clock import TOKYO
from tamemap.domain.quiet import Closed, Quiet, checked_night, closed_now, closed_words
from tamemap.errors import Invalid
from tamemap.i18n import t

NIGHT = Quiet(night_from="22:00", night_to="06:00")
NAP = Quiet(night_from="13:00", night_to="14:30")


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=TOKYO).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        (NIGHT, at(22, 21, 59), None),
        (NIGHT, at(22, 22), at(23, 6)),
        (NIGHT, at(22, 23, 59), at(23, 6)),
        (NIGHT, at(23, 0), at(23, 6)),
        (NIGHT, at(23, 5, 59), at(23, 6)),
        (NIGHT, at(23, 6), None),
        # the end of a month
        (NIGHT, at(30, 23), at(1, 6, month=12)),
        (NAP, at(22, 12, 59), None),
        (NAP, at(22, 13), at(22, 14, 30)),
        (NAP, at(22, 14, 30), None),
        (Quiet(), at(22, 3), None),
        (Quiet(night_from="22:00"), at(22, 23), None),
        (Quiet(night_from="rubbish", night_to="06:00"), at(22, 23), None),
    ],
)
def test_a_night_begins_and_ends_at_the_minute(quiet, now, until):
    assert closed_now(quiet, now) == (Closed("night", until) if until else None)


@pytest.mark.parametrize("month", range(1, 13))
def test_tokyo_has_no_summer_time(month):
    assert closed_now(NIGHT, at(15, 22, month=month)).until == at(16, 6, month=month)
    assert closed_now(NIGHT, at(15, 6, month=month)) is None


def test_the_switch_comes_before_the_night_and_has_no_end():
    quiet = Quiet(at(22, 12), "落ちつきましょう。", "22:00", "06:00")
    for now in (at(22, 13), at(22, 23)):
        assert closed_now(quiet, now) == Closed("closed", None, "落ちつきましょう。")


def test_it_is_said_why_and_until_when():
    assert "6:00" in closed_words(closed_now(NIGHT, at(22, 23)))
    assert "落ちつきましょう。" in closed_words(Closed("closed", None, "落ちつきましょう。"), "en")
    assert closed_words(None) == ""
    assert closed_words(Closed("closed")) == t("errors.writing_closed", words="")


def test_only_two_different_times_of_day_make_a_night():
    assert checked_night("", " ") == ("", "")
    assert checked_night("22:00", "06:00") == ("22:00", "06:00")
    for begin, end, field in (("22:00", "", "night_to"), ("24:00", "06:00", "night_from"), ("9:00", "10:00", "night_from"),
                              ("22:00", "22:00", "night_to"), ("22:00", "06:60", "night_to")):  # fmt: skip
        with pytest.raises(Invalid) as caught:
            checked_night(begin, end)
        assert [one.field for one in caught.value.errors] == [field]
