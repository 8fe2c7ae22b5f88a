"""A flyer's page in a real browser: the picture as large as the screen, sharing, how far it is; and all of it without script."""

from __future__ import annotations

import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from tamemap import i18n
from tamemap.domain.geography import Point, distance_metres, distance_words
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.e2e

SCALE = re.compile(r"scale\(([\d.]+)\)")
DRAWN = "+/scale\\(([\\d.]+)/.exec(document.querySelector('.tm-zoom__stage img').style.transform)[1]"
OFFICE = {"latitude": 32.216889, "longitude": 130.739392}


@pytest.fixture
def flyer(page):
    """The API's words about a flyer of the demo town."""
    return page.request.get("/api/v1/maps/hitoyoshi/flyers?limit=1").json()["items"][0]


@pytest.fixture
def zoomed(page, flyer):
    """A page on which the picture has just been opened."""
    page.goto(flyer["url"])
    page.locator("[data-tm-zoom]").first.click()
    page.locator("#tm-zoom[open]").wait_for()
    return page


def scale(page) -> float:
    """How large the picture is drawn, against its own pixels."""
    found = SCALE.search(page.locator(".tm-zoom__stage img").get_attribute("style"))
    assert found
    return float(found[1])


def press(page, name: str) -> None:
    """Press one of the buttons under the picture."""
    page.locator(f"[data-zoom={name}]").click()


def test_keys_and_buttons_make_it_larger_and_smaller(zoomed):
    whole = scale(zoomed)
    expect(zoomed.locator("[data-zoom=out]")).to_be_disabled()
    zoomed.keyboard.press("+")
    larger = scale(zoomed)
    assert larger > whole
    press(zoomed, "in")
    assert scale(zoomed) > larger
    expect(zoomed.locator("#tm-zoom output")).to_contain_text("%")
    zoomed.keyboard.press("0")
    assert scale(zoomed) == whole
    press(zoomed, "turn")
    assert "rotate(90deg)" in zoomed.locator(".tm-zoom__stage img").get_attribute("style")


def test_it_stays_within_the_screen_however_far_it_is_pushed(zoomed):
    for _ in range(3):
        zoomed.keyboard.press("+")
    for key in ("ArrowLeft", "ArrowUp"):
        for _ in range(40):
            zoomed.keyboard.press(key)
    left, top = zoomed.evaluate(
        "() => { const a = document.querySelector('.tm-zoom__stage img').getBoundingClientRect(),"
        " b = document.querySelector('.tm-zoom__stage').getBoundingClientRect(); return [a.left - b.left, a.top - b.top] }"
    )
    assert (left, top) == (0, 0)


def test_two_fingers_make_it_larger_around_themselves(zoomed):
    before = scale(zoomed)
    touch = zoomed.context.new_cdp_session(zoomed)
    middle = PHONE["width"] / 2

    def fingers(kind: str, apart: float) -> None:
        points = [{"x": middle - apart, "y": 300, "id": 1}, {"x": middle + apart, "y": 300, "id": 2}] if apart else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    fingers("touchStart", 30)
    for apart in (45, 60, 75, 90):
        fingers("touchMove", apart)
    fingers("touchEnd", 0)
    zoomed.wait_for_function(f"() => Math.abs({DRAWN} / {before * 3} - 1) < 0.05")


def test_a_wheel_makes_it_larger_where_it_points(zoomed):
    before = scale(zoomed)
    zoomed.mouse.move(200, 300)
    zoomed.mouse.wheel(0, -300)
    zoomed.wait_for_function(f"() => {DRAWN} > {before}")


def test_escape_and_the_phones_way_back_close_it(page, flyer):
    page.goto(flyer["url"])
    link = page.locator("[data-tm-zoom]").first
    for close in (lambda: page.keyboard.press("Escape"), page.go_back, lambda: press(page, "close")):
        link.click()
        page.locator("#tm-zoom[open]").wait_for()
        close()
        page.locator("#tm-zoom").wait_for(state="hidden")
        expect(page).to_have_url(re.compile(re.escape(flyer["url"]) + "$"))
        expect(link).to_be_focused()


def test_how_far_it_is_is_asked_only_on_a_tap_and_said_in_words(context, page, flyer):
    context.set_geolocation(OFFICE)
    context.grant_permissions(["geolocation"])
    page.goto(flyer["url"])
    expect(page.locator("[data-tm-far-said]")).to_have_text("")
    page.locator("[data-tm-far]").click()
    far = distance_words(distance_metres(Point(OFFICE["latitude"], OFFICE["longitude"]), Point(flyer["lat"], flyer["lng"])))
    page.get_by_text(i18n.t("flyer.far_answer", far=far)).wait_for()


def test_its_address_can_be_given_to_somebody(context, page, flyer):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.add_init_script("delete Navigator.prototype.share")
    page.goto(flyer["url"])
    page.locator("[data-tm-share]").click()
    page.get_by_text(i18n.t("flyer.copied")).wait_for()
    assert page.evaluate("navigator.clipboard.readText()").endswith(flyer["url"])


def test_without_script_the_map_is_a_list_and_the_picture_a_link(browser, base_url, flyer):
    context = browser.new_context(java_script_enabled=False, base_url=base_url, viewport=PHONE)
    page = context.new_page()
    page.goto("/m/hitoyoshi")
    assert page.locator("#tm-list > li").count() > 0
    page.locator("label", has_text=i18n.t("mapview.when_weekend")).click()
    page.get_by_role("button", name=i18n.t("mapview.apply")).first.click()
    page.wait_for_url(re.compile("when=weekend"))
    page.goto(flyer["url"])
    expect(page.get_by_role("heading", level=1)).to_have_text(flyer["title"])
    answer = page.request.get(page.locator("[data-tm-zoom]").first.get_attribute("href"))
    assert answer.headers["content-type"] == "image/jpeg"
    expect(page.locator("[data-tm-share]")).to_be_hidden()
    context.close()


def test_a_printed_flyer_is_one_sheet_without_forms(page, flyer):
    page.goto(flyer["url"])
    sheet = pypdfium2.PdfDocument(page.pdf(format="A4"))
    assert len(sheet) == 1
    words = sheet[0].get_textpage().get_text_bounded()
    assert flyer["title"] in words
    assert i18n.t("flyer.place") in words
    assert i18n.t("flyer.report") not in words
