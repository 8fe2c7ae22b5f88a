"""A first visit: what the public documents weigh, no socket, nothing of Reflex, nothing jumps; and browsers that keep nothing."""

from __future__ import annotations

import gzip
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import UNREAD
from tests.e2e.post_page import PostPage

# kB gzipped without pictures and tiles
PAGES = {
    "/m/hitoyoshi": 80,
    "/m/hitoyoshi-kuma": 80,
    "flyer": 40,
    "/b/hitoyoshi-hiroba": 40,
}
# what the first view has no use for: left out while it is asked for only after the page is there
LATE = ("/pwa.js", "/kept.js", "/map/introductions.js")
PICTURES = (".avif", ".jpeg", ".jpg", ".webp")
JUMPS = """() => { window.jumped = 0; new PerformanceObserver((seen) => seen.getEntries().forEach((one) => {
  if (!one.hadRecentInput) window.jumped += one.value; })).observe({type: 'layout-shift', buffered: true}); }"""
# as browsers do that are told to refuse cookies
BLOCKED = """const refused = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {configurable: true, get: refused});
IDBFactory.prototype.open = refused;
window.BroadcastChannel = class { constructor() { refused(); } };
"""


def weight(address: str) -> int:
    """The bytes of a file as a server sends it gzipped."""
    asked = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        body = answer.read()
        return len(body if answer.headers["Content-Encoding"] else gzip.compress(body))


@pytest.mark.parametrize(("page_of", "budget"), PAGES.items(), ids=list(PAGES))
def test_a_first_visit_is_light_and_stands_still(town, browser, page_of, budget):
    town = town.address
    context = browser.new_context(viewport={"width": 412, "height": 915}, service_workers="block")
    page = context.new_page()
    page.add_init_script(f"({JUMPS})()")
    asked, before, sockets = [], set(), []
    page.on("load", lambda _: before.update(asked))
    page.on("request", lambda one: asked.append(one.url))
    page.on("websocket", lambda one: sockets.append(one.url))
    if page_of == "flyer":
        page.goto(f"{town}/m/hitoyoshi")
        page_of = page.locator(".tm-card__link").first.get_attribute("href")
        asked.clear()
        before.clear()
    with page.expect_request("**/kept.js"):
        page.goto(town + page_of, wait_until="networkidle")
    expect(page.locator("h1").first).to_be_attached()
    files = {one for one in asked if one.startswith(town) and not one.split("?")[0].endswith(PICTURES)}
    files = {one for one in files if "/no-tiles/" not in one}
    later = {town + one for one in LATE} - before
    heaviest = {one.removeprefix(town): weight(one) for one in files - later}
    assert sum(heaviest.values()) <= budget * 1000, heaviest
    assert "/post/waiting.js" not in heaviest, "nothing waits to be sent"
    assert sockets == []
    assert not [one for one in files if "/assets/" in one or "/_event" in one], "nothing of Reflex"
    assert page.evaluate("window.jumped") == 0
    context.close()


def test_with_all_storage_refused_the_screens_are_there_and_a_flyer_can_be_posted(browser, browser_context_args):
    context = browser.new_context(**browser_context_args, service_workers="block")
    context.add_init_script(BLOCKED + UNREAD)
    page = context.new_page()
    page.goto("/?map=hitoyoshi&tab=boards")
    page.locator(".tm-topic").first.wait_for()
    post = PostPage(page).open()
    post.filled("何も覚えないブラウザーの市")
    post.agree()
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    page.goto("/saved")
    expect(page.get_by_text("このブラウザーでは")).to_be_visible()
    page.goto("/m/hitoyoshi")
    page.locator(".tm-card__link").first.click()
    page.wait_for_url("**/f/*")
    expect(page.locator("tm-save button")).to_have_count(0)
    context.close()
