"""From the photograph to 貼りました, by thumb, by keyboard and for people elsewhere."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.post_page import GRAPHIC, IN_TOWN, PostPage

pytestmark = pytest.mark.e2e


@pytest.fixture
def post(page):
    """The posting page, not opened yet."""
    return PostPage(page)


def test_dai_without_an_account_needs_six_taps_and_his_flyer_waits_for_staff(page, post):
    page.goto("/")
    post.tap("撮って貼る")
    page.wait_for_selector("form[data-ready]")
    post.pick(IN_TOWN)
    post.write("title", "星空観望会")
    post.agree()
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    assert post.taps == 6
    expect(page.get_by_text("職員が確かめてから貼られます")).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("マップで見る"))).to_have_count(0)


def test_aki_posts_outside_too_and_what_she_keeps_for_residents_is_not_there(page, post, sign_in, browser, town):
    sign_in(page, "aki@example.jp", then="/post")
    page.wait_for_selector("form[data-ready]")
    post.filled("とれたて野菜市")
    page.get_by_role("button", name="今度の土曜").click()
    page.get_by_text("もっと書く").click()
    post.write("phone", "0966-00-4321")
    post.write("fee", "無料")
    page.get_by_label("市外の人にも見せる").check()
    page.get_by_label("電話は住民だけに見せる").check()
    preview = page.get_by_role("article")
    expect(preview).to_contain_text("とれたて野菜市")
    expect(preview).not_to_contain_text("電話")
    expect(preview).to_contain_text("参加費・料金")
    post.tap("チラシを貼る")
    post.heading("貼りました")
    assert page.get_by_role("link", name="人吉市マップで見る").get_attribute("href").startswith("/m/hitoyoshi?flyer=")
    assert page.get_by_role("link", name="人吉球磨マップで見る").get_attribute("href").startswith("/m/hitoyoshi-kuma?flyer=")
    flyer = page.get_by_role("link", name="チラシのページ").get_attribute("href").removeprefix("/f/")
    stranger = browser.new_context(base_url=town.address)
    seen = stranger.request.get(f"/api/v1/flyers/{flyer}").json()
    stranger.close()
    assert (seen["title"], seen["fee"], seen["face"]) == ("とれたて野菜市", "無料", "outside")
    assert "0966-00-4321" not in json.dumps(seen)


def test_dai_signs_in_on_the_way_and_comes_back_to_his_draft(page, post, sign_in_by_mail):
    post.open().filled("途中でサインイン")
    post.saved()
    expect(page.locator("main").get_by_role("link", name="サインインする")).to_have_attribute("href", "/sign-in?then=/post")
    sign_in_by_mail(page, "dai@example.jp", then="/post")
    page.get_by_text("書きかけが残っています").wait_for()
    post.arrived()
    post.agree()
    post.tap("チラシを貼る")
    post.heading("貼りました")


def test_one_more_keeps_the_place_and_who_announces_but_nothing_else(page, post):
    post.open().filled()
    page.get_by_text("もっと書く").click()
    post.write("organiser", "さくら町内会")
    post.write("body", "雨天決行")
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    post.go_on(GRAPHIC)
    post.heading("チラシを貼る")
    post.goes_on()
    expect(page.locator("#pf-organiser")).to_have_value("さくら町内会")
    assert [page.locator(f"#pf-{name}").input_value() for name in ("title", "body")] == ["", ""]
    expect(page.locator(".post-form__photo")).to_have_count(1)
    expect(page.get_by_label("わたしが貼ってもよいチラシです")).to_be_checked()


def test_what_is_missing_is_said_at_its_field_and_the_first_one_is_focused(page, post):
    post.open()
    post.write("title", "朝市")
    post.tap("チラシを貼る")
    page.get_by_text("直すところが3つあります").wait_for()
    page.wait_for_function("document.activeElement.id === 'pf-photos'")
    expect(page.get_by_text("チラシの写真を1まい入れてください。")).to_have_count(2)
    place = page.get_by_role("combobox")
    expect(place).to_have_attribute("aria-invalid", "true")
    expect(place).to_have_accessible_description(re.compile("場所を決めてください"))
    page.get_by_role("button", name=re.compile("^貼ってもよいか")).click()
    expect(page.locator("#pf-may_post")).to_be_focused()


def test_what_only_the_server_knows_is_led_to_its_field_even_in_a_closed_drawer(page, post):
    post.open().filled()
    page.get_by_text("もっと書く").click()
    post.write("phone", "でんわ")
    page.get_by_text("もっと書く").click()
    post.tap("チラシを貼る")
    page.wait_for_function("document.activeElement.id === 'pf-phone'")
    expect(page.locator("#pf-phone-error")).to_have_text("電話番号には数字を入れてください。")
    post.write("phone", "0966-00-0001")
    expect(page.locator("#pf-phone-error")).to_have_count(0)
    post.tap("チラシを貼る")
    post.heading("受けとりました")


def test_a_title_is_counted_as_people_count(page, post):
    post.open()
    post.write("title", "🎆" * 80)
    expect(page.get_by_text("80/80")).to_be_visible()
    expect(page.locator("#pf-title-error")).to_have_count(0)
    post.write("title", "🎆" * 81)
    expect(page.locator("#pf-title-error")).to_contain_text("1文字多い")


def test_days_and_hours_are_checked_while_they_are_written(page, post):
    post.open()
    page.get_by_role("button", name="日にちを入れる").click()
    page.get_by_label("はじまりの日").fill("2026-12-09")
    expect(page.get_by_text("（水）")).to_be_visible()
    page.get_by_label(re.compile("^終日")).uncheck()
    page.get_by_label("はじまりの時刻").fill("20:00")
    page.get_by_label("おわりの時刻").fill("02:00")
    expect(page.get_by_text("おわりが、はじまりより前になっています。")).to_be_visible()
    page.get_by_role("button", name="次の日までにする").click()
    expect(page.get_by_label("おわりの日")).to_have_value("2026-12-10")
    expect(page.get_by_text("2日間")).to_be_visible()
    expect(page.get_by_text("おわりが、はじまりより前になっています。")).to_have_count(0)
    page.get_by_label("はじまりの日").fill("2020-12-09")
    page.get_by_label("おわりの日").fill("2020-12-10")
    expect(page.get_by_text("もう過ぎた日です")).to_be_visible()


def test_the_hours_on_the_page_are_the_hours_in_the_town(page, post):
    post.open().filled()
    page.get_by_role("button", name="日にちを入れる").click()
    page.get_by_label("はじまりの日").fill("2026-12-31")
    page.get_by_label(re.compile("^終日")).uncheck()
    page.get_by_label("はじまりの時刻").fill("18:00")
    page.get_by_label("おわりの時刻").fill("00:00")
    with page.expect_request("**/api/v1/flyers") as sent:
        post.tap("チラシを貼る")
    assert "2026-12-31T18:00:00+09:00" in sent.value.post_data
    assert "2026-12-31T24:00:00+09:00" in sent.value.post_data
    post.heading("受けとりました")


def test_a_double_tap_posts_once_and_nothing_waits_for_the_socket(page, post):
    posts = []
    page.on("request", lambda request: posts.append(request) if request.url.endswith("/api/v1/flyers") else None)
    page.route_web_socket(re.compile("/_event"), lambda socket: socket.close())
    post.open().filled()
    page.get_by_role("button", name="チラシを貼る").dblclick()
    post.heading("受けとりました")
    assert len(posts) == 1
    assert posts[0].headers["idempotency-key"]
