"""Asking outside where an address is: the real gateways against a real server on this machine that speaks their JSON."""

import pytest

from tamemap.config import Settings
from tamemap.domain.geography import Bounds, Point
from tamemap.gateways import geocoder as gateway
from tamemap.gateways.geocoder import Found, GsiSource, NominatimSource, NullGeocoder, geocoder_from
from tests.gateways.gsi_answers import REVERSE, SEARCH, hit

HITOYOSHI = Bounds(130.6, 32.1, 130.9, 32.4)
OFFICE = Point(32.2169, 130.7394)


# 国土地理院


def test_aki_finds_an_address_of_her_town(outside, ask):
    outside.answer(SEARCH, [hit("熊本県人吉市下青井町", 32.2128, 130.7502)])
    assert ask().search("下青井町", bounds=HITOYOSHI) == (
        Found("熊本県人吉市下青井町", "熊本県人吉市下青井町", 32.2128, 130.7502, "gsi"),
    )
    assert outside.asked == [(SEARCH, {"q": "下青井町"})]


def test_a_facility_stands_under_its_name(outside, ask):
    outside.answer(SEARCH, [hit("人吉城跡", 32.2101, 130.7654, dataSource="1")])
    assert ask().search("人吉城跡") == (Found("人吉城跡", "", 32.2101, 130.7654, "gsi"),)


def test_what_lies_outside_the_town_is_dropped_before_it_is_counted(outside, ask):
    far = [hit(f"東京都青井{number}丁目", 35.77, 139.82) for number in range(20)]
    outside.answer(SEARCH, [*far, hit("熊本県人吉市下青井町", 32.2128, 130.7502), hit("人吉駅", 32.2163, 130.7530)])
    assert [found.name for found in ask().search("青井", bounds=HITOYOSHI, limit=1)] == ["熊本県人吉市下青井町"]


def test_broken_hits_are_left_out_and_equal_ones_said_once(outside, ask):
    good = hit("人吉駅", 32.2163, 130.7530)
    broken = [{}, None, "x", {"geometry": None}, hit("a", "x", 1), hit("b", 0, 0), hit("c", 95, 130), hit("d", float("nan"), 1)]
    outside.answer(SEARCH, [*broken, good, good])
    assert [found.name for found in ask().search("人吉駅")] == ["人吉駅"]


def test_nothing_found_is_nothing(outside, ask):
    outside.answer(SEARCH, [])
    assert ask().search("どこにもない") == ()


def test_a_search_of_nothing_asks_nobody(outside, ask):
    assert [ask().search(words) for words in ("", " 　 ", "\u200b")] == [(), (), ()]
    assert outside.asked == []


def test_a_very_long_search_is_cut(outside, ask):
    outside.answer(SEARCH, [])
    ask().search("あ" * 5000)
    assert outside.asked == [(SEARCH, {"q": "あ" * 100})]


def test_a_place_is_named_by_its_district_and_town(outside, ask):
    outside.answer(REVERSE, {"results": {"muniCd": "43203", "lv01Nm": "西間下町"}})
    assert ask().reverse(OFFICE) == Found("西間下町", "西間下町", OFFICE.lat, OFFICE.lng, "gsi", "432032")
    assert outside.asked == [(REVERSE, {"lat": "32.2169", "lon": "130.7394"})]


def test_a_town_code_that_lost_its_zero_is_mended(outside, ask):
    outside.answer(REVERSE, {"results": {"muniCd": "8222", "lv01Nm": "大字宮中"}})
    found = ask().reverse(Point(35.9658, 140.645))
    assert (found.name, found.code) == ("大字宮中", "082228")


@pytest.mark.parametrize("answer", [{}, {"results": {"muniCd": "43203", "lv01Nm": "－"}}, {"results": None}, {"results": {}}])
def test_at_sea_and_in_the_hills_a_place_has_no_name(outside, ask, answer):
    outside.answer(REVERSE, answer)
    assert ask().reverse(OFFICE) is None


# Nominatim


def test_aki_finds_a_place_through_nominatim(outside, ask):
    name = "人吉市役所, 西間下町, 人吉市, 熊本県, 868-8601, 日本"
    outside.answer("/search", [{"lat": "32.2169", "lon": "130.7394", "display_name": name}])
    assert ask("nominatim").search("人吉市役所", bounds=HITOYOSHI, limit=5) == (
        Found("人吉市役所", "熊本県人吉市西間下町", 32.2169, 130.7394, "nominatim"),
    )
    path, query = outside.asked[0]
    assert (path, query["q"], query["limit"], query["bounded"], query["accept-language"], query["countrycodes"]) == (
        "/search", "人吉市役所", "5", "1", "ja", "jp",
    )  # fmt: skip
    assert [float(edge) for edge in query["viewbox"].split(",")] == [130.6, 32.1, 130.9, 32.4]


def test_nominatim_names_the_district_of_a_place(outside, ask):
    name = "西間下町, 人吉市, 熊本県, 日本"
    outside.answer("/reverse", {"lat": "32.0", "lon": "130.0", "display_name": name})
    assert ask("nominatim").reverse(OFFICE) == Found("西間下町", "熊本県人吉市", OFFICE.lat, OFFICE.lng, "nominatim")


def test_nominatim_at_sea_names_nothing(outside, ask):
    outside.answer("/reverse", {"error": "Unable to geocode"})
    assert ask("nominatim").reverse(Point(30, 140)) is None


@pytest.mark.parametrize(("kind", "path", "nothing"), [("gsi", SEARCH, []), ("nominatim", "/search", [])])
def test_we_say_who_we_are_and_how_to_reach_us(outside, ask, kind, path, nothing):
    outside.answer(path, nothing)
    ask(kind).search("人吉")
    assert outside.agents == ["tamemap/1.0 (town@example.jp)"]


# The setting


def test_ben_can_switch_the_geocoder_off():
    off = geocoder_from(Settings(_env_file=None, geocoder="off"))
    assert isinstance(off, NullGeocoder)
    assert (off.search("人吉", bounds=HITOYOSHI), off.reverse(OFFICE)) == ((), None)


@pytest.mark.parametrize(
    ("kind", "source", "api"),
    [
        ("gsi", GsiSource, "https://msearch.gsi.go.jp/address-search/AddressSearch"),
        ("nominatim", NominatimSource, "https://nominatim.openstreetmap.org/search"),
    ],
)
def test_the_public_services_are_the_default_and_nobody_is_asked_by_making_one(kind, source, api):
    made = geocoder_from(Settings(_env_file=None, geocoder=kind))
    assert isinstance(made._source, source)
    assert made._source._geocoder.api == api


def test_a_town_may_run_its_own_nominatim_under_a_path():
    made = geocoder_from(Settings(_env_file=None, geocoder="nominatim", geocoder_url="http://geo.town.example.jp/osm/"))
    assert made._source._geocoder.api == "http://geo.town.example.jp/osm/search"


def test_a_process_has_one_geocoder():
    gateway.geocoder.cache_clear()
    assert gateway.geocoder() is gateway.geocoder()
    gateway.geocoder.cache_clear()
