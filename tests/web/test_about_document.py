"""``/about`` with its 出典, and what another app shares."""

from __future__ import annotations

from tamemap import config
from tamemap.demo.regions import load_credits
from tests.web.pages import read


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
        assert links == ["/saved", "/about", "/about#credits", "/about#accessibility", "/sign-in"]


def test_what_is_shared_before_the_app_is_ready_leads_to_posting_which_says_to_choose_it_again(world, visit):
    asked = visit().get("/share"), visit().post("/share", files={"photo": ("a.jpg", b"x", "image/jpeg")})
    assert [(one.status_code, one.headers["location"]) for one in asked] == [(303, "/post"), (303, "/post?shared=0")]
