"""How a flyer comes to stand on a map and leaves it: only on known ways, and never past staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.actors import Actor
from tamemap.domain.dates import When
from tamemap.domain.placements import (
    HELD,
    LASTS_LONG,
    PAST,
    RECALLED,
    UP,
    WAYS,
    WITHDRAWN,
    begun,
    first_state,
    lasts,
    next_state,
    shown_state,
    until,
)
from tamemap.errors import Conflict, Unauthenticated

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
MEMBER, GUEST = Actor(person_id=1), Actor(guest_hash="d" * 64)
STATES = ("", HELD, UP, RECALLED, WITHDRAWN)
POSTERS = ("tick", "tick_held", "untick", "hold", "delete")
STAFFS = ("up", "recall", "delete")


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("tick", "", UP),
        ("tick", WITHDRAWN, UP),
        ("tick_held", "", HELD),
        ("untick", UP, WITHDRAWN),
        ("untick", HELD, WITHDRAWN),
        ("untick", RECALLED, RECALLED),
        ("hold", UP, HELD),
        ("up", HELD, UP),
        ("up", RECALLED, UP),
        ("recall", UP, RECALLED),
        ("recall", HELD, RECALLED),
        ("delete", UP, WITHDRAWN),
        ("delete", RECALLED, RECALLED),
    ],
)
def test_the_ways_between_the_states(verb, before, after):
    assert next_state(verb, before) == after


@pytest.mark.parametrize(
    ("verb", "before", "code"),
    [
        ("tick", RECALLED, "recalled_by_staff"),
        ("tick_held", RECALLED, "recalled_by_staff"),
        ("up", "", "decision_impossible"),
        ("up", WITHDRAWN, "decision_impossible"),
        ("recall", WITHDRAWN, "decision_impossible"),
        ("recall", "", "decision_impossible"),
    ],
)
def test_where_there_is_no_way(verb, before, code):
    with pytest.raises(Conflict, match=code):
        next_state(verb, before)


@given(st.lists(st.sampled_from(POSTERS), max_size=12))
def test_no_poster_brings_back_what_staff_recalled(verbs):
    state = RECALLED
    for verb in verbs:
        try:
            state = next_state(verb, state)
        except Conflict:
            continue
    assert state == RECALLED


@given(st.sampled_from(sorted(WAYS)), st.sampled_from(STATES))
def test_doing_it_twice_is_doing_it_once(verb, state):
    try:
        once = next_state(verb, state)
    except Conflict:
        return
    assert next_state(verb, once) == once


@given(st.sampled_from(sorted(WAYS)), st.sampled_from(STATES))
def test_what_is_not_up_comes_up_by_a_member_or_staff_only(verb, state):
    try:
        after = next_state(verb, state)
    except Conflict:
        return
    if state == HELD and after == UP:
        assert verb == "up"
    assert after in {HELD, UP, RECALLED, WITHDRAWN}


def test_how_a_new_flyer_stands():
    assert first_state(MEMBER, guests_may_post=False, hold_guests=True) == UP
    assert first_state(GUEST, guests_may_post=True, hold_guests=True) == HELD
    assert first_state(GUEST, guests_may_post=True, hold_guests=False) == UP
    with pytest.raises(Unauthenticated, match="sign_in_to_post"):
        first_state(GUEST, guests_may_post=False, hold_guests=True)


def test_a_placement_ends_with_the_dates_or_after_so_many_days():
    end = NOW + timedelta(days=3)
    assert until(When(NOW, end), NOW, 60) == end
    assert until(When(), NOW, 60) == NOW + timedelta(days=60)


def test_past_is_what_was_up_until_now():
    for state in (UP, HELD, RECALLED, WITHDRAWN):
        assert shown_state(state, NOW + timedelta(seconds=1), NOW) == state
        assert shown_state(state, NOW, NOW) == (PAST if state == UP else state)


@pytest.mark.parametrize(
    ("days", "power"),
    [(-1, 0), (0, 0), (0.5, 0), (1, 0), (1.001, 1), (2, 1), (3, 2), (4, 2), (31, 5), (16_384, 14), (16_385, 15)],
)
def test_how_long_it_lasts_tells_when_at_the_earliest_it_began(days, power):
    begins = datetime(2026, 11, 22, 3, tzinfo=UTC)
    ends = begins + timedelta(days=days)
    assert lasts(begins, ends) == power
    earliest = dict(begun(ends - timedelta(microseconds=1)))
    assert earliest[power] is None or earliest[power] <= begins
    assert set(earliest) == set(range(LASTS_LONG + 1))


def test_days_of_long_ago_have_no_earliest_beginning():
    assert set(dict(begun(datetime(2, 1, 1, tzinfo=UTC))).values()) == {None}
