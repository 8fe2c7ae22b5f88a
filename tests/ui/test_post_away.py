"""Without signal the form finds places and towns itself, as the server would have."""

from __future__ import annotations

import json

import pytest

from tamemap.domain.folding import fold_place
from tests.ui.test_post_screen import run_js

PRELUDE = 'import * as away from "./post_form_away.js";\nconst say = (found) => console.log(JSON.stringify(found));\n'
SPELLINGS = [
    *("大字久米", "十大字", "霞が浦", "三ヶ浦", "一丁目", "二十三丁目", "百二丁目", "ｱｵｲﾏﾁ", "マ－ケット"),
    *("十文字", "赤十字", "潮来字前", " 人吉　市 ", "カミアオイ", "霞が", "観光ガイド", "A-1‐2", "ゔ ヴ"),
]
SQUARE = [[130.6, 32.1], [130.9, 32.1], [130.9, 32.4], [130.6, 32.4], [130.6, 32.1]]
HOLE = [[130.7, 32.2], [130.8, 32.2], [130.8, 32.3], [130.7, 32.3], [130.7, 32.2]]
TOWNS = {
    "maps": [{"slug": "t", "name": "人吉市マップ", "above": "r"}, {"slug": "r", "name": "人吉球磨マップ"}],
    "town": {
        "outlines": {"features": [{"properties": {"code": "432032", "name": "人吉市", "map": "t"},
                                   "geometry": {"type": "Polygon", "coordinates": [SQUARE, HOLE]}}]},
        "places": {"towns": {"432032": ["熊本県", "人吉市"]},
                   "items": [["中青井町", "中青井町 なかあおいまち", "town", 32.21, 130.65, "432032"],
                             ["青井町", "青井町 あおいまち", "town", 32.15, 130.62, "432032"]]},
    },
}  # fmt: skip


def said(script: str, given: object):
    """What a script says of what it was given."""
    return run_js(f"{PRELUDE}const given = {json.dumps(given)};\n{script}")


def test_words_are_folded_as_the_gazetteer_was():
    assert said("say(given.map(away.foldPlace))", SPELLINGS) == [fold_place(one) for one in SPELLINGS]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("青井", ["青井町", "中青井町"]),
        ("ナカアオイ", ["中青井町"]),
        ("", []),
        ("ぬぬ", []),
        ("あおい まち", ["青井町", "中青井町"]),
    ],
)
def test_places_are_found_by_name_and_reading_whole_beginnings_first(asked, names):
    found = said("say(away.placesNamed(given[0], given[1].town.places))", [asked, TOWNS])
    assert [one["name"] for one in found] == names
    assert all(one["address"] == "熊本県人吉市" + one["name"] and one["municipality"]["name"] == "人吉市" for one in found)


@pytest.mark.parametrize(("lat", "lng", "inside"), [(32.15, 130.62, True), (32.25, 130.75, False), (33.0, 130.75, False)])
def test_the_town_of_a_point_is_the_one_whose_outline_holds_it(lat, lng, inside):
    found = said("say(away.locatedIn(given[0], given[1]))", [{"lat": lat, "lng": lng}, TOWNS])
    assert (found is not None) is inside
    if inside:
        assert (found["map"], found["above"]) == ({"slug": "t", "name": "人吉市マップ"}, {"slug": "r", "name": "人吉球磨マップ"})
        assert found["place"] == {"name": "青井町"}


def test_nothing_is_known_of_a_town_that_was_never_opened():
    assert said("say(away.locatedIn({ lat: 1, lng: 1 }, given))", {"maps": [], "town": None}) is None
