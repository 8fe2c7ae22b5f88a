"""Which notices go where, and how patiently devices are tried."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap import i18n
from tamemap.domain import pushing
from tamemap.domain.telling import digest_moment

SUNDAY = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_every_code_of_a_kind_has_words():
    codes = {code for kind in pushing.KINDS[:-1] for code in pushing.codes_of(kind)}
    assert {code for code in codes if f"notices.{code}" not in i18n.words()} == set()
    assert {pushing.kind_of(code) for code in codes} == set(pushing.KINDS) - {"account"}
    assert pushing.kind_of("way_merged") == "account"


@given(st.fixed_dictionaries({kind: st.sampled_from(pushing.WAYS) for kind in pushing.KINDS}))
def test_the_ways_are_kept_as_they_were_chosen(ways):
    assert pushing.ways_of(pushing.said_ways(ways)) == ways
    assert len(pushing.said_ways(ways)) <= 120


def test_without_a_choice_everything_goes_to_devices_but_the_work_of_staff():
    assert pushing.ways_of("") == dict.fromkeys(pushing.KINDS, "push") | {"office": "mail"}
    with pytest.raises(ValueError, match="pigeon"):
        pushing.said_ways({"mine": "pigeon"})


def test_days_on_duty():
    monday = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)  # midnight in Tokyo
    assert pushing.on_duty("01234", SUNDAY) == monday
    assert pushing.on_duty("", SUNDAY) == pushing.on_duty("6", SUNDAY) == SUNDAY
    assert pushing.on_duty("5", SUNDAY) == monday + timedelta(days=5)
    assert (pushing.checked_days(("3", "1", "1")), pushing.checked_days(tuple("0123456")), pushing.checked_days(())) == (
        "13",
        "",
        "",
    )
    with pytest.raises(ValueError, match="9"):
        pushing.checked_days(("9",))


def test_devices_are_tried_less_and_less_often():
    waits = [pushing.rest_after(number) for number in range(1, 9)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(days=1)
    assert pushing.rest_after(1, 90) == timedelta(seconds=90)
    assert pushing.rest_after(3, 90) == timedelta(minutes=30)
    assert pushing.rest_after(1, 10**9) == timedelta(days=1)


@pytest.mark.parametrize(("day", "hour", "due"), [(None, None, (16, 7)), (6, 11, (22, 11)), (6, 13, (15, 13)), (4, 0, (20, 0))])
def test_a_weekly_digest_is_due_on_its_day_at_its_hour(day, hour, due):
    found = digest_moment("weekly", "21:00", "07:00", SUNDAY, day=day, hour=hour)
    assert found == datetime(2026, 11, due[0], due[1], tzinfo=pushing.clock.TOKYO)
