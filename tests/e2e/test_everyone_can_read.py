"""Every page: no accessibility violation, in Japanese, no sideways scrolling at 200 % text, no error in the console."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

PUBLIC = [
    *("/", "/?tab=boards", "/post", "/m/hitoyoshi", "/m/hitoyoshi-kuma", "/b/hitoyoshi-hiroba"),
    *("/sign-in", "/about", "/notices", "/me", "/desk", "/api/docs"),
]
GROWING = {"/", "/post", "/m/hitoyoshi", "/sign-in", "/about", "/me"}
SIZES = {"phone": {"width": 412, "height": 915}, "desk": {"width": 1280, "height": 800}}


def settled(page, address: str) -> None:
    """Go there and wait until nothing is being fetched and skeletons have gone."""
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("() => !document.querySelector('main .tm-skeleton')")


@pytest.mark.e2e
@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_on_a_desk_has_no_barrier(page, axe, address):
    page.set_viewport_size(SIZES["desk"])
    settled(page, address)
    axe(page)


@pytest.mark.e2e
@pytest.mark.parametrize("address", PUBLIC)
def test_a_page_on_a_phone_makes_no_error_speaks_japanese_has_no_barrier_and_grows(page, axe, address):
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # the background tiles of this town's map are missing on purpose
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" and "404" not in said.text else None)
    page.set_viewport_size(SIZES["phone"])
    settled(page, address)
    assert errors == []
    speaks_japanese(page, address)
    axe(page)
    if address in GROWING:
        grows(page)


def speaks_japanese(page, address: str) -> None:
    """Title and words are Japanese; words of other letters are names."""
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    assert re.search(r"[ぁ-んァ-ヶ一-龥]", page.title()) or address == "/api/docs"
    if address not in {"/api/docs", "/about"}:  # a page for programs, and a page of sources
        words = page.evaluate("document.querySelector('main')?.innerText ?? document.body.innerText")
        english = [word for word in re.findall(r"[A-Za-z]{4,}", words) if word not in ALLOWED]
        assert english == []


def grows(page) -> None:
    """Text of 200 % is read without sideways scrolling."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.wait_for_timeout(200)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1


@pytest.mark.e2e
def test_a_flyer_page_has_no_barrier_in_light_and_dark(page, axe):
    flyer = page.request.get("/api/v1/maps/hitoyoshi/flyers?limit=1").json()["items"][0]["url"]
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        settled(page, flyer)
        axe(page)


@pytest.mark.e2e
@pytest.mark.parametrize("address", ["/", "/post", "/m/hitoyoshi", "/sign-in", "/me"])
def test_dark_pages_have_no_barrier(page, axe, address):
    page.emulate_media(color_scheme="dark")
    settled(page, address)
    axe(page)


@pytest.mark.e2e
@pytest.mark.parametrize("role", ["staff@example.jp"])
def test_the_desk_has_no_barrier_for_staff(page, axe, sign_in, role):
    sign_in(page, role, then="/desk")
    for size in SIZES.values():
        page.set_viewport_size(size)
        settled(page, "/desk")
        axe(page)


# names, and what has no Japanese word
ALLOWED = {
    "Tamemap",
    "Leaflet",
    "Google",
    "iPhone",
    "Android",
    "Chrome",
    "Safari",
    "WebP",
    "HEIC",
    "AVIF",
    "JPEG",
    "https",
    "example",
    "mail",
    "living",
    "English",
    "WCAG",
}


@pytest.mark.e2e
def test_without_script_the_list_and_its_filters_still_work(browser, town):
    context = browser.new_context(java_script_enabled=False, locale="ja-JP", base_url=town.address)
    page = context.new_page()
    page.goto("/m/hitoyoshi")
    everything = page.locator("#tm-list li").count()
    assert everything > 5
    page.get_by_text("今日", exact=True).click()
    page.get_by_role("button", name="さがす").first.click()
    page.wait_for_url(re.compile("when=today"))
    assert 0 < page.locator("#tm-list li").count() < everything
    page.locator("#tm-list a").first.click()
    page.wait_for_url(re.compile("/f/"))
    expect(page.locator("dl").first).to_be_attached()
    context.close()


@pytest.mark.e2e
def test_only_the_embedded_map_may_be_framed_by_others(page):
    ours = page.request.get("/m/hitoyoshi").headers
    assert ours["x-frame-options"] == "SAMEORIGIN" and "frame-ancestors 'self'" in ours["content-security-policy"]
    embedded = page.request.get("/m/hitoyoshi?embed=1").headers
    assert "x-frame-options" not in embedded and "frame-ancestors *" in embedded["content-security-policy"]
    for other in ("/", "/post", "/desk", "/f/nothing?embed=1"):
        assert page.request.get(other).headers["x-frame-options"] == "SAMEORIGIN"
