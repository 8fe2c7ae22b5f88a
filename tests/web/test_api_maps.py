"""Maps, their lists and tiles, and places: what is found, in which order, and what cannot be asked."""

from __future__ import annotations

from math import asinh, pi, radians, tan

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.folding import fold_place
from tamemap.models import Map, Place
from tests import factories
from tests.factories import HITOYOSHI, HOUR, NISHIKI, OFFICES
from tests.web.browsers import API, problem, titles

LAT, LNG = OFFICES[HITOYOSHI]


@pytest.fixture
def week(world, kept):
    """Aki's flyers of the coming days, seen from Sunday 2026-11-22 at noon. The Monday is a holiday."""
    kept.or_made("week", lambda: _week(world))


def _week(world):
    said = [
        {"title": "きょうの朝市", "starts_at": "2026-11-22T08:00:00+09:00", "ends_at": "2026-11-22T11:00:00+09:00"},
        {"title": "きょうの夜市", "starts_at": "2026-11-22T18:00:00+09:00", "ends_at": "2026-11-22T24:00:00+09:00"},
        {"title": "あしたの講座", "starts_at": "2026-11-23", "category": "learning"},
        {"title": "一週間の展示", "starts_at": "2026-11-20", "ends_at": "2026-11-27", "category": "culture"},
        {"title": "土曜のコンサート", "starts_at": "2026-11-28T10:00:00+09:00"},
        {"title": "来月の祭り", "starts_at": "2026-12-20"},
        {"title": "会員募集", "category": "recruit"},
    ]
    with clock.frozen_at(clock.now() - 6 * HOUR), db.transaction(write=True) as tx:
        for one in said:
            factories.flyer(tx, world.aki, **one)


def test_all_maps_region_by_region(world, visit):
    items = visit().get(f"{API}/maps").json()["items"]
    assert [(one["slug"], one["kind"], one["above"]) for one in items] == [
        ("hitoyoshi-kuma", "regional", None),
        ("hitoyoshi", "resident", "hitoyoshi-kuma"),
        ("nishiki", "resident", "hitoyoshi-kuma"),
        ("rokko", "regional", None),
        ("kashima", "resident", "rokko"),
    ]
    assert items[0]["municipality"] is None
    assert items[1]["municipality"] == {"code": "432032", "name": "人吉市"}


def test_one_map_with_the_outlines_of_its_towns(world, visit):
    regional = visit().get(f"{API}/maps/hitoyoshi-kuma").json()
    towns = [one["properties"] for one in regional["outlines"]["features"]]
    assert [(town["code"], town["map"]) for town in towns] == [("432032", "hitoyoshi"), ("435015", "nishiki")]
    assert len(visit().get(f"{API}/maps/hitoyoshi").json()["outlines"]["features"]) == 1
    problem(visit().get(f"{API}/maps/atlantis"), 404, "map_unknown")


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        ({}, ["一週間の展示", "きょうの夜市", "あしたの講座", "土曜のコンサート", "来月の祭り", "会員募集"]),
        ({"when": "today"}, ["一週間の展示", "きょうの夜市"]),
        ({"when": "tomorrow"}, ["一週間の展示", "あしたの講座"]),
        ({"when": "weekend"}, ["一週間の展示", "きょうの夜市"]),
        ({"when": "week"}, ["一週間の展示", "きょうの夜市", "あしたの講座", "土曜のコンサート"]),
        ({"when": "2026-11-28"}, ["土曜のコンサート"]),
        ({"when": "2026-11-28..2026-12-31"}, ["土曜のコンサート", "来月の祭り"]),
        ({"when": "2026-11-21"}, ["一週間の展示"]),
        ({"when": "2026-11-01..2026-11-22"}, ["一週間の展示", "きょうの夜市"]),
        ({"past": "true"}, ["きょうの朝市"]),
        ({"category": "culture"}, ["一週間の展示"]),
        ({"category": "culture,learning"}, ["一週間の展示", "あしたの講座"]),
        ({"category": ["culture", "recruit"]}, ["一週間の展示", "会員募集"]),
        ({"q": "コンサート"}, ["土曜のコンサート"]),
        ({"q": "ｺﾝｻｰﾄ"}, ["土曜のコンサート"]),
        ({"q": "こんさーと"}, ["土曜のコンサート"]),
        ({"q": "土曜 コンサート"}, ["土曜のコンサート"]),
        ({"q": "土曜 展示"}, []),
        ({"q": "%"}, []),
        ({"sort": "new", "limit": "2"}, ["会員募集", "来月の祭り"]),
    ],
)
def test_what_is_asked_for_is_found(week, visit, wishes, found):
    assert titles(visit(), **wishes) == found


def test_a_day_that_is_over_can_still_be_asked_for(week, visit):
    with clock.frozen_at(clock.now() + 24 * HOUR):
        assert titles(visit(), when="2026-11-22") == ["一週間の展示", "きょうの朝市", "きょうの夜市"]
        assert titles(visit(), when="today") == ["一週間の展示", "あしたの講座"]


@pytest.mark.parametrize(
    ("wishes", "code", "field"),
    [
        ({"when": "someday"}, "when_wrong", "when"),
        ({"when": "2026-13-01"}, "when_wrong", "when"),
        ({"when": "2026-12-02..2026-12-01"}, "when_wrong", "when"),
        ({"when": "9999-12-31"}, "when_wrong", "when"),
        ({"category": "party"}, "category_wrong", "category"),
        ({"bbox": "1,2,3"}, "bbox_wrong", "bbox"),
        ({"bbox": "131,32,130,33"}, "bbox_wrong", "bbox"),
        ({"bbox": "nan,32,130,33"}, "bbox_wrong", "bbox"),
        ({"near": "here"}, "near_wrong", "near"),
        ({"near": "91,130"}, "near_wrong", "near"),
        ({"sort": "best"}, "sort_wrong", "sort"),
        ({"sort": "near"}, "sort_wrong", "sort"),
        ({"limit": "0"}, "limit_wrong", "limit"),
        ({"limit": "101"}, "limit_wrong", "limit"),
        ({"limit": "x"}, "limit_wrong", "limit"),
        ({"cursor": "x"}, "cursor_wrong", "cursor"),
        ({"cursor": "W10"}, "cursor_wrong", "cursor"),
        ({"cursor": "あ"}, "cursor_wrong", "cursor"),
    ],
)
def test_what_cannot_be_understood_is_said_so(world, visit, wishes, code, field):
    problem(visit().get(f"{API}/maps/hitoyoshi/flyers", params=wishes), 422, code, field)


def test_an_empty_map_is_an_empty_list_and_an_unknown_one_is_not(world, visit):
    assert visit().get(f"{API}/maps/hitoyoshi/flyers").json() == {"items": [], "next": None, "total": 0}
    problem(visit().get(f"{API}/maps/atlantis/flyers"), 404, "map_unknown")


def test_near_comes_first_with_its_distance(world, visit):
    with db.transaction(write=True) as tx:
        for title, north in (("となり町寄り", 0.04), ("庁舎前", 0.0), ("川向こう", -0.01)):
            factories.flyer(tx, world.aki, title=title, at=(LAT + north, LNG))
    cards = visit().get(f"{API}/maps/hitoyoshi/flyers", params={"near": f"{LAT},{LNG}"}).json()["items"]
    assert [card["title"] for card in cards] == ["庁舎前", "川向こう", "となり町寄り"]
    assert cards[0]["distance"] == 0
    assert cards[1]["distance"] == pytest.approx(1112, abs=3)
    assert visit().get(f"{API}/maps/hitoyoshi/flyers").json()["items"][0]["distance"] is None


def test_only_what_is_in_view_is_in_the_box(world, visit):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, title="西", at=(LAT, LNG - 0.03))
        factories.flyer(tx, world.aki, title="東", at=(LAT, LNG + 0.03))
    assert titles(visit(), bbox=f"{LNG},{LAT - 0.01},{LNG + 0.05},{LAT + 0.01}") == ["東"]
    assert titles(visit(), bbox="-180,-90,180,90", sort="new") == ["東", "西"]
    assert titles(visit(), bbox=f"{LNG + 0.03},{LAT},{LNG + 0.03},{LAT}") == ["東"]


@pytest.mark.parametrize("wishes", [{"sort": "soon"}, {"sort": "new"}, {"near": f"{LAT},{LNG}"}])
def test_page_after_page_every_flyer_comes_once_and_in_order(world, visit, wishes):
    with db.transaction(write=True) as tx:
        for number in range(17):
            dates = {"starts_at": f"2026-12-{1 + number // 3:02d}"} if number % 4 else {}
            factories.flyer(tx, world.aki, title=f"市 {number:02d}", at=(LAT + 0.002 * (number % 5), LNG), **dates)
    whole = titles(visit(), limit=100, **wishes)
    assert len(set(whole)) == 17
    seen, cursor = [], None
    for _ in range(9):
        page = visit().get(f"{API}/maps/hitoyoshi/flyers", params=wishes | {"limit": 2} | ({"cursor": cursor} if cursor else {}))
        seen += [card["title"] for card in page.json()["items"]]
        assert page.json()["total"] == 17
        cursor = page.json()["next"]
    assert cursor is None
    assert seen == whole


def test_a_regional_map_gathers_its_towns(world, visit):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, title="人吉の市", outside=True)
        factories.flyer(tx, world.aki, title="錦の市", at=OFFICES[NISHIKI], outside=True)
        factories.flyer(tx, world.aki, title="錦の寄り合い", at=OFFICES[NISHIKI])
    cards = visit().get(f"{API}/maps/hitoyoshi-kuma/flyers", params={"sort": "new"}).json()["items"]
    assert [(card["title"], card["map"], card["municipality"]["name"]) for card in cards] == [
        ("錦の市", "nishiki", "錦町"),
        ("人吉の市", "hitoyoshi", "人吉市"),
    ]


def tile_at(lat: float, lng: float, z: int) -> tuple[int, int]:
    """The tile of the Web Mercator scheme on which a place lies."""
    x = int((lng + 180) / 360 * 2**z)
    return x, int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z)


def standing(features) -> int:
    """How many flyers these features stand for."""
    return sum(one["properties"].get("count", 1) for one in features)


@pytest.fixture
def crowd(world, kept):
    """Sixty flyers over the two towns, twelve of them in one house, all on the regional map."""
    kept.or_made("crowd", lambda: _crowd(world))


def _crowd(world):
    with db.transaction(write=True) as tx:
        for number in range(60):
            spread = 0.0 if number < 12 else 1.0
            at = (LAT + 0.0007 * (number % 7) * spread, LNG + 0.0021 * (number % 60) * spread)
            category = "food" if number % 3 else "market"
            factories.flyer(tx, _poster(world, number), title=f"市 {number}", at=at, outside=True, category=category)


def _poster(world, number):
    return world.aki if number < 40 else world.ben


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(z=st.integers(6, 18), category=st.sampled_from(["", "food", "market"]), data=st.data())
def test_points_and_clusters_of_a_tiles_quarters_are_those_of_the_tile(crowd, visit, z, category, data):
    x, y = tile_at(LAT, LNG + data.draw(st.floats(0, 0.12)), z)
    guest, wishes = visit(), {"category": category} if category else {}
    address = f"{API}/maps/hitoyoshi-kuma"
    whole = standing(guest.get(f"{address}/tiles/{z}/{x}/{y}", params=wishes).json()["features"])
    quarters = [(2 * x + right, 2 * y + down) for right in (0, 1) for down in (0, 1)]
    parts = [guest.get(f"{address}/tiles/{z + 1}/{qx}/{qy}", params=wishes).json()["features"] for qx, qy in quarters]
    assert whole == sum(map(standing, parts))


@pytest.mark.parametrize("z", [0, 5, 9, 12, 15])
def test_all_tiles_of_a_zoom_stand_for_all_flyers(crowd, visit, z):
    corners = [tile_at(LAT + north, LNG + east, z) for north in (-0.01, 0.01) for east in (-0.01, 0.14)]
    columns = range(min(x for x, _ in corners), max(x for x, _ in corners) + 1)
    rows = range(min(y for _, y in corners), max(y for _, y in corners) + 1)
    tiles = [visit().get(f"{API}/maps/hitoyoshi-kuma/tiles/{z}/{x}/{y}").json()["features"] for x in columns for y in rows]
    assert sum(map(standing, tiles)) == 60 == visit().get(f"{API}/maps/hitoyoshi-kuma/flyers").json()["total"]


def test_a_cluster_says_how_many_and_where_its_members_are(crowd, visit):
    x, y = tile_at(LAT, LNG, 9)
    features = visit().get(f"{API}/maps/hitoyoshi-kuma/tiles/9/{x}/{y}").json()["features"]
    clusters = [one for one in features if "count" in one["properties"]]
    assert sum(one["properties"]["count"] for one in clusters) >= 12
    for one in clusters:
        west, south, east, north = one["properties"]["bounds"]
        lng, lat = one["geometry"]["coordinates"]
        assert west - 1e-6 <= lng <= east + 1e-6
        assert south - 1e-6 <= lat <= north + 1e-6


def test_close_in_every_flyer_of_one_house_stands_for_itself(crowd, visit):
    x, y = tile_at(LAT, LNG, 18)
    features = visit().get(f"{API}/maps/hitoyoshi-kuma/tiles/18/{x}/{y}").json()["features"]
    assert len(features) == 12
    shown = features[0]["properties"]
    assert set(shown) == {"id", "url", "title", "category", "starts_at", "ends_at", "all_day", "thumb", "label"}


def test_a_tile_takes_the_lists_wishes(crowd, visit):
    x, y = tile_at(LAT, LNG, 5)
    for wishes in (
        {"q": "市 1"},
        {"category": "food"},
        {"when": "today"},
        {"bbox": f"{LNG},{LAT - 0.01},{LNG + 0.05},{LAT + 0.01}"},
    ):
        features = visit().get(f"{API}/maps/hitoyoshi-kuma/tiles/5/{x}/{y}", params=wishes).json()["features"]
        assert standing(features) == visit().get(f"{API}/maps/hitoyoshi-kuma/flyers", params=wishes).json()["total"]


@pytest.mark.parametrize("tile", ["0/1/0", "0/0/1", "21/0/0", "-1/0/0", "3/8/0", "a/b/c", "5/1.5/1", "9/٣/1", "999999999999/0/0"])
def test_what_is_no_tile_is_refused(world, visit, tile):
    problem(visit().get(f"{API}/maps/hitoyoshi/tiles/{tile}"), 422, "tile_wrong", "tile")


def test_tiles_are_geojson_and_revalidated(world, visit):
    answer = visit().get(f"{API}/maps/hitoyoshi/tiles/0/0/0")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "public, no-cache"
    again = visit().get(f"{API}/maps/hitoyoshi/tiles/0/0/0", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    problem(visit().get(f"{API}/maps/atlantis/tiles/0/0/0"), 404, "map_unknown")


@pytest.fixture
def gazetteer(world):
    """A few named places."""
    with db.transaction(write=True) as tx:
        for code, name, kana, north in (
            (HITOYOSHI, "青井町", "アオイマチ", 0.001),
            (HITOYOSHI, "中青井町", "ナカアオイマチ", 0.002),
            (NISHIKI, "一武", "イチブ", 0.0),
            (NISHIKI, "青井野", "アオイノ", 0.003),
        ):
            lat, lng = OFFICES[code]
            folded = f"{fold_place(name)} {fold_place(kana)}"
            tx.add(Place(municipality_code=code, kind="town", name=name, kana=kana, folded=folded, lat=lat + north, lng=lng))


def test_places_are_found_by_name_and_reading_the_towns_own_first(gazetteer, visit):
    def names(**asked):
        return [one["name"] for one in visit().get(f"{API}/places", params=asked).json()["items"]]

    assert names(q="青井") == ["青井野", "青井町", "中青井町"]
    assert names(q="青井", map="hitoyoshi") == ["青井町", "中青井町", "青井野"]
    assert names(q="あおいの") == names(q="ｱｵｲﾉ") == ["青井野"]
    assert names(q="") == names(q="%") == names(q="ぬぬぬ") == []
    problem(visit().get(f"{API}/places", params={"q": "青井", "map": "atlantis"}), 404, "map_unknown")


def test_a_place_says_whose_it_is(gazetteer, visit):
    found = visit().get(f"{API}/places", params={"q": "一武"}).json()["items"][0]
    assert found["address"] == "熊本県錦町一武"
    assert found["municipality"] == {"code": "435015", "name": "錦町"}
    assert found["map"] == {"slug": "nishiki", "name": "錦町マップ"}


def test_a_point_belongs_to_a_towns_map_and_is_near_a_named_place(gazetteer, visit):
    near = visit().get(f"{API}/places/near", params={"lat": LAT, "lng": LNG}).json()
    assert near["map"] == {"slug": "hitoyoshi", "name": "人吉市マップ"}
    assert near["above"] == {"slug": "hitoyoshi-kuma", "name": "人吉球磨マップ"}
    assert near["place"]["name"] == "青井町"
    with db.transaction(write=True) as tx:
        for place in tx.exec(select(Place)):
            tx.delete(place)
    assert visit().get(f"{API}/places/near", params={"lat": LAT, "lng": LNG}).json()["place"] is None


def test_a_point_outside_every_town_is_refused_kindly(world, visit):
    said = problem(visit().get(f"{API}/places/near", params={"lat": 35.0, "lng": 135.0}), 404, "place_outside")
    assert "まだ" in said["detail"]
    for lat, lng, fields in (
        ("", "", ["lat", "lng"]),
        ("x", "1", ["lat"]),
        ("0", "0", ["lat", "lng"]),
        ("nan", "inf", ["lat", "lng"]),
    ):
        code = "position_missing" if not lat else "position_wrong"
        problem(visit().get(f"{API}/places/near", params={"lat": lat, "lng": lng}), 422, code, *fields)


def test_who_searches_without_end_is_asked_to_wait(world, visit):
    guest = visit()
    for _ in range(120):
        assert guest.get(f"{API}/places", params={"q": "あ"}).status_code == 200
    refused = guest.get(f"{API}/places", params={"q": "あ"})
    problem(refused, 429, "too_often")
    assert int(refused.headers["retry-after"]) > 0


def test_a_map_says_how_many_stand_on_it_and_its_version_rises(world, visit):
    before = visit().get(f"{API}/maps/hitoyoshi").json()
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki)
    after = visit().get(f"{API}/maps/hitoyoshi").json()
    assert (before["counts"], after["counts"]) == ({"up": 0}, {"up": 1})
    assert after["version"] > before["version"]
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Map.version).where(Map.slug == "nishiki")).one() == 1


def test_a_phone_keeps_the_places_of_its_town_and_folds_words_as_we_do(gazetteer, visit):
    found = visit().get(f"{API}/maps/hitoyoshi/places").json()
    assert found["towns"] == {HITOYOSHI: ["熊本県", "人吉市"]}
    assert {code for *_, code in found["items"]} == {HITOYOSHI}
    assert all(fold_place(name) in folded for name, folded, *_ in found["items"])
    assert len(visit().get(f"{API}/maps/hitoyoshi-kuma/places").json()["items"]) > len(found["items"])
    problem(visit().get(f"{API}/maps/atlantis/places"), 404, "map_unknown")
