"""What the public documents cost on a first visit: their weight, no socket, nothing of Reflex, and nothing that jumps."""

from __future__ import annotations

import gzip
import urllib.request

import pytest
from playwright.sync_api import expect

# kB without pictures and tiles: of a town gzipped, of a region (ten outlines) as today's browsers are sent it
PAGES = {
    "/m/hitoyoshi": ("gzip", 80),
    "/m/hitoyoshi-kuma": ("br, gzip", 80),
    "flyer": ("gzip", 40),
    "/b/hitoyoshi-hiroba": ("gzip", 40),
}
PICTURES = (".avif", ".jpeg", ".jpg", ".webp")
JUMPS = """() => { window.jumped = 0; new PerformanceObserver((seen) => seen.getEntries().forEach((one) => {
  if (!one.hadRecentInput) window.jumped += one.value; })).observe({type: 'layout-shift', buffered: true}); }"""


def weight(address: str, coding: str) -> int:
    """The bytes of a file as a server sends it to those who read this coding."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": coding})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        body = answer.read()
        return len(body if answer.headers["Content-Encoding"] else gzip.compress(body))


@pytest.mark.parametrize(("page_of", "budget"), PAGES.items(), ids=list(PAGES))
def test_a_first_visit_is_light_and_stands_still(town, browser, page_of, budget):
    town = town.address
    context = browser.new_context(viewport={"width": 412, "height": 915}, service_workers="block")
    page = context.new_page()
    page.add_init_script(f"({JUMPS})()")
    asked, sockets = [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("websocket", lambda one: sockets.append(one.url))
    if page_of == "flyer":
        page.goto(f"{town}/m/hitoyoshi")
        page_of = page.locator(".tm-card__link").first.get_attribute("href")
        asked.clear()
    page.goto(town + page_of, wait_until="networkidle")
    expect(page.locator("h1").first).to_be_attached()
    files = {one for one in asked if one.startswith(town) and not one.split("?")[0].endswith(PICTURES)}
    files = {one for one in files if "/no-tiles/" not in one}
    heaviest = {one.removeprefix(town): weight(one, budget[0]) for one in files}
    assert sum(heaviest.values()) <= budget[1] * 1000, heaviest
    assert sockets == []
    assert not [one for one in files if "/assets/" in one or "/_event" in one], "nothing of Reflex"
    assert page.evaluate("window.jumped") == 0
    context.close()
