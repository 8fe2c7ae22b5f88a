"""The demo's two regions: real boundaries, offices and 町字, and whom to credit for them."""

import json
from pathlib import Path

import pytest
import shapely

from tamemap.demo.regions import load_credits, load_regions
from tamemap.domain.geography import Outline, Point, distance_metres, distance_words, town_of
from tamemap.i18n import t

REGIONS = load_regions()
TOWNS = {town.code6: town for region in REGIONS for town in region.municipalities}
HITOYOSHI, NISHIKI = "432032", "435015"


@pytest.fixture(scope="module")
def outlines():
    return {code: Outline.from_geojson(town.outline) for code, town in TOWNS.items()}


@pytest.fixture(scope="module")
def drawn():
    return {code: Outline.from_geojson(town.display_outline) for code, town in TOWNS.items()}


def test_an_outline_comes_back_as_it_was_stored(outlines):
    for code, town in TOWNS.items():
        again = Outline.from_geojson(outlines[code].geojson())
        assert shapely.geometry.shape(town.outline).equals(shapely.geometry.shape(again.geojson())), town.name


def test_a_regions_outline_holds_all_its_towns(outlines):
    for region in REGIONS:
        whole = Outline.merged([outlines[town.code6] for town in region.municipalities])
        assert all(whole.contains(town.office) for town in region.municipalities)
    assert Outline.merged(outlines[town.code6] for town in REGIONS[0].municipalities).geojson()["type"] == "Polygon"


def test_each_office_is_in_its_own_town_and_in_no_other(outlines, drawn):
    for shapes in (outlines, drawn):
        for code, town in TOWNS.items():
            assert [other for other, outline in shapes.items() if outline.contains(town.office)] == [code], town.name
    assert len(TOWNS) == 15


def test_each_districts_middle_is_in_its_own_town_and_in_no_other(outlines, drawn):
    placed = [
        (code, Point(district.lat, district.lng))
        for code, town in TOWNS.items()
        for district in town.towns
        if district.lat is not None
    ]
    assert len(placed) == 532
    for shapes in (outlines, drawn):
        for code, point in placed:
            assert [other for other, outline in shapes.items() if outline.contains(point)] == [code]
    assert all(town_of(point, outlines) == code for code, point in placed)


@pytest.mark.parametrize(
    "place",
    [
        Point(35.681236, 139.767125),
        Point(35.9, 141.2),
        Point(31.5, 132.0),
        Point(32.7898, 130.7417),
        Point(-32.2, 130.7),
    ],
    ids=["Tokyo", "the Pacific off 鹿嶋", "the Pacific off 宮崎", "熊本市", "Australia"],
)
def test_tokyo_and_the_sea_belong_to_no_town(place, outlines):
    assert town_of(place, outlines) is None


def test_the_simplified_boundaries_agree_with_the_full_ones(outlines):
    sample = json.loads((Path(__file__).parent / "full_resolution.json").read_text(encoding="utf-8"))["places"]
    same = sum(town_of(Point(lat, lng), outlines) == code for lat, lng, code in sample)
    assert len(sample) == 3000
    assert same / len(sample) >= 0.995
    assert {code for _, _, code in sample} == {*TOWNS, None}


def test_every_corner_of_the_demos_shared_borders_has_one_owner(outlines):
    corners = {tuple(place) for place in TOWNS[HITOYOSHI].outline["coordinates"][0]}
    shared = corners & {tuple(place) for place in TOWNS[NISHIKI].outline["coordinates"][0]}
    assert len(shared) > 50
    assert {town_of(Point(lat, lng), outlines) for lng, lat in shared} <= {HITOYOSHI, NISHIKI}


def test_neighbours_leave_no_gap_and_no_overlap_between_them():
    for region in REGIONS:
        for which in ("outline", "display_outline"):
            areas = [shapely.geometry.shape(getattr(town, which)) for town in region.municipalities]
            assert shapely.coverage_is_valid(areas)


def test_a_lighter_outline_is_smaller_and_still_the_same_town(outlines):
    town = outlines[HITOYOSHI]
    whole, light = town.geojson(), town.geojson(simplify_metres=200)
    assert len(json.dumps(light)) < len(json.dumps(whole)) / 10
    office = TOWNS[HITOYOSHI].office
    assert Outline.from_geojson(light).contains(office)
    assert shapely.geometry.shape(light).is_valid


def test_the_demo_has_two_regions_with_their_maps():
    assert [(region.slug, region.name, region.map_slug, region.map_name) for region in REGIONS] == [
        ("hitoyoshi-kuma", "人吉球磨", "hitoyoshi-kuma", "人吉球磨マップ"),
        ("rokko", "鹿行", "rokko", "鹿行マップ"),
    ]
    assert [[town.slug for town in region.municipalities] for region in REGIONS] == [
        ["hitoyoshi", "nishiki", "taragi", "yunomae", "mizukami", "sagara", "itsuki", "yamae", "kuma", "asagiri"],
        ["kashima", "kamisu", "itako", "namegata", "hokota"],
    ]


def test_a_town_knows_its_names():
    town = TOWNS[HITOYOSHI]
    assert (town.name, town.kana, town.prefecture, town.district, town.map_name, len(town.towns)) == (
        "人吉市", "ひとよしし", "熊本県", "", "人吉市マップ", 96,
    )  # fmt: skip
    assert TOWNS[NISHIKI].district == "球磨郡"


def test_four_districts_of_kashima_have_no_position_and_are_kept():
    missing = [
        (town.name, district.name, district.lng) for town in TOWNS.values() for district in town.towns if district.lat is None
    ]
    assert missing == [("鹿嶋市", f"平井東{number}丁目", None) for number in "一二三四"]
    assert sum(len(town.towns) for town in TOWNS.values()) == 536


def test_what_is_drawn_is_light_enough_for_the_map_document():
    for region in REGIONS:
        assert sum(len(json.dumps(town.display_outline)) for town in region.municipalities) < 40_000


def test_everybody_whose_data_is_shown_is_credited():
    lines = [credit.line for credit in load_credits()]
    assert "「国土数値情報（行政区域データ）」（国土交通省）を加工して作成" in lines
    for name in ("Geolonia", "localgovjp", "地理院タイル", "Leaflet", "デジタル庁デザインシステム"):
        assert any(name in line for line in lines), name
    for credit in load_credits():
        assert credit.source.startswith("https://") and credit.licence_url.startswith("https://")
        assert t(f"credits.{credit.key}") and t(f"credits.{credit.key}", "en")


def test_from_hitoyoshi_to_the_office_of_nishiki_it_is_nearly_ten_kilometres():
    assert distance_words(distance_metres(TOWNS[HITOYOSHI].office, TOWNS[NISHIKI].office)) == "9.7 km"
