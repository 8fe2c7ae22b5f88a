"""GeoJSON as RFC 7946 wants it, and the outline of a town as a drawing."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from tamemap.formats import geojson, outline
from tests.factories import square

LAT, LNG = 32.2169, 130.7394


def test_longitude_stands_first_and_no_more_than_six_decimals():
    made = geojson.point(32.21690004321, 130.7394, {"title": "秋の市"}, id="aa")
    assert made == {
        "type": "Feature",
        "id": "aa",
        "geometry": {"type": "Point", "coordinates": [130.7394, 32.2169]},
        "properties": {"title": "秋の市"},
    }
    assert "id" not in geojson.point(LAT, LNG, {})


def test_a_pile_says_how_many_and_where():
    made = geojson.pile(LAT, LNG, 12, (130.70000001, 32.2, 130.8, 32.3))
    assert made["properties"] == {"count": 12, "bounds": [130.7, 32.2, 130.8, 32.3]}


def test_a_collection_of_points_has_its_box_and_an_empty_one_has_none():
    made = geojson.collection([geojson.point(32.1, 130.9, {}), geojson.point(32.3, 130.7, {})])
    assert made["bbox"] == [130.7, 32.1, 130.9, 32.3]
    assert geojson.collection([]) == {"type": "FeatureCollection", "features": []}
    shape = {"type": "Feature", "geometry": square(LAT, LNG), "properties": {}}
    assert "bbox" not in geojson.collection([shape])


def numbers(path: str) -> list[tuple[float, float]]:
    """The points of a path."""
    return [(float(x), float(y)) for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path)]


def test_the_drawing_fits_its_box_north_up_with_the_pin_where_the_place_is():
    made = outline.drawing(square(LAT, LNG), LAT + 0.025, LNG)
    points = numbers(made.path)
    assert all(0 <= x <= made.width and 0 <= y <= made.height for x, y in points)
    assert max(y for _, y in points) - min(y for _, y in points) == made.height - 2 * outline.MARGIN
    assert made.x == made.width / 2
    assert made.y == made.height / 2 - (made.height - 2 * outline.MARGIN) / 4


def test_several_islands_are_drawn_together():
    both = {"type": "MultiPolygon", "coordinates": [square(LAT, LNG)["coordinates"], square(LAT, LNG + 0.3)["coordinates"]]}
    assert outline.drawing(both, LAT, LNG).path.count("M") == 2


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_the_pin_never_leaves_the_picture(lat, lng):
    made = outline.drawing(square(LAT, LNG), lat, lng)
    assert 0 <= made.x <= made.width
    assert 0 <= made.y <= made.height


def test_a_shape_without_area_is_not_drawn():
    assert outline.drawing({"type": "Polygon", "coordinates": []}, LAT, LNG) is None
    assert outline.drawing({"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1], [1, 1]]]}, 1, 1) is None
