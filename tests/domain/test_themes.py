"""The period of a theme: read from a form, over at the minute, said as people say it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tamemap import clock
from tamemap.domain.themes import Period, period_words, read_period, said_period
from tamemap.errors import Invalid
from tests.conftest import NOON

TO_SAY = {"opens_on": "2026-11-25", "opens_time": "10:00", "ends_on": "2026-11-30", "ends_time": ""}


@pytest.fixture(autouse=True)
def _noon():
    with clock.frozen_at(NOON):
        yield


def test_a_period_is_read_and_said_back():
    period = read_period(**TO_SAY)
    assert (clock.tokyo(period.opens_at).isoformat(), clock.tokyo(period.ends_at).isoformat()) == (
        "2026-11-25T10:00:00+09:00",
        "2026-12-01T00:00:00+09:00",
    )
    assert said_period(period) == TO_SAY
    assert said_period(Period()) == dict.fromkeys(TO_SAY, "")


def test_it_opens_and_ends_at_the_minute():
    period, moment = read_period(**TO_SAY), timedelta(microseconds=1)
    assert (period.coming(period.opens_at - moment), period.coming(period.opens_at)) == (True, False)
    assert (period.over(period.ends_at - moment), period.over(period.ends_at)) == (False, True)
    assert not Period().coming(NOON)
    assert not Period().over(NOON)


def test_it_is_said_with_the_day_of_the_week():
    period = read_period(**TO_SAY)
    assert period_words(period) == "11月25日（水） 10:00から"
    with clock.frozen_at(period.opens_at):
        assert period_words(period) == "11月30日（月）まで"
    with clock.frozen_at(period.ends_at):
        assert period_words(period) == "11月30日（月）でおわりました"
    assert period_words(read_period(ends_on="2026-11-30", ends_time="17:00")) == "11月30日（月） 17:00まで"
    assert period_words(Period()) == ""


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"ends_on": "2026-11-24"}, "ends_on"),
        ({"opens_on": "", "opens_time": "", "ends_on": "2026-11-21"}, "ends_on"),
        ({"opens_on": ""}, "opens_on"),
        ({"opens_on": "きのう"}, "opens_on"),
        ({"opens_time": "25:00"}, "opens_time"),
        ({"ends_on": "2099-01-01"}, "ends_on"),
        ({"ends_on": "", "ends_time": "10:00"}, "ends_on"),
    ],
)
def test_what_is_no_period_is_refused_at_its_field(changed, field):
    with pytest.raises(Invalid) as caught:
        read_period(**(TO_SAY | changed))
    assert [one.field for one in caught.value.errors] == [field]
