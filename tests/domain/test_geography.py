"""Where things are, whose town that is, and how far."""

import math

import pytest
import shapely

from tamemap.domain import geography
from tamemap.domain.geography import (
    Bounds,
    Outline,
    Point,
    checked_point,
    distance_metres,
    parse_near,
    town_of,
    valid_point,
)
from tamemap.errors import Invalid
from tamemap.i18n import t

HITOYOSHI, NISHIKI, KASHIMA, KAMISU = "432032", "435015", "082228", "082325"


def square(west, south, side=1.0):
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def fields(caught):
    return [(error.field, error.code) for error in caught.value.errors]


# Positions


@pytest.mark.parametrize(
    ("lat", "lng"),
    [(32.2169, 130.7394), ("32.2169", "130.7394"), (" 32.2169 ", "+130.7394"), (0, 130), (90, -180), (-90.0, 180)],
)
def test_a_position_is_taken_as_number_or_as_a_forms_text(lat, lng):
    assert valid_point(lat, lng) == Point(float(lat), float(lng))


@pytest.mark.parametrize(
    ("lat", "lng"),
    [
        (0, 0),
        (0.0, -0.0),
        ("0", "0.000"),
        (math.nan, 130),
        (32, math.inf),
        (-math.inf, 130),
        (90.01, 130),
        (32, 180.5),
        (130.7, 32.2),
        ("nan", "130"),
        ("inf", "130"),
        ("1_0", "130"),
        ("３２", "130"),
        ("32,2", "130"),
        (None, 130),
        (32, ""),
        (True, 130),
        (10**400, 130),
        ("9" * 400, "130"),
        ([32], 130),
    ],
)
def test_what_is_no_position_is_none(lat, lng):
    assert valid_point(lat, lng) is None
    with pytest.raises(Invalid):
        checked_point(lat, lng)


@pytest.mark.parametrize(
    ("lat", "lng", "errors"),
    [
        (None, None, [("lat", "position_missing"), ("lng", "position_missing")]),
        ("", "130.7", [("lat", "position_missing")]),
        ("32.2", "east", [("lng", "position_wrong")]),
        (99, None, [("lat", "position_wrong"), ("lng", "position_missing")]),
        (0, 0, [("lat", "position_wrong"), ("lng", "position_wrong")]),
    ],
)
def test_aki_is_told_which_half_of_the_position_is_wrong(lat, lng, errors):
    with pytest.raises(Invalid) as caught:
        checked_point(lat, lng)
    assert fields(caught) == errors


def test_every_error_of_geography_has_words_in_both_languages():
    codes = [
        "position_missing",
        "position_wrong",
        "bbox_wrong",
        "near_wrong",
        "tile_wrong",
        "code_wrong",
        "outline_wrong",
    ]
    for lang in ("ja", "en"):
        assert all(t(f"errors.{code}", lang) for code in codes)
    assert len({t(f"errors.{code}", lang) for code in codes for lang in ("ja", "en")}) == 2 * len(codes)


def test_near_is_latitude_and_longitude():
    assert parse_near("32.2169, 130.7394") == Point(32.2169, 130.7394)


@pytest.mark.parametrize("text", ["", "32.2", "32.2,130.7,5", "130.7,32.2", "0,0", "a,b", "nan,nan", "32.2;130.7"])
def test_a_wrong_near_is_refused(text):
    with pytest.raises(Invalid) as caught:
        parse_near(text)
    assert fields(caught) == [("near", "near_wrong")]


# Boxes


def test_a_box_is_west_south_east_north():
    assert Bounds.parse("130.6,32.1,130.9,32.4") == Bounds(west=130.6, south=32.1, east=130.9, north=32.4)


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "130.9,32.1,130.6,32.4", "130.6,32.4,130.9,32.1", "-181,0,0,1", "0,0,1,91", "a,b,c,d",
     "nan,0,1,1", "0,0,inf,1", "1e2,0,120,1", "0,,1,1"],
)  # fmt: skip
def test_a_wrong_box_is_refused(text):
    with pytest.raises(Invalid) as caught:
        Bounds.parse(text)
    assert fields(caught) == [("bbox", "bbox_wrong")]


def test_a_boxs_edges_belong_to_it():
    box = Bounds(130, 32, 131, 33)
    assert [box.contains(Point(lat, lng)) for lat, lng in [(32, 130), (33, 131), (32.5, 130.5), (31.99, 130.5)]] == [
        True, True, True, False,
    ]  # fmt: skip
    assert box.centre == Point(32.5, 130.5)


def test_boxes_that_touch_meet_and_boxes_apart_do_not():
    box = Bounds(130, 32, 131, 33)
    assert box.intersects(Bounds(131, 33, 132, 34))
    assert not box.intersects(Bounds(131.1, 32, 132, 33))
    assert not box.intersects(Bounds(130, 33.1, 131, 34))
    assert box.union(Bounds(132, 30, 133, 31)) == Bounds(130, 30, 133, 33)


def test_a_box_grows_by_metres_on_every_side():
    box = Bounds(130, 32, 130, 32).padded(1000)
    middle = Point(32, 130)
    for edge in (Point(32, box.west), Point(32, box.east), Point(box.south, 130), Point(box.north, 130)):
        assert distance_metres(middle, edge) == pytest.approx(1000, rel=0.01)


def test_a_box_never_grows_beyond_the_world():
    assert Bounds(-180, -90, 180, 90).padded(10_000) == Bounds(-180, -90, 180, 90)


# Outlines


def test_an_outline_takes_rings_of_either_turn_and_gives_rfc_7946():
    clockwise = {"type": "Polygon", "coordinates": [square(130, 32)["coordinates"][0][::-1]]}
    ring = Outline.from_geojson(clockwise).geojson()["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw


def test_features_of_one_town_become_one_outline():
    features = [{"type": "Feature", "properties": {}, "geometry": square(130 + x, 32)} for x in (0, 1, 5)]
    outline = Outline.from_geojson({"type": "FeatureCollection", "features": features})
    assert outline.geojson()["type"] == "MultiPolygon"
    assert outline.bounds == Bounds(130, 32, 136, 33)
    assert [outline.contains(Point(32.5, lng)) for lng in (130.5, 131.0, 131.5, 133, 135.5)] == [True] * 3 + [
        False,
        True,
    ]


def test_a_hole_is_not_the_town():
    outer, hole = square(130, 32, 3)["coordinates"][0], square(131, 33)["coordinates"][0]
    outline = Outline.from_geojson({"type": "Polygon", "coordinates": [outer, hole]})
    assert not outline.contains(Point(33.5, 131.5))
    assert outline.contains(outline.centre)


def test_a_crossed_ring_is_mended():
    bow = {"type": "Polygon", "coordinates": [[[130, 32], [131, 33], [131, 32], [130, 33], [130, 32]]]}
    outline = Outline.from_geojson(bow)
    assert outline.contains(Point(32.5, 130.1)) and not outline.contains(Point(32.9, 130.5))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon"},
        {"type": "Point", "coordinates": [130, 32]},
        {"type": "FeatureCollection", "features": []},
        {"type": "Feature", "properties": {}, "geometry": None},
        {"type": "Polygon", "coordinates": [[[130, 32], [131, 33]]]},
        {"type": "Polygon", "coordinates": [[[130, 32], [131, 33], [130, 32], [130, 32]]]},
        {"type": "Polygon", "coordinates": [[[14e6, 32e5], [141e5, 32e5], [141e5, 33e5], [14e6, 32e5]]]},
        {"type": "GeometryCollection", "geometries": [square(130, 32), {"type": "Point", "coordinates": [130, 32]}]},
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "Polygon", "coordinates": {1, 2}},
        [1, 2],
        "Polygon",
    ],
)  # fmt: skip
def test_what_is_no_area_in_degrees_is_refused(data):
    with pytest.raises(Invalid) as caught:
        Outline.from_geojson(data)
    assert fields(caught) == [("outline", "outline_wrong")]


def test_how_far_outside_is_told_in_metres_in_every_direction():
    outline = Outline.from_geojson(square(130, 32, 0.2))
    for point, nearest in [
        (Point(32.1, 130.203), Point(32.1, 130.2)),
        (Point(32.203, 130.1), Point(32.2, 130.1)),
        (Point(31.998, 129.998), Point(32, 130)),
    ]:
        assert outline.metres_to(point) == pytest.approx(distance_metres(point, nearest), rel=0.01)
    assert outline.metres_to(Point(32.1, 130.1)) == 0


# Whose town


def test_a_place_on_a_shared_border_belongs_to_exactly_one_town_however_the_towns_are_listed():
    towns = {HITOYOSHI: Outline.from_geojson(square(130, 32)), NISHIKI: Outline.from_geojson(square(131, 32))}
    backwards = dict(reversed(towns.items()))
    border = Point(32.5, 131.0)
    assert all(outline.contains(border) for outline in towns.values())
    assert town_of(border, towns) == town_of(border, backwards) == HITOYOSHI


def test_a_flyer_on_the_quay_just_outside_the_outline_is_still_the_towns():
    towns = {KASHIMA: Outline.from_geojson(square(140, 35)), KAMISU: Outline.from_geojson(square(140, 34))}
    metre = 1 / geography.METRES_PER_DEGREE
    aside = metre / math.cos(math.radians(35.5))
    assert town_of(Point(35.5, 141 + 190 * aside), towns) == KASHIMA
    assert town_of(Point(35.5, 141 + 210 * aside), towns) is None
    assert town_of(Point(34.9, 141 + 190 * aside), towns) == KAMISU
    assert geography.TOWN_TOLERANCE_METRES == 200


def test_without_towns_no_place_belongs_anywhere():
    assert town_of(Point(32.2, 130.7), {}) is None
