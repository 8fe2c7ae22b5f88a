"""From a venue that was read to a place: confirmed by people, in the gazetteer, or by the geocoder; misread names are mended."""

from __future__ import annotations

import pytest

from tamemap import clock, config
from tamemap.cli_places import read_places
from tamemap.domain.actors import SYSTEM
from tamemap.models import KnownVenue, Place
from tamemap.queries.maps import PlaceView
from tamemap.queries.reading_gazetteer import gazetteer
from tamemap.services import places, reading_places
from tamemap.services.gazetteer import import_places
from tamemap.services.installation import folded_place
from tests.factories import HITOYOSHI, KASHIMA, NISHIKI, OFFICES

LAT, LNG = OFFICES[HITOYOSHI]


@pytest.fixture
def known(world, tx):
    """Some places of three towns, as ``gazetteer`` knows them."""
    rows = [(HITOYOSHI, "facility", "人吉市中央公民館"), (HITOYOSHI, "facility", "東部公民館"),
            (NISHIKI, "facility", "ふれあい館"),
            (KASHIMA, "facility", "ふれあい館"), (HITOYOSHI, "town", "願成寺町"), (KASHIMA, "town", "宮中")]  # fmt: skip
    for number, (code, kind, name) in enumerate(rows):
        tx.add(Place(municipality_code=code, kind=kind, name=name, folded=folded_place(name, ""), lat=32.0 + number, lng=130.0))
    tx.add(KnownVenue(municipality_code=HITOYOSHI, name="片づけ工房", folded="片づけ工房", lat=32.21, lng=130.75,
                      confirmed_at=clock.now()))  # fmt: skip
    tx.flush()
    return gazetteer(tx, world.emi)


def fields(venue="", address=""):
    return {"venue": venue and {"value": venue}, "address": address and {"value": address}}


def test_the_start_of_an_address_is_written_as_it_is_officially(known):
    assert known.town("人吉市願成寺町1-2") == "人吉市願成寺町"
    assert known.town("熊本県人吉市願成守町1-2") == "熊本県人吉市願成寺町"
    assert known.town("茨城県鹿嶋市大字宮中5") == "茨城県鹿嶋市大字宮中"
    assert known.town("熊本県球磨郡錦町一武1587") == "熊本県球磨郡錦町"
    assert known.town("東京都千代田区1-1") is None


def test_a_misread_name_is_mended_unless_it_may_be_another_place(known):
    assert known.place("人吉市中央公民舘") == "人吉市中央公民館"
    assert known.place("ふれあい館") == "ふれあい館"
    assert known.place("西部公民館") is None
    assert known.place("人吉市中央公民") is None


def test_a_venue_is_where_people_have_confirmed_it_then_where_the_gazetteer_has_it(known):
    assert reading_places.place_of(fields("片づけ工房"), known, HITOYOSHI) == {
        "name": "片づけ工房", "lat": 32.21, "lng": 130.75, "why": "known"}  # fmt: skip
    room = reading_places.place_of(fields("人吉市中央公民館 2階会議室"), known, None)
    assert (room["name"], room["lat"], room["why"]) == ("人吉市中央公民館", 32.0, "gazetteer")


def test_of_two_towns_with_the_same_house_the_address_or_the_photograph_decides(known):
    assert reading_places.place_of(fields("ふれあい館"), known, None) is None
    assert reading_places.place_of(fields("ふれあい館"), known, NISHIKI)["lat"] == 34.0
    assert reading_places.place_of(fields("ふれあい館", "鹿嶋市宮中1-2"), known, NISHIKI)["lat"] == 35.0


def test_an_address_alone_is_in_its_quarter(known):
    found = reading_places.place_of(fields("", "人吉市願成寺町1-2"), known, None)
    assert (found["name"], found["why"]) == ("願成寺町", "gazetteer")
    assert reading_places.place_of(fields(), known, HITOYOSHI) is None


def test_the_geocoder_is_asked_last_and_only_where_settings_allow(known, monkeypatch):
    asked = []

    def search(actor, *, q, limit):
        asked.append(q)
        return (PlaceView("願成寺町", "town", "", HITOYOSHI, "", "", "", 1.0, 2.0, "KEN"),
                PlaceView("人吉市願成寺町1-2", "address", "", HITOYOSHI, "", "", "", 32.2, 130.7, "gsi"))  # fmt: skip

    monkeypatch.setattr(places, "search", search)
    wanted = fields("どこかの家", "人吉市願成寺町1-2")
    assert reading_places.place_of(wanted, known, None)["why"] == "gazetteer"
    monkeypatch.setenv("TAMEMAP_GEOCODER", "gsi")
    config.settings.cache_clear()
    assert reading_places.place_of(wanted, known, None) == {
        "name": "人吉市願成寺町1-2", "lat": 32.2, "lng": 130.7, "why": "geocoder"}  # fmt: skip
    assert asked == ["人吉市願成寺町1-2"]


def test_a_photograph_says_its_town(world, tx):
    assert reading_places.town_at(tx, LAT, LNG) == HITOYOSHI
    assert (reading_places.town_at(tx, None, None), reading_places.town_at(tx, 10.0, 10.0)) == (None, None)


# as a town publishes it (公共施設一覧, Shift_JIS from a spreadsheet)
FACILITIES = """都道府県コード又は市区町村コード,名称,名称_カナ,住所,緯度,経度
432032,人吉市役所,ヒトヨシシヤクショ,人吉市西間下町7-1,{lat},{lng}
432032,人吉市立はなみ図書館,ヒトヨシシリツハナミトショカン,人吉市下城本町1578-1,{lat},{lng}
432032,はなみ地域交流センター,ハナミチイキコウリュウセンター,人吉市はなみ町1,{lat},{lng}
"""


@pytest.fixture
def installed(world, tx, tmp_path):
    """A town's list of facilities, imported."""
    file = tmp_path / "facilities.csv"
    file.write_bytes(FACILITIES.format(lat=LAT, lng=LNG).encode("cp932"))
    rows, refused = read_places(file)
    assert refused == ()
    import_places(tx, SYSTEM, places=rows, source=file.name)
    return gazetteer(tx, world.emi)


@pytest.mark.parametrize(("venue", "name"), [
    ("はなみ地域交流センター 2階 和室", "はなみ地域交流センター"),
    ("市役所 正面玄関前", "人吉市役所"),
    ("市立はなみ図書館 おはなしのへや", "人吉市立はなみ図書館"),
    ("はなみ図書館", "人吉市立はなみ図書館"),
])  # fmt: skip
def test_a_venue_is_found_in_the_towns_own_list_as_flyers_call_it(installed, venue, name):
    place = reading_places.place_of(fields(venue), installed, HITOYOSHI)
    assert (place["name"], place["lat"], place["why"]) == (name, LAT, "gazetteer")


def test_the_town_hall_without_its_town_is_nowhere_where_nobody_knows_the_town(installed, monkeypatch):
    monkeypatch.setenv("TAMEMAP_GEOCODER", "off")
    config.settings.cache_clear()
    assert reading_places.place_of(fields("市役所 正面玄関前"), installed, None) is None
    assert reading_places.place_of(fields("市役所"), installed, KASHIMA) is None
