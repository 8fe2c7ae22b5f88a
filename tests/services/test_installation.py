"""A region is set up from a seed; a town's own list of facilities fills the gazetteer."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlmodel import select

from tamemap.domain.actors import SYSTEM
from tamemap.domain.geography import Bounds, Point
from tamemap.errors import Forbidden, Invalid, NotFound, Unauthenticated
from tamemap.models import Board, Map, Municipality, Place
from tamemap.queries.maps import locate, map_view, places
from tamemap.services import gazetteer
from tamemap.services.gazetteer import Imported, NewPlace
from tamemap.services.installation import Installed, fitting_zoom, install_region, outline_digest
from tests.factories import HITOYOSHI, square

NORTH, SOUTH = "432148", "434013"  # real codes with their check digits, far from the test world: 阿蘇市 and a town


@dataclass(frozen=True)
class Town:
    name: str
    kana: str = ""
    lat: float | None = None
    lng: float | None = None


@dataclass(frozen=True)
class Municipal:
    code6: str
    name: str
    slug: str
    office: Point
    towns: tuple[Town, ...] = ()
    kana: str = ""
    prefecture: str = "熊本県"
    map_name: str = ""
    outline: dict[str, Any] = field(default_factory=dict)
    display_outline: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Seed:
    municipalities: tuple[Municipal, ...]
    slug: str = "yama"
    name: str = "山"
    map_slug: str = "yama"
    map_name: str = "山マップ"


def municipal(code: str, name: str, slug: str, lat: float, towns: tuple[Town, ...] = ()) -> Municipal:
    box = square(lat, 131.0)
    return Municipal(code, name, slug, Point(lat, 131.0), towns, map_name=f"{name}マップ", outline=box, display_outline=box)


SEED = Seed((
    municipal(NORTH, "北市", "kita", 33.1, (Town("大字三ヶ浦", "みがうら", 33.12, 131.01), Town("奥山"))),
    municipal(SOUTH, "南村", "minami", 33.0, (Town("川下", "", 33.01, 131.02),)),
))  # fmt: skip


def test_a_region_stands_with_its_maps_places_and_boards(tx, world):
    assert install_region(tx, SYSTEM, seed=SEED) == Installed("yama", municipalities=2, maps=3, places=5, boards=5, new=3)
    above, north = map_view(tx, world.chie, slug="yama"), map_view(tx, world.chie, slug="kita")
    assert (above.kind, above.name, above.bounds, above.lat, above.lng) == (
        "regional",
        "山マップ",
        (130.95, 32.95, 131.05, 33.15),
        33.05,
        131.0,
    )
    assert (north.kind, north.municipality_code, north.above_slug, north.bounds) == (
        "resident",
        NORTH,
        "yama",
        (130.95, 33.05, 131.05, 33.15),
    )
    assert locate(tx, world.dai, point=Point(33.12, 131.01)).map == north
    assert locate(tx, world.dai, point=Point(33.12, 131.01)).nearest.name == "大字三ヶ浦"
    boards = [
        (map_.slug, board.slug, board.name)
        for board, map_ in tx.exec(select(Board, Map).join(Map).where(Map.region_id == north.region_id).order_by(Board.id))
    ]
    assert boards == [("yama", "yama-hiroba", "広場"), ("yama", "yama-iju", "移住・二地域"), ("yama", "yama-osusume", "おすすめ"),
                      ("kita", "kita-hiroba", "広場"), ("minami", "minami-hiroba", "広場")]  # fmt: skip


def test_its_places_are_found_as_people_write_them(tx, world):
    install_region(tx, SYSTEM, seed=SEED)
    assert [place.name for place in places(tx, world.dai, q="三が浦", slug="kita")] == ["大字三ヶ浦"]
    assert [place.name for place in places(tx, world.dai, q="ミガウラ", slug="yama")] == ["大字三ヶ浦"]
    assert [place.name for place in places(tx, world.dai, q="役", slug="yama")] == ["北市役所", "南村役場"]
    assert [(place.name, place.lat) for place in places(tx, world.dai, q="奥山", slug="kita")] == [("奥山", None)]


def test_installed_twice_is_installed_once_and_keeps_what_the_town_has_set(tx, world):
    install_region(tx, SYSTEM, seed=SEED)
    here = tx.exec(select(Map).where(Map.slug == "kita")).one()
    here.guests_may_post = False
    board = tx.exec(select(Board).where(Board.slug == "kita-hiroba")).one()
    board.name = "いろり"
    gazetteer.import_places(tx, SYSTEM, places=[NewPlace("みほん館", lat=33.1, lng=131.0)], source="list.csv")
    before = map_view(tx, world.chie, slug="kita")
    assert install_region(tx, SYSTEM, seed=SEED) == Installed("yama", municipalities=2, maps=3, places=6, boards=5, new=0)
    assert map_view(tx, world.chie, slug="kita") == before
    assert (here.guests_may_post, board.name) == (False, "いろり")


def test_a_seed_that_has_changed_changes_the_region(tx, world):
    install_region(tx, SYSTEM, seed=SEED)
    north, south = SEED.municipalities
    wider = replace(north, outline=square(33.1, 130.99), towns=(Town("新町", "", 33.1, 131.0), *north.towns[:1]))
    install_region(tx, SYSTEM, seed=replace(SEED, municipalities=(wider, south)))
    view = map_view(tx, world.chie, slug="kita")
    assert (view.bounds, view.version) == ((130.94, 33.05, 131.04, 33.15), 2)
    assert tx.get(Municipality, NORTH).outline_digest == outline_digest(wider.outline) != outline_digest(north.outline)
    assert [row.name for row in tx.exec(select(Place).where(Place.municipality_code == NORTH).order_by(Place.name))] == [
        "北市役所",
        "大字三ヶ浦",
        "新町",
    ]
    assert map_view(tx, world.chie, slug="minami").version == 1


def test_only_the_operator_of_all_installs(tx, world):
    for actor, error in ((world.dai, Unauthenticated), (world.ben, Forbidden), (world.emi, Forbidden)):
        with pytest.raises(error):
            install_region(tx, actor, seed=SEED)
        with pytest.raises(error):
            gazetteer.import_places(tx, actor, places=[], source="list.csv")
    with pytest.raises(NotFound):
        map_view(tx, world.chie, slug="yama")


def test_an_outline_that_is_none_is_refused(tx, world):
    north, south = SEED.municipalities
    broken = replace(north, outline={"type": "Point", "coordinates": [131.0, 33.1]})
    with pytest.raises(Invalid) as refused:
        install_region(tx, SYSTEM, seed=replace(SEED, municipalities=(broken, south)))
    assert refused.value.code == "outline_wrong"


def test_the_zoom_shows_the_whole_town():
    assert fitting_zoom(Bounds(130.95, 33.05, 131.05, 33.15)) == 12
    assert fitting_zoom(Bounds(130.6, 32.0, 131.2, 32.6)) == 9
    assert fitting_zoom(Bounds(131.0, 33.0, 131.0, 33.0)) == 15
    assert fitting_zoom(Bounds(120.0, 24.0, 150.0, 46.0)) == 8


HALL = NewPlace("みほん会館", "みほんかいかん", 32.2169, 130.7394)


def test_a_facility_is_found_by_its_kana_in_the_town_that_its_point_is_in(tx, world):
    assert gazetteer.import_places(tx, SYSTEM, places=[HALL], source="list.csv") == Imported(
        added=1, changed=0, same=0, outside=0
    )
    found = places(tx, world.dai, q="ミホン会館", slug="hitoyoshi")[0]
    assert (found.name, found.kind, found.municipality_code, found.lat, found.lng, found.source) == (
        "みほん会館", "facility", HITOYOSHI, 32.2169, 130.7394, "list.csv")  # fmt: skip
    assert [place.name for place in places(tx, world.dai, q="みほんか")] == ["みほん会館"]


def test_the_same_list_twice_adds_nothing_and_a_moved_hall_moves(tx, world):
    gazetteer.import_places(tx, SYSTEM, places=[HALL, HALL], source="list.csv")
    assert gazetteer.import_places(tx, SYSTEM, places=[HALL], source="list.csv") == Imported(
        added=0, changed=0, same=1, outside=0
    )
    moved = replace(HALL, lat=32.22)
    assert gazetteer.import_places(tx, SYSTEM, places=[moved], source="list.csv") == Imported(
        added=0, changed=1, same=0, outside=0
    )
    assert [place.lat for place in places(tx, world.dai, q="みほん会館")] == [32.22]


def test_places_of_other_towns_are_left_out_and_codes_help_those_without_a_point(tx, world):
    given = [NewPlace("遠い館", lat=35.0, lng=139.0), NewPlace("どこかの館"), NewPlace("札のない館", municipality_code=HITOYOSHI)]
    assert gazetteer.import_places(tx, SYSTEM, places=given, source="list.csv") == Imported(added=1, changed=0, same=0, outside=2)
    assert [(place.name, place.lat) for place in places(tx, world.dai, q="館")] == [("札のない館", None)]


def test_half_a_position_is_refused(tx, world):
    with pytest.raises(Invalid) as refused:
        gazetteer.import_places(tx, SYSTEM, places=[NewPlace("半分", lat=32.2)], source="list.csv")
    assert [(error.field, error.code) for error in refused.value.errors] == [("lat", "position_wrong")]
