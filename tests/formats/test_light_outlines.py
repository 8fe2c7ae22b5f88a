"""Outlines as whole numbers: the same shapes to the eye, with neighbours that still share their border."""

from __future__ import annotations

import json
from itertools import accumulate

import shapely

from tamemap.demo.regions import load_regions
from tamemap.formats.light_outlines import light_outlines


def collection(*outlines):
    """These geometries as the queries give them."""
    features = [{"type": "Feature", "properties": {"code": str(at)}, "geometry": one} for at, one in enumerate(outlines)]
    return {"type": "FeatureCollection", "features": features}


def unwound(light):
    """The areas as assets/map/flyers.js makes them again."""

    def ring(row):
        places = zip(accumulate(row[::2]), accumulate(row[1::2]), strict=True)
        return [(x / light["per"], y / light["per"]) for x, y in places]

    return [
        shapely.MultiPolygon([(ring(rows[0]), [ring(row) for row in rows[1:]]) for rows in one["geometry"]["coordinates"]])
        for one in light["features"]
    ]


def test_a_town_alone_keeps_its_shape():
    (town,) = [one for one in load_regions()[0].municipalities if one.slug == "hitoyoshi"]
    (drawn,) = unwound(light_outlines(collection(town.display_outline)))
    assert drawn.symmetric_difference(shapely.geometry.shape(town.display_outline)).area < 1e-9


def test_the_towns_of_a_region_still_fit_each_other_and_weigh_a_fifth():
    towns = [one.display_outline for one in load_regions()[0].municipalities]
    light = light_outlines(collection(*towns))
    for drawn, town in zip(unwound(light), towns, strict=True):
        shape = shapely.geometry.shape(town)
        assert drawn.symmetric_difference(shape).area < 0.08 * shape.area
    assert [one["properties"]["code"] for one in light["features"]] == [str(at) for at in range(10)]
    assert len(json.dumps(light["features"])) < len(json.dumps(collection(*towns)["features"])) / 3


def test_towns_that_do_not_fit_each_other_are_drawn_as_they_are():
    squares = [shapely.geometry.mapping(shapely.box(at, 0, at + 1.5, 1)) for at in (0, 1)]
    first, second = unwound(light_outlines(collection(*squares)))
    assert first.equals(shapely.box(0, 0, 1.5, 1))
    assert second.equals(shapely.box(1, 0, 2.5, 1))


def test_an_island_too_small_to_be_seen_leaves_no_line():
    land, islet = shapely.box(0, 0, 1, 1), shapely.box(2, 2, 2.00001, 2.00001)
    (drawn,) = unwound(light_outlines(collection(shapely.geometry.mapping(shapely.MultiPolygon([land, islet])))))
    assert drawn.equals(land)
