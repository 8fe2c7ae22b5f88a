"""The home screen as people use it: map and boards side by side, a picked flyer, words that are not lost, a server begun anew."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE, ROOT, _wait_for, free_port
from tests.e2e.line import line_to

pytestmark = pytest.mark.e2e

BOARDS = "/?map=hitoyoshi&tab=boards"


def framed(page):
    """The framed map, in its list."""
    frame = page.frame_locator("#tm-map-frame")
    frame.locator(".tm-viewtoggle").click()
    return frame


def test_on_a_phone_map_and_boards_are_two_tabs(page):
    page.goto("/?map=hitoyoshi")
    expect(page.locator("#tm-map-frame")).to_be_visible()
    expect(page.locator("[data-tm-part=boards]")).to_be_hidden()
    page.locator("[data-tm-place=boards]").click()
    expect(page.locator("[data-tm-part=boards]")).to_be_visible()
    expect(page.locator("#tm-map-frame")).to_be_hidden()
    expect(page.locator("[data-tm-place=boards]")).to_have_attribute("aria-current", "page")
    expect(page).to_have_url(re.compile("tab=boards"))
    page.reload()
    page.locator(".tm-topic").first.wait_for()


def test_on_a_wide_screen_they_stand_side_by_side(desk):
    desk.goto("/?map=hitoyoshi")
    desk.locator(".tm-topic").first.wait_for()
    boards, town = desk.locator("[data-tm-part=boards]").bounding_box(), desk.locator("#tm-map-frame").bounding_box()
    assert boards["x"] + boards["width"] <= town["x"] + 1
    assert town["width"] > boards["width"] > 300


def test_the_chosen_town_is_remembered(page):
    page.goto("/")
    page.locator("#tm-town option[value=kashima]").wait_for(state="attached")
    page.locator("#tm-town").select_option("kashima")
    page.wait_for_function("document.getElementById('tm-map-frame').src.endsWith('/m/kashima')")
    page.goto("/?tab=boards")
    page.get_by_role("heading", name="鹿嶋市の掲示板").wait_for()
    expect(page.locator("#tm-town")).to_have_value("kashima")


def test_a_picked_flyer_opens_takes_the_focus_and_gives_it_back(page):
    page.goto("/?map=hitoyoshi")
    framed(page).locator(".tm-card__link").first.click()
    page.locator("#tm-flyer .tm-datetab, #tm-flyer .tm-category").first.wait_for()
    expect(page.locator("#tm-flyer-heading")).to_be_focused()
    expect(page).to_have_url(re.compile(r"flyer=\w{12}"))
    page.keyboard.press("Escape")
    expect(page.locator("#tm-flyer")).to_be_hidden()
    expect(page.locator("#tm-map-frame")).to_be_focused()
    expect(page).not_to_have_url(re.compile("flyer="))


def test_back_closes_the_flyer_and_then_the_topic(page):
    page.goto(BOARDS)
    page.locator(".tm-topic a").first.click()
    page.locator(".tm-post").first.wait_for()
    page.go_back()
    page.locator(".tm-topic").first.wait_for()
    page.locator("[data-tm-place=map]").click()
    framed(page).locator(".tm-card__link").first.click()
    page.locator("#tm-flyer .tm-category").wait_for()
    page.go_back()
    page.locator("#tm-flyer").wait_for(state="hidden")


def test_messages_of_strangers_open_nothing(page):
    page.goto("/?map=hitoyoshi")
    page.locator("html[data-tm-live]").wait_for()
    page.evaluate("postMessage({type: 'tamemap:flyer', id: '2222222222zz'}, location.origin)")
    inner = next(frame for frame in page.frames if "/m/hitoyoshi" in frame.url)
    inner.evaluate("parent.postMessage({type: 'tamemap:flyer', id: '<img src=x>'}, location.origin)")
    page.locator("[data-tm-place=boards]").click()
    page.locator(".tm-topic").first.wait_for()
    expect(page.locator("#tm-flyer")).to_be_hidden()


def test_a_guest_is_led_to_sign_in_and_back_to_the_topic(page):
    page.goto(BOARDS)
    page.locator(".tm-topic a").first.click()
    page.locator(".tm-post").first.wait_for()
    address = page.locator("[data-tm-part=boards] a[href^='/sign-in']").get_attribute("href")
    assert "topic%3D" in address
    expect(page.locator("textarea")).to_have_count(0)


def test_words_survive_a_reload_and_are_gone_once_sent(page, sign_in):
    sign_in(page, "mikan@example.jp", then="/")
    page.goto(BOARDS)
    page.locator(".tm-topic").first.wait_for()
    page.get_by_role("button", name="新しい話題").click()
    page.get_by_label("題名").fill("焼きたてのパンの店")
    page.get_by_label(re.compile("はじめの一言")).fill("朝早くからやっている所は？")
    page.reload()
    page.get_by_label("題名").wait_for()
    page.wait_for_function("document.querySelector('input[name=title]').value === '焼きたてのパンの店'")
    page.get_by_role("button", name="話題をつくる").click()
    page.get_by_text("朝早くからやっている所は？").wait_for()
    page.get_by_label(re.compile("書きこむ")).first.fill("駅前はどうでしょう")
    page.get_by_role("button", name="書きこむ").click()
    page.get_by_text("駅前はどうでしょう").wait_for()
    page.wait_for_function("!Object.keys(localStorage).some((key) => key.startsWith('tamemap.draft'))")
    page.get_by_role("button", name="いいね").last.click()
    page.locator("[aria-pressed=true]", has_text="いいね").wait_for()


def test_while_the_socket_is_down_a_picked_flyer_has_its_own_page(page):
    page.goto("/?map=hitoyoshi")
    page.locator("html[data-tm-live]").wait_for()
    page.evaluate("document.documentElement.setAttribute('data-tm-offline', '')")
    framed(page).locator(".tm-card__link").first.click()
    page.wait_for_url(re.compile(r"/f/\w{12}"))


@pytest.mark.parametrize("address", ["/?map=hitoyoshi-kuma", "/m/hitoyoshi-kuma"])
def test_on_a_screen_just_wide_enough_the_town_and_the_places_stand_beside_each_other(desk, address):
    desk.set_viewport_size({"width": 900, "height": 700})
    desk.goto(address)
    town, places = desk.locator(".tm-header__town").first, desk.locator(".tm-bottombar")
    expect(town).to_contain_text("人吉球磨")
    assert town.bounding_box()["x"] + town.bounding_box()["width"] < places.bounding_box()["x"]


@pytest.fixture
def begun_anew(town, tmp_path):
    """The port of a server of the same town that has just begun and knows no page that is open."""
    port = free_port()
    command = [sys.executable, "-m", "tamemap", "run", "--host", "127.0.0.1", "--port", str(port), "--no-demo", "--no-worker"]
    log = (tmp_path / "server.log").open("w")
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | town.settings, stdout=log, stderr=subprocess.STDOUT)
    _wait_for(f"http://127.0.0.1:{port}", server, tmp_path / "server.log")
    yield port
    server.send_signal(signal.SIGTERM)
    server.wait(PATIENCE)


def test_an_open_page_is_filled_again_when_the_server_has_begun_anew(page, town, begun_anew):
    with line_to(town.address) as line:
        page.goto(f"{line.address}/")
        page.locator("#tm-town option[value=kashima]").wait_for(state="attached")
        page.locator("#tm-town").select_option("kashima")
        page.goto(f"{line.address}/?tab=boards")
        page.locator(".tm-topic").first.wait_for()
        line.lead_to(begun_anew)
        with page.expect_websocket():
            pass
        page.wait_for_timeout(2000)  # what the new server knows arrives: nothing
        expect(page.get_by_role("heading", name="鹿嶋市の掲示板")).to_be_visible()
        page.locator(".tm-topic").first.wait_for()
        expect(page.locator("#tm-home .tm-skeleton")).to_have_count(0)
