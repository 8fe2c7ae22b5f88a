"""Where the flyer hangs: the photo's place, this phone's, a name, the map; by finger and by keyboard."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.e2e.post_page import IN_TOWN, PostPage

pytestmark = pytest.mark.e2e


@pytest.fixture
def post(page):
    """The posting page, opened."""
    return PostPage(page).open()


def point_after(page, move) -> tuple[float, float]:
    """Where the pin is after that move, as the page then asks the server about it."""
    with page.expect_request(lambda request: "/places/near" in request.url) as asked:
        move()
    query = parse_qs(urlsplit(asked.value.url).query)
    return float(query["lat"][0]), float(query["lng"][0])


def test_the_photos_own_place_is_used_and_said_and_can_be_changed(page, post):
    post.pick(IN_TOWN)
    post.goes_on()
    expect(page.get_by_text("写真の場所を使いました。")).to_be_visible()
    expect(page.get_by_role("combobox")).to_have_count(0)
    post.tap("変える")
    post.place("九日町")
    expect(page.get_by_text("写真の場所を使いました。")).to_have_count(0)


def test_a_name_is_looked_for_and_chosen_by_keyboard(page, post):
    box = page.get_by_role("combobox")
    box.focus()
    page.keyboard.type("町")
    page.get_by_role("option").first.wait_for()
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", page.get_by_role("option").nth(1).get_attribute("id"))
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    post.goes_on()


def test_a_name_that_nobody_knows_leads_on_to_the_map(page, post):
    page.get_by_role("combobox").fill("ほげほげ村役場の裏")
    page.get_by_text("見つかりませんでした。町名や施設の名前でさがすか").wait_for()


def test_the_venue_is_offered_as_something_to_look_for(page, post):
    post.write("venue", "九日町")
    post.tap("「九日町」でさがす")
    page.get_by_role("option").first.click()
    post.goes_on()


def test_a_tap_on_the_map_sets_the_pin_and_arrows_move_it_ten_metres(page, post):
    page.locator(".post-form__ground").scroll_into_view_if_needed()
    page.locator(".post-form__outline").first.wait_for(state="attached")
    page.locator(".post-form__ground").click(position={"x": 180, "y": 120})
    post.goes_on()
    pin = page.locator(".post-form__pin")
    lat, lng = point_after(page, lambda: pin.press("ArrowUp"))
    north, same = point_after(page, lambda: pin.press("ArrowUp"))
    assert (round((north - lat) * 111320, 1), same) == (10.0, lng)
    assert point_after(page, page.get_by_role("button", name="ピンを南へ").click) == (pytest.approx(lat, abs=2e-7), lng)
    south, _ = point_after(page, lambda: pin.press("Shift+ArrowDown"))
    assert round((lat - south) * 111320, 1) == 100.0
    expect(pin).to_be_focused()


def test_the_pin_is_dragged_with_a_finger(page, post):
    page.locator(".post-form__ground").scroll_into_view_if_needed()
    page.get_by_role("button", name="地図のまん中に決める").click()
    pin = page.locator(".post-form__pin")
    # without tiles the map goes further out once: a finger waits until the pin lies still
    page.locator(".post-form__town").first.wait_for()
    pin.hover()
    box = pin.bounding_box()
    with page.expect_request(lambda request: "/places/near" in request.url):
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 50, box["y"] + 40, steps=4)
        page.mouse.up()
    assert pin.bounding_box()["x"] > box["x"] + 20


def test_a_tap_counts_though_the_map_is_still_on_its_way(page):
    held = []
    page.route("**/leaflet/leaflet.js", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks handlers, and a built-in cannot be marked
    post = PostPage(page).open()
    page.get_by_role("button", name="地図のまん中に決める").click()
    post.goes_on()
    for route in held:
        route.continue_()
    page.locator(".post-form__pin").wait_for()


def test_this_phones_place_is_asked_for_on_the_tap_only(page, post, context):
    expect(page.get_by_text("このチラシの場所を決めるためだけに使います。")).to_be_visible()
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 32.2137, "longitude": 130.7602, "accuracy": 250})
    post.tap("現在地を使う")
    post.goes_on()
    expect(page.get_by_text("およそ250mのずれ")).to_be_visible()


def test_a_phone_that_may_not_say_where_it_is_leads_to_the_other_ways(page, post):
    post.tap("現在地を使う")
    page.get_by_text("地名でさがすか、地図をタップしてください。").wait_for()


def test_a_place_outside_every_town_is_refused_kindly_and_nothing_is_lost(page, post, context):
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 35.681, "longitude": 139.767, "accuracy": 10})
    post.filled("東京の市")
    post.tap("現在地を使う")
    page.get_by_text("まだTamemapに参加していません").first.wait_for()
    expect(page.get_by_role("button", name="チラシを貼る")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="チラシを貼る").click(force=True)
    page.wait_for_function("document.activeElement.id === 'pf-place'")
    expect(page.locator("#pf-title")).to_have_value("東京の市")


def test_the_town_of_the_address_is_where_the_map_begins(page, post):
    with page.expect_request("**/api/v1/maps/kashima"):
        post.open("/post?map=kashima")
