"""Cells: a tile is one range, a box is a few, and groups are squares."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.cells import (
    CELLS,
    MAX_LAT,
    cell_of,
    checked_tile,
    cluster_shift,
    ranges_of_bounds,
    square_of,
    tile_bounds,
    tile_of,
    tile_range,
)
from tamemap.domain.geography import Bounds, Point
from tamemap.errors import Invalid

LATS = st.floats(-MAX_LAT, MAX_LAT)
LNGS = st.floats(-180, 180)
ZOOMS = st.integers(0, 20)


@st.composite
def tiles(draw):
    z = draw(ZOOMS)
    return z, draw(st.integers(0, (1 << z) - 1)), draw(st.integers(0, (1 << z) - 1))


@st.composite
def boxes(draw):
    lats, lngs = sorted([draw(LATS), draw(LATS)]), sorted([draw(LNGS), draw(LNGS)])
    return Bounds(lngs[0], lats[0], lngs[1], lats[1])


def test_hitoyoshis_town_hall_is_in_the_tile_that_everybody_knows():
    # the tile of https://cyberjapandata.gsi.go.jp/xyz/pale/15/28284/13274.png holds the office of 人吉市
    n = 1 << 15
    x = int((130.739392 + 180) / 360 * n)
    y = int((1 - math.log(math.tan(math.radians(32.216889)) + 1 / math.cos(math.radians(32.216889))) / math.pi) / 2 * n)
    assert tile_of(32.216889, 130.739392, 15) == (x, y)


def test_the_four_quarters_of_the_world_are_the_four_quarters_of_the_numbers():
    quarter = CELLS // 4
    assert [cell_of(lat, lng) // quarter for lat, lng in [(45, -90), (45, 90), (-45, -90), (-45, 90)]] == [0, 1, 2, 3]


def test_the_whole_world_is_one_range():
    assert tile_range(0, 0, 0) == (0, 2**40)


@given(LATS, LNGS, tiles())
def test_a_place_is_in_a_tile_exactly_when_its_cell_is_in_the_tiles_range(lat, lng, tile):
    z, x, y = tile
    first, end = tile_range(z, x, y)
    assert (first <= cell_of(lat, lng) < end) == (tile_of(lat, lng, z) == (x, y))


@given(LATS, LNGS, ZOOMS)
def test_the_tile_of_a_place_holds_its_cell_and_surrounds_it(lat, lng, z):
    x, y = tile_of(lat, lng, z)
    first, end = tile_range(z, x, y)
    assert first <= cell_of(lat, lng) < end
    assert tile_bounds(z, x, y).padded(0.001).contains(Point(lat, lng))


@given(tiles())
def test_the_middle_of_a_tile_is_in_the_tile(tile):
    z, x, y = tile
    middle = tile_bounds(z, x, y).centre
    assert tile_of(middle.lat, middle.lng, z) == (x, y)


@given(tiles().filter(lambda tile: tile[0] < 20))
def test_a_tile_is_exactly_its_four_quarters(tile):
    z, x, y = tile
    quarters = [tile_range(z + 1, 2 * x + dx, 2 * y + dy) for dy in (0, 1) for dx in (0, 1)]
    assert [first for first, _ in quarters[1:]] == [end for _, end in quarters[:-1]]
    assert (quarters[0][0], quarters[-1][1]) == tile_range(z, x, y)


@given(LATS, LNGS)
def test_cells_are_below_two_to_the_fortieth(lat, lng):
    assert 0 <= cell_of(lat, lng) < 2**40


@pytest.mark.parametrize(("lat", "lng"), [(90, 180), (-90, -180), (90, -180), (-90, 180)])
def test_the_poles_and_the_date_line_have_a_cell_too(lat, lng):
    assert 0 <= cell_of(lat, lng) < 2**40


@pytest.mark.parametrize("tile", [(-1, 0, 0), (21, 0, 0), (0, 1, 0), (0, 0, 1), (5, 32, 0), (5, -1, 0), (5, 0, 32)])
def test_a_tile_that_does_not_exist_is_refused(tile):
    for refuses in (tile_range, tile_bounds, checked_tile):
        with pytest.raises(Invalid) as caught:
            refuses(*tile)
        assert [(error.field, error.code) for error in caught.value.errors] == [("tile", "tile_wrong")]


def test_a_zoom_that_does_not_exist_is_refused():
    for z in (-1, 21):
        with pytest.raises(Invalid):
            tile_of(32, 130, z)
        with pytest.raises(Invalid):
            cluster_shift(z)


@given(LATS, LNGS, st.integers(0, 18), st.sampled_from([1, 2, 4]))
def test_a_group_is_one_square_of_the_tiles_split(lat, lng, z, split):
    shift = cluster_shift(z, split)
    square = square_of(cell_of(lat, lng) >> shift, shift)
    assert square == (z + int(math.log2(split)), *tile_of(lat, lng, z + int(math.log2(split))))


def test_one_tile_has_sixteen_groups():
    first, end = tile_range(10, 884, 414)
    shift = cluster_shift(10)
    assert len({cell >> shift for cell in range(first, end, (end - first) // 64)}) == 16


def test_groups_never_become_smaller_than_a_cell():
    assert [cluster_shift(z) for z in (17, 18, 19, 20)] == [2, 0, 0, 0]


def test_a_split_that_is_no_power_of_two_is_a_mistake_of_ours():
    for split in (0, 3, -4):
        with pytest.raises(ValueError, match="power of two"):
            cluster_shift(10, split)


@given(boxes(), st.integers(1, 12), st.floats(0, 1), st.floats(0, 1))
def test_every_place_in_a_box_is_in_one_of_its_ranges(box, most, north, east):
    lat = min(box.north, box.south + north * (box.north - box.south))
    lng = min(box.east, box.west + east * (box.east - box.west))
    ranges = ranges_of_bounds(box, most)
    assert sum(first <= cell_of(lat, lng) < end for first, end in ranges) == 1


@given(boxes(), st.integers(1, 12))
def test_ranges_are_few_ascending_and_apart(box, most):
    ranges = ranges_of_bounds(box, most)
    assert 1 <= len(ranges) <= most
    edges = [edge for pair in ranges for edge in pair]
    assert edges == sorted(set(edges))
    assert edges[0] >= 0 and edges[-1] <= CELLS


@given(tiles())
def test_the_box_of_one_tile_is_nearly_one_tile(tile):
    z, x, y = tile
    edges, middle = tile_bounds(z, x, y), tile_bounds(z, x, y).centre
    inner = Bounds(
        (edges.west + middle.lng) / 2, (edges.south + middle.lat) / 2, (edges.east + middle.lng) / 2,
        (edges.north + middle.lat) / 2,
    )  # fmt: skip
    first, end = tile_range(z, x, y)
    assert all(first <= low and high <= end for low, high in ranges_of_bounds(inner))


def test_a_box_of_a_town_is_fitted_within_a_half_more():
    box = Bounds(130.70, 32.19, 130.78, 32.24)
    west, north = tile_of(box.north, box.west, 20)
    east, south = tile_of(box.south, box.east, 20)
    covered = sum(end - first for first, end in ranges_of_bounds(box))
    assert covered <= 1.5 * (east - west + 1) * (south - north + 1)
