"""``/m/{map}``: what everybody sees of a town, with and without script, and how fast it forgets."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest
from sqlalchemy import event

from tamemap import clock, config, db
from tamemap.i18n import t
from tamemap.services import decisions, flyers
from tamemap.web import folium_map
from tests import factories
from tests.factories import DAY, NISHIKI, OFFICES
from tests.web.pages import island, json_ld, meta, read

pytestmark = pytest.mark.one_database


def put_up(actor, title: str = "秋の市", **fields) -> str:
    """A flyer of this person's; its public id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, actor, title=title, **fields).public_id


def titles(page) -> list[str]:
    """The titles in the list, as they stand."""
    return [node.text for node in page.all("a", class_="tm-card__link")]


def look(visit, address: str = "/m/hitoyoshi", status: int = 200):
    """The document that a guest is given."""
    answer = visit().get(address)
    assert answer.status_code == status, answer.text
    return read(answer)


def test_a_guest_reads_the_list_without_any_script(world, visit):
    flyer = put_up(world.aki, venue="川原の広場", starts_at="2026-11-23T10:00:00+09:00", ends_at="2026-11-23T15:00:00+09:00")
    page = look(visit)
    card = page.one("li", class_="tm-card")
    assert (card["data-id"], card["data-lat"], card["data-lng"]) == (flyer, "32.2169", "130.7394")
    assert card.one("a")["href"] == f"/f/{flyer}"
    assert card.one("span", class_="tm-datetab").text == "11月23月・祝"
    assert card.one("span", class_="tm-datetab").has(class_="tm-datetab--sun")
    assert card.one("div", class_="tm-card__facts").text == "市・マルシェ11月23日（月・祝） 10:00〜15:00川原の広場"
    assert page.one("p", id="tm-count").text == "いま 1 枚"
    assert page.one("title").text == "人吉市マップ 町のチラシ | Tamemap"


def test_several_days_are_said_in_words_and_a_flyer_without_dates_has_no_tab(world, visit):
    put_up(world.aki, "展示会", starts_at="2026-11-28", ends_at="2026-11-30")
    put_up(world.aki, "店番募集")
    several, none = look(visit).all("li", class_="tm-card")
    words = several.one("span", class_="tm-card__when")
    assert words.text == "11月28日（土）〜11月30日（月）"
    assert not words.all("span", class_="tm-visually-hidden")
    assert several.one("span", class_="tm-datetab").has(class_="tm-datetab--sat")
    assert not none.all("span", class_="tm-datetab")


def test_the_script_is_handed_the_same_flyers_and_words(world, visit):
    flyer = put_up(world.aki, venue="川原の広場")
    data = island(look(visit, "/m/hitoyoshi?category=market,food&q=秋"))
    assert data["map"]["slug"] == "hitoyoshi"
    assert data["map"]["center"] == [32.2169, 130.7394]
    assert data["filters"] == {"when": "", "category": ["market", "food"], "q": "秋", "near": None}
    assert (data["total"], data["next"], data["flyer"], data["embed"]) == (1, "", None, False)
    (item,) = data["items"]
    assert (item["id"], item["title"], item["venue"]) == (flyer, "秋の市", "川原の広場")
    assert [feature["properties"] for feature in data["boundaries"]["features"]] == [
        {"code": "432032", "name": "人吉市", "map": "hitoyoshi"}
    ]
    assert set(data["categories"]) >= {"market", "event"}
    assert data["words"]["more"] == "もっと見る"


def test_the_region_gathers_its_towns(world, visit):
    put_up(world.aki, "見せる", outside=True)
    put_up(world.aki, "見せない")
    put_up(world.fumi, "錦町の市", outside=True, at=OFFICES[NISHIKI])
    page = look(visit, "/m/hitoyoshi-kuma")
    assert sorted(titles(page)) == ["見せる", "錦町の市"]
    assert [feature["properties"]["name"] for feature in island(page)["boundaries"]["features"]] == ["人吉市", "錦町"]


@pytest.mark.parametrize("address", ["/m/hitoyoshi", "/m/hitoyoshi-kuma", "/m/hitoyoshi?q=秘密", "/m/hitoyoshi?embed=1"])
def test_what_is_kept_for_residents_is_nowhere_in_the_document(world, visit, address):
    kept = {"venue": "秘密の場所", "phone": "0966-99-9999", "body": "秘密の合言葉"}
    put_up(world.aki, outside=True, hidden=tuple(kept), **kept)
    for browser in (visit(), visit(world.aki), visit(world.ben)):
        text = browser.get(address).text
        for secret in kept.values():
            assert secret not in text


def test_everybody_is_given_the_same_bytes(world, visit):
    put_up(world.aki)
    assert visit().get("/m/hitoyoshi").content == visit(world.aki).get("/m/hitoyoshi").content


def test_what_staff_take_back_has_left_at_the_next_look(world, visit):
    flyer = put_up(world.aki, outside=True)
    guest = visit()
    first = {slug: guest.get(f"/m/{slug}") for slug in ("hitoyoshi", "hitoyoshi-kuma")}
    for slug, answer in first.items():
        assert answer.headers["cache-control"] == "public, max-age=0, must-revalidate"
        again = guest.get(f"/m/{slug}", headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == answer.headers["etag"]
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=flyer, placement="all", decision="recall", reason="中止です")
    for slug, answer in first.items():
        again = guest.get(f"/m/{slug}", headers={"If-None-Match": answer.headers["etag"]})
        assert again.status_code == 200
        assert "秋の市" not in again.text


def test_what_is_over_leaves_by_itself(world, visit):
    put_up(world.aki, starts_at="2026-11-23")
    assert titles(look(visit)) == ["秋の市"]
    with clock.frozen_at(clock.now() + 2 * DAY):
        assert titles(look(visit)) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("when=today", ["今日の会"]),
        ("when=tomorrow", ["明日の市"]),
        ("when=weekend", ["今日の会"]),
        ("when=2026-12-01", ["師走の市"]),
        ("from=2026-11-23&to=2026-12-31", ["明日の市", "師走の市"]),
        ("from=2026-12-01&when=", ["師走の市"]),
        ("category=culture", ["今日の会"]),
        ("category=culture&category=food", ["今日の会", "師走の市"]),
        ("q=いち", []),
        ("q=師走", ["師走の市"]),
        ("q=師走&category=market", []),
    ],
)
def test_filters_work_without_script(world, visit, query, found):
    put_up(world.aki, "今日の会", category="culture", starts_at="2026-11-22")
    put_up(world.aki, "明日の市", starts_at="2026-11-23")
    put_up(world.aki, "師走の市", category="food", starts_at="2026-12-01")
    assert titles(look(visit, f"/m/hitoyoshi?{query}")) == found


def test_the_form_shows_what_is_filtered(world, visit):
    page = look(visit, "/m/hitoyoshi?from=2026-12-01&to=2026-12-05&category=food&q=栗")
    checked = [node["value"] for node in page.all("input") if "checked" in node.attributes]
    assert checked == ["food"]
    assert page.one("input", name="q")["value"] == "栗"
    assert (page.one("input", name="from")["value"], page.one("input", name="to")["value"]) == ("2026-12-01", "2026-12-05")
    assert "open" in page.one("details", class_="tm-filters__more").attributes
    assert island(page)["filters"]["when"] == "2026-12-01..2026-12-05"


def test_nothing_found_invites_to_go_on(world, visit):
    put_up(world.aki)
    page = look(visit, "/m/hitoyoshi?q=あんこう")
    empty = page.one("div", id="tm-empty")
    assert "hidden" not in empty.attributes
    assert [node["href"] for node in empty.all("a")] == ["/m/hitoyoshi", "/post"]


def test_more_than_a_page_goes_on_without_script(world, visit):
    names = [f"市その{number:02d}" for number in range(25)]
    for name in names:
        put_up(world.aki, name, starts_at="2026-12-01", category="market")
    first = look(visit, "/m/hitoyoshi?category=market")
    assert first.one("p", id="tm-count").text == "25 枚のうち 20 枚を表示"
    following = first.one("a", rel="next")["href"]
    assert "category=market" in following
    second = look(visit, following)
    assert not second.all("a", rel="next")
    assert sorted(titles(first) + titles(second)) == names
    assert meta(second, "robots") == "noindex"
    assert island(first)["next"]


@pytest.mark.parametrize("query", ["when=いつか", "category=nonsense", "near=1", "sort=near", "cursor=xx", "from=2026-13-01"])
def test_a_wish_that_cannot_be_understood_is_said_and_everything_is_shown(world, visit, query):
    put_up(world.aki)
    answer = visit().get(f"/m/hitoyoshi?{query}&q=秋")
    page = read(answer)
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "private, no-store"
    assert page.one("div", role="alert").text
    assert page.one("input", name="q")["value"] == "秋"
    assert titles(page) == ["秋の市"]


@pytest.mark.parametrize("slug", ["nowhere", "a%27b", "あ", "x" * 200])
def test_an_unknown_map_leads_to_the_known_ones(world, visit, slug):
    answer = visit().get(f"/m/{slug}")
    page = read(answer)
    assert answer.status_code == 404
    assert page.one("h1").text == t("errors.map_unknown")
    assert {"/m/hitoyoshi", "/m/kashima"} <= {node["href"] for node in page.one("main").all("a")}


def test_only_the_embedded_map_may_be_framed_elsewhere(world, visit):
    put_up(world.aki)
    guest = visit()
    own, embedded = guest.get("/m/hitoyoshi"), guest.get("/m/hitoyoshi?embed=1")
    assert "frame-ancestors 'self'" in own.headers["content-security-policy"]
    assert own.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors *" in embedded.headers["content-security-policy"]
    assert "x-frame-options" not in embedded.headers
    page = read(embedded)
    assert not page.all("header") + page.all("nav", class_="tm-bottombar")
    assert all(node["target"] == "_blank" for node in page.one("main").all("a") if not node.has(rel="next"))
    assert page.one("input", name="embed")["value"] == "1"
    assert meta(page, "robots") == "noindex"


def test_it_is_folium_with_our_own_assets_and_nothing_from_elsewhere(world, visit):
    page = look(visit)
    beside = [node["src"] for node in page.all("script") if "src" in node.attributes]
    assert beside == []  # the map's own come when the pictures have, /pwa.js and /kept.js a second later
    scripts = [node["href"] for node in page.all("link", rel="preload", as_="script")]
    styles = [node["href"] for node in page.all("link", rel="stylesheet")]
    assert scripts == ["/leaflet/leaflet.js", "/map/flyers.js"]  # what introductions need comes later where there are none
    assert styles == ["/app.css", "/leaflet/leaflet.css", "/map/map.css"]
    assert page.one("div", id="tm-map").one("div", class_="folium-map")["id"] == "map_tm"
    assert "user-scalable" not in meta(page, "viewport")


def test_the_policy_allows_exactly_the_scripts_that_are_there(world, visit):
    answer = visit().get("/m/hitoyoshi")
    allowed = set(re.findall(r"'sha256-([^']+)'", answer.headers["content-security-policy"]))
    inline = [node for node in read(answer).all("script") if not node.attributes]
    hashes = {base64.b64encode(hashlib.sha256("".join(node.inside).encode()).digest()).decode() for node in inline}
    assert len(inline) == 2
    assert hashes == allowed
    assert "img-src 'self' data: https://cyberjapandata.gsi.go.jp" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "title", ["</script><script>alert(1)</script>", "{{ 7*7 }}{% raw %}", "<b>太い</b>&amp;", "\u2028\"'`${1}"]
)
def test_a_title_is_only_ever_words(world, visit, title):
    put_up(world.aki, title)
    page = look(visit)
    (shown,) = titles(page)
    assert shown == " ".join(title.split())
    assert [item["title"] for item in island(page)["items"]] == [shown]
    assert len(page.all("script")) == 5
    assert json_ld(page)[0]["itemListElement"][0]["name"] == shown


def test_those_who_search_and_share_are_told_what_it_is(world, visit):
    flyer = put_up(world.aki)
    page = look(visit, "/m/hitoyoshi")
    assert page.one("html")["lang"] == "ja"
    assert page.one("link", rel="canonical")["href"] == "http://localhost:8000/m/hitoyoshi"
    assert meta(page, "og:url") == "http://localhost:8000/m/hitoyoshi"
    assert meta(page, "og:title") == page.one("title").text
    assert "1枚" in meta(page, "description")
    assert meta(page, "robots") == ""
    assert json_ld(page)[0]["itemListElement"][0]["url"] == f"http://localhost:8000/f/{flyer}"


def test_a_chosen_flyer_is_a_link_for_those_without_script(world, visit):
    flyer = put_up(world.aki)
    page = look(visit, f"/m/hitoyoshi?flyer={flyer}")
    assert island(page)["flyer"] == flyer
    assert page.one("html")["data-tm-view"] == "map"
    assert f"/f/{flyer}" in [node["href"] for node in page.one("main").all("a", class_="tm-button")]


def test_in_english_everything_but_peoples_words_is_english(world, visit):
    put_up(world.aki, starts_at="2026-11-23")
    page = look(visit, "/m/hitoyoshi?lang=en")
    assert page.one("html")["lang"] == "en"
    assert page.one("a", class_="tm-card__link")["href"].endswith("?lang=en")
    assert island(page)["words"]["more"] != "もっと見る"
    assert page.one("input", name="lang")["value"] == "en"


def test_a_town_without_tiles_has_none(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_TILE_URL", "")
    config.settings.cache_clear()
    answer = visit().get("/m/hitoyoshi")
    assert "L.tileLayer" not in answer.text
    assert "img-src 'self' data:;" in answer.headers["content-security-policy"]


def test_the_same_map_gives_the_same_script_in_every_process():
    known = {"lat": 32.2, "lng": 130.7, "zoom": 12, "bounds": (130.6, 32.1, 130.8, 32.3)}
    tiles = {"tile_url": "https://tiles.example.jp/{z}/{x}/{y}.png", "attribution": "<a href='/'>tiles</a>"}
    first = folium_map.parts(**known, **tiles)
    folium_map.parts.cache_clear()
    assert folium_map.parts(**known, **tiles) == first
    assert "https://tiles.example.jp/{z}/{x}/{y}.png" in first.script


def test_one_look_costs_a_handful_of_reads(world, visit):
    for number in range(12):
        put_up(world.aki, f"市その{number}")
    seen: list[str] = []

    def count(_connection, _cursor, statement, *_rest) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append(statement)

    event.listen(db.engine(), "before_cursor_execute", count)
    try:
        look(visit)
    finally:
        event.remove(db.engine(), "before_cursor_execute", count)
    assert len(seen) <= 10


def test_a_withdrawn_flyer_leaves_too(world, visit):
    flyer = put_up(world.aki)
    with db.transaction(write=True) as tx:
        flyers.delete(tx, world.aki, public_id=flyer)
    assert titles(look(visit)) == []
