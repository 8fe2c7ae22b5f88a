"""How far it is, in metres and in words."""

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.geography import Point, distance_metres, distance_words, walk_words

PLACES = st.builds(Point, st.floats(24, 46), st.floats(122, 154))


@given(PLACES, PLACES)
def test_distances_in_japan_are_within_half_a_percent_of_the_ellipsoids(a, b):
    assert distance_metres(a, b) == pytest.approx(geodesic((a.lat, a.lng), (b.lat, b.lng)).meters, rel=0.006, abs=0.1)


@pytest.mark.parametrize(
    ("metres", "words"),
    [(0, "すぐそば"), (14, "すぐそば"), (16, "20 m"), (232, "230 m"), (994, "990 m"), (995, "1.0 km"), (1234, "1.2 km"),
     (9949, "9.9 km"), (9950, "10 km"), (23_400, "23 km"), (1_234_000, "1,234 km")],
)  # fmt: skip
def test_distance_in_words(metres, words):
    assert distance_words(metres) == words


def test_chie_reads_it_in_english():
    assert (distance_words(3, "en"), distance_words(230, "en"), walk_words(230, "en")) == (
        "right here", "230 m", "about 3 min on foot",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "歩いて約1分"),
        (80, "歩いて約1分"),
        (81, "歩いて約2分"),
        (230, "歩いて約3分"),
        (2500, "歩いて約32分"),
        (2501, None),
    ],
)
def test_minutes_on_foot_count_begun_minutes_of_80_metres(metres, words):
    assert walk_words(metres) == words


def test_nobody_is_told_to_walk_further_than_half_an_hour():
    assert walk_words(2501) is None
