"""What lies in a 町字: what is nearest to its middle, by a few straight edges."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tamemap.domain.areas import FAR, Area, lying, quarter, quarter_names, town_names
from tamemap.domain.geography import METRES_PER_DEGREE, Point
from tamemap.domain.pins import Pins

# hundredths of a minute: on a grid no place is nearly as near to two middles
points = st.builds(lambda north, east: Point(32.2 + north / 6000, 130.7 + east / 6000), st.integers(0, 500), st.integers(0, 500))


def pins(places, town="432032"):
    rows = [(at, at, one.lat, one.lng, 0, 0, 0, "event", town, "", "") for at, one in enumerate(places)]
    return Pins.of([*zip(*rows, strict=True)])


@settings(max_examples=60, deadline=None)
@given(st.lists(points, min_size=1, max_size=12, unique=True), st.lists(points, min_size=1, max_size=20))
def test_what_lies_there_is_what_is_nearer_than_to_every_other_middle(middles, places):
    here = middles[0]
    found = lying(pins(places), [quarter("432032", here, middles)])
    shrink = np.cos(np.radians(here.lat)) ** 2

    def far(one, other):
        return (one.lat - other.lat) ** 2 + shrink * (one.lng - other.lng) ** 2

    for place, inside in zip(places, found.tolist(), strict=True):
        margin = min((far(place, other) for other in middles[1:]), default=1.0) - far(place, here)
        assert inside == (margin > 0) or abs(margin) < 1e-9


def test_nothing_lies_far_from_its_middle_and_nothing_of_another_town():
    here = Point(32.2, 130.7)
    beyond = Point(32.2 + 1.01 * FAR / METRES_PER_DEGREE, 130.7)
    area = quarter("432032", here, [here])
    assert lying(pins([here, beyond]), [area]).tolist() == [True, False]
    assert lying(pins([here], "435015"), [area]).tolist() == [False]
    assert lying(pins([beyond]), [area, Area("432032")]).tolist() == [True]


def test_of_two_in_one_place_both_have_what_is_there():
    one, beside = Point(32.2, 130.7), Point(32.21, 130.7)
    area = quarter("432032", one, [one, Point(32.2, 130.7), beside])
    assert lying(pins([one, beside]), [area]).tolist() == [True, False]


def test_a_town_is_meant_by_its_name_with_and_without_what_ends_it_and_by_its_prefecture():
    assert town_names("人吉市", "ひとよしし", "熊本県") == {"人吉市", "人吉", "熊本県人吉市", "ひとよしし", "ひとよし", "熊本県"}
    assert town_names("錦町", "", "熊本県") == {"錦町", "熊本県錦町", "熊本県"}


def test_a_quarter_is_meant_by_its_name_however_it_is_written():
    assert quarter_names("大字久米", "", "多良木町", "熊本県") == {"久米", "多良木町久米", "熊本県多良木町久米"}
    assert {"宮中1丁目", "宮中", "鹿嶋市宮中"} <= quarter_names("宮中一丁目", "", "鹿嶋市", "茨城県")
    assert "願成寺" in quarter_names("願成寺町", "", "人吉市", "熊本県")
    # a day of the month, and one sign that stands everywhere
    assert "九日" not in quarter_names("九日町", "", "人吉市", "熊本県")
    assert quarter_names("乙", "", "五木村", "熊本県") == {"五木村乙", "熊本県五木村乙"}
