"""The map page in a real browser: seen, reached by keyboard, linked to, framed by the home page, and poor in signal."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.assets import town as towns
from tests.assets.town import FLYERS, WORDS

pytestmark = pytest.mark.e2e
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 412, "height": 915}


@pytest.fixture(scope="module")
def town():
    with towns.running() as one:
        yield one


@pytest.fixture(scope="module")
def browser_here(playwright):
    with towns.chromium(playwright) as browser:
        yield browser


@pytest.fixture
def visit(browser_here, town):
    """Opens an address of the town on a screen of some size; fails the test when the page's script fails."""
    contexts, failures = [], []

    def opened(path: str = "/m/t", size: dict[str, int] = WIDE, **context: object):
        contexts.append(browser_here.new_context(viewport=size, reduced_motion="reduce", locale="ja-JP", **context))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda failure: failures.append(str(failure)))
        page.goto(town.url + path)
        return page

    town.asked.clear()
    town.broken = False
    yield opened
    for context in contexts:
        context.close()
    assert failures == []


def pin(page, title):
    return page.locator(f".tm-pin[aria-label^='{title}']")


def test_a_pin_is_a_button_with_title_day_and_category_in_words(visit):
    button = pin(visit(), "秋の夜市")
    expect(button).to_have_attribute("role", "button")
    expect(button).to_have_attribute("aria-label", "秋の夜市、11月23日（月）、市・マルシェ")
    expect(button).to_contain_text("秋の夜市")


def test_further_out_pins_are_signs_without_words(visit):
    page = visit("/m/t#14/32.2169/130.7394")
    expect(pin(page, "秋の夜市").locator("svg")).to_be_visible()
    expect(pin(page, "秋の夜市").locator(".tm-pin__words")).to_be_hidden()


def test_chie_picks_a_flyer_by_keyboard_and_comes_back_to_its_pin(visit):
    page = visit()
    pin(page, "秋の夜市").focus()
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog")
    expect(sheet.get_by_role("heading")).to_be_focused()
    expect(sheet.get_by_role("link", name=WORDS["open"])).to_have_attribute("href", "/f/a")
    expect(page.locator("#tm-list .tm-card--picked")).to_have_attribute("data-id", "a")
    assert "flyer=a" in page.url
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(pin(page, "秋の夜市")).to_be_focused()
    assert "flyer=" not in page.url


def test_a_pile_says_how_many_and_spreads_out_by_keyboard(visit):
    page = visit("/m/t#15/32.2572/130.7796")
    pile = page.locator(".tm-pile")
    expect(pile).to_have_attribute("aria-label", WORDS["cluster"].format(n=2))
    pile.focus()
    page.keyboard.press("Enter")
    expect(pin(page, "山の上の音楽会")).to_be_visible()
    expect(pin(page, "川そうじ")).to_be_visible()
    expect(page.locator(".tm-pile")).to_have_count(0)


def test_flyers_too_close_for_a_thumb_become_one_pile(visit):
    page = visit("/m/t#13/32.2169/130.7394")
    expect(page.locator(f".tm-pile[aria-label='{WORDS['cluster'].format(n=2)}']")).to_have_count(2)
    expect(page.locator(".tm-pin")).to_have_count(0)


def test_flyers_of_one_house_are_told_in_the_list(visit):
    page = visit("/m/t#18/32.1369/130.6594", size=PHONE)
    page.locator(".tm-pile").press("Enter")
    expect(page.locator("#tm-list .tm-card__link")).to_have_text(["編み物の会", "囲碁の会"])
    expect(page.locator("#tm-count")).to_have_text(WORDS["count"].format(n=2))


def test_the_list_tells_what_is_in_view_after_the_map_moved(visit):
    page = visit("/m/t#15/32.2569/130.7794")
    expect(page.locator("#tm-count")).to_have_text(WORDS["count"].format(n=2))
    expect(page.locator("#tm-list .tm-card__link")).to_have_text(["山の上の音楽会", "川そうじ"])


def test_filters_narrow_map_and_list_and_stand_in_the_address(visit, town):
    page = visit()
    page.get_by_text("健康", exact=True).click()
    expect(page.locator("#tm-list .tm-card")).to_have_count(1)
    expect(pin(page, "秋の夜市")).to_have_count(0)
    expect(pin(page, "体操教室")).to_have_count(1)
    assert page.url.endswith("/m/t?category=health")


def test_the_language_of_a_page_stays_in_its_address_and_its_links(visit, town):
    page = visit("/m/t?lang=en&cursor=x#15/32.2169/130.7394")
    page.get_by_text("健康", exact=True).click()
    expect(page).to_have_url(re.compile(re.escape(town.url + "/m/t?lang=en&category=health#15/32.2169")))
    pin(page, "体操教室").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("link", name=WORDS["open"])).to_have_attribute("href", "/f/b?lang=en")


def test_nothing_found_invites_and_lets_go_of_the_filters(visit):
    page = visit()
    page.get_by_label("ことば").fill("どこにもない")
    expect(page.locator("#tm-empty")).to_contain_text(WORDS["empty_filtered"])
    expect(page.locator("#tm-empty a")).to_have_attribute("href", "/post")
    page.get_by_role("button", name=WORDS["clear"]).click()
    expect(page.locator("#tm-list .tm-card")).to_have_count(len(FLYERS))
    expect(page.get_by_label("ことば")).to_have_value("")


def test_a_link_to_one_flyer_opens_it(visit):
    page = visit("/m/t?flyer=d")
    expect(page.get_by_role("dialog").get_by_role("heading")).to_have_text("川そうじ")
    expect(page.locator(".tm-pin--picked")).to_have_attribute("aria-label", "川そうじ、11月29日（日）、ボランティア")


def test_a_phone_shows_the_list_first_and_the_map_on_a_tap(visit):
    page = visit(size=PHONE)
    expect(page.locator("#tm-list")).to_be_visible()
    expect(page.locator("#tm-map")).to_be_hidden()
    page.get_by_role("button", name=WORDS["show_map"]).click()
    expect(pin(page, "秋の夜市")).to_be_visible()
    expect(page.locator("#tm-list")).to_be_hidden()


def test_pins_are_large_enough_for_thumbs(visit):
    page = visit("/m/t#14/32.2169/130.7394")
    box = pin(page, "秋の夜市").bounding_box()
    assert (box["width"] >= 44, box["height"] >= 44) == (True, True)


def test_position_is_asked_only_on_a_tap_and_never_written_into_the_address(visit, town):
    page = visit(geolocation={"latitude": 32.21712, "longitude": 130.74034}, permissions=["geolocation"])
    expect(page.locator(".tm-dot")).to_have_count(0)
    page.get_by_role("button", name=WORDS["here"]).click()
    expect(page.locator(".tm-dot")).to_have_count(1)
    expect(page.locator("#tm-count")).to_contain_text(WORDS["nearest"])
    expect(page.get_by_role("button", name=WORDS["near"])).to_have_attribute("aria-pressed", "true")
    assert any("sort=near" in path and "near=32.217%2C130.740" in path for path in town.asked)
    assert "32.2171" not in page.url


def test_refused_position_is_answered_kindly(visit):
    page = visit(permissions=[])
    page.get_by_role("button", name=WORDS["here"]).click()
    expect(page.locator("#tm-note")).to_contain_text(WORDS["here_denied"])


def test_without_tiles_the_towns_and_their_names_make_the_map(visit):
    page = visit()
    expect(page.locator(".tm-no-tiles .tm-boundary")).to_be_attached()
    expect(page.locator(".tm-town")).to_have_text("人吉市")


def test_tiles_that_do_not_come_leave_a_map_that_can_be_read(browser_here):
    with towns.running(tiles="/nowhere/{z}/{x}/{y}.png") as poor:
        page = browser_here.new_page()
        page.goto(poor.url + "/m/t#12/32.2169/130.7394")
        expect(page.locator("html")).to_have_class("tm-js tm-no-tiles")
        expect(page.locator("#tm-note")).to_contain_text(WORDS["no_tiles"])
        page.close()


def test_a_failing_server_is_said_and_the_list_stays(visit, town):
    page = visit()
    town.broken = True
    page.get_by_text("健康", exact=True).click()
    expect(page.locator("#tm-note")).to_contain_text(WORDS["failed"])
    expect(page.locator("#tm-list .tm-card")).to_have_count(len(FLYERS))
    town.broken = False
    page.get_by_role("button", name=WORDS["retry"]).click()
    expect(page.locator("#tm-note")).to_be_hidden()


def test_inside_the_home_page_a_picked_flyer_is_told_and_not_covered(visit):
    page = visit("/home")
    inside = page.frame_locator("#map")
    inside.locator(".tm-pin[aria-label^='秋の夜市']").press("Enter")
    page.wait_for_function("() => heard.length === 2")
    ready, picked = page.evaluate("heard")
    assert ready == {"type": "tamemap:ready", "map": "t"}
    assert picked == {"type": "tamemap:flyer", "id": "a", "title": "秋の夜市"}
    expect(inside.get_by_role("dialog")).to_have_count(0)


def test_the_home_page_can_point_at_a_flyer(visit):
    page = visit("/home")
    page.wait_for_function("() => heard.length === 1")
    page.evaluate("document.getElementById('map').contentWindow.postMessage({type: 'tamemap:show', id: 'c'}, location.origin)")
    inside = page.frame_locator("#map")
    expect(inside.locator(".tm-pin--picked")).to_have_attribute("aria-label", "山の上の音楽会、11月28日（土）、文化・芸術")


def test_in_other_sites_links_open_beside_them(visit):
    page = visit("/m/t?embed=1")
    pin(page, "秋の夜市").press("Enter")
    link = page.get_by_role("dialog").get_by_role("link", name=WORDS["open"])
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("rel", "noopener")


def test_without_script_the_list_is_all_there(visit):
    page = visit(java_script_enabled=False)
    assert page.locator("#tm-list .tm-card__link").all_inner_texts() == [one["title"] for one in FLYERS]
    expect(page.locator("#tm-map")).to_be_hidden()
