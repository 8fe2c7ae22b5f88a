"""``/about`` with its 出典, the sitemap, and what another app shares."""

from __future__ import annotations

from xml.etree import ElementTree

from tamemap import clock, config, db
from tamemap.demo.regions import load_credits
from tests import factories
from tests.factories import DAY
from tests.web.pages import read

MAPS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_everybodys_work_is_named_with_its_licence(world, visit):
    page = read(visit().get("/about"))
    shown = page.one("dl", class_="tm-credits")
    used = [credit for credit in load_credits() if credit.key not in {"search", "search_nominatim"}]
    assert [node.all("a")[0].text for node in shown.all("dd")] == [credit.line for credit in used]
    assert {credit.licence_url for credit in used} <= {node["href"] for node in shown.all("a")}
    assert {"credits", "accessibility", "contact"} <= {node["id"] for node in page.all("h2") if "id" in node.attributes}


def test_only_what_this_installation_uses_is_named(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_GEOCODER", "nominatim")
    monkeypatch.setenv("TAMEMAP_TILE_URL", "https://tiles.example.jp/{z}/{x}/{y}.png")
    monkeypatch.setenv("TAMEMAP_TILE_ATTRIBUTION", '<a href="https://tiles.example.jp/">町の地図</a>')
    monkeypatch.setenv("TAMEMAP_CONTACT", "machi@example.jp")
    config.settings.cache_clear()
    page = read(visit().get("/about"))
    words = page.one("dl", class_="tm-credits").text
    assert "OpenStreetMap" in words
    assert "町の地図" in words
    assert "地理院" not in words
    assert "mailto:machi@example.jp" in [node["href"] for node in page.one("main").all("a")]


def test_every_document_leads_to_the_sources(world, visit):
    for address in ("/m/hitoyoshi", "/b/hitoyoshi-hiroba", "/sign-in", "/about"):
        links = [node["href"] for node in read(visit().get(address)).one("footer").all("a")]
        assert links == ["/about", "/about#credits", "/about#accessibility", "/sign-in"]


def test_the_sitemap_names_the_maps_and_what_stands_on_them(world, visit):
    with db.transaction(write=True) as tx:
        up = factories.flyer(tx, world.aki, starts_at="2026-11-23").public_id
        held = factories.flyer(tx, world.dai, title="確認待ち").public_id
    answer = visit().get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)  # noqa: S314  our own answer
    found = {node.findtext(f"{MAPS}loc"): node.findtext(f"{MAPS}lastmod") for node in tree}
    assert found[f"http://localhost:8000/f/{up}"] == "2026-11-22T12:00:00+09:00"
    assert {f"http://localhost:8000/m/{slug}" for slug in ("hitoyoshi", "hitoyoshi-kuma", "kashima")} <= set(found)
    assert f"http://localhost:8000/f/{held}" not in found
    with clock.frozen_at(clock.now() + 2 * DAY):
        assert up not in visit().get("/sitemap.xml").text


def test_what_is_shared_before_the_app_is_ready_leads_to_posting_which_says_to_choose_it_again(world, visit):
    asked = visit().get("/share"), visit().post("/share", files={"photo": ("a.jpg", b"x", "image/jpeg")})
    assert [(one.status_code, one.headers["location"]) for one in asked] == [(303, "/post"), (303, "/post?shared=0")]
