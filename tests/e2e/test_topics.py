"""What topics carry, in real browsers: an introduction found on the map by keyboard, and the town's mascot that answers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t

pytestmark = pytest.mark.e2e


def test_an_introduction_with_a_place_is_found_on_the_map(page, sign_in, axe):
    sign_in(page, "chie-shop@example.jp")
    page.goto("/?map=hitoyoshi&tab=boards")
    page.get_by_role("button", name=t("boards.new")).first.click()
    page.locator("label", has_text=t("topic_kinds.introduction")).click()
    page.locator("[name=title]").fill("橋のたもとの花屋です")
    page.locator("[name=body]").fill("朝九時に開きます。")
    page.locator("[data-tm-where-q]").fill("九日町")
    page.keyboard.press("Enter")
    page.locator("[data-tm-where-found] button").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-tm-where-forget]")).to_be_focused()
    axe(page)
    page.get_by_role("button", name=t("boards.open"), exact=True).click()
    page.get_by_role("link", name=t("introduction.on_map")).wait_for()
    page.goto("/m/hitoyoshi")
    page.get_by_text(t("introduction.section", n=2)).click()
    page.locator("#tm-introductions").get_by_role("link", name="橋のたもとの花屋です").wait_for()
    axe(page)
    page.locator(".tm-viewtoggle").click()
    page.locator(".tm-intro").first.focus()
    page.keyboard.press("Enter")
    link = page.locator(".tm-intro-card").get_by_role("link", name=re.compile("橋のたもとの花屋です"))
    link.wait_for()
    expect(page.locator(".tm-intro-card")).to_have_css("opacity", "1")
    axe(page)
    link.click()
    page.get_by_role("heading", name="橋のたもとの花屋です").wait_for()
    axe(page)


def test_ben_answers_at_home_as_the_mascot(desk, sign_in, axe):
    sign_in(desk, "staff@example.jp")
    desk.goto("/desk/mascots")
    axe(desk)
    desk.goto("/?map=hitoyoshi&tab=boards")
    desk.locator("[data-tm-topic]", has_text="こんどの週末、どこへ行きますか").click()
    desk.locator("[name=group]").select_option(label="きりもこ（見本）")
    desk.locator("[name=body]").fill("ぼくも行くよ。")
    desk.get_by_role("button", name=t("boards.answer"), exact=True).click()
    post = desk.locator(".tm-post", has_text="ぼくも行くよ。")
    expect(post.locator(".tm-badge")).to_have_text(t("mascot.badge", town="人吉市"))
    expect(post.locator("img.tm-face")).to_be_visible()
    axe(desk)
    desk.get_by_role("link", name=t("boards.page")).click()
    desk.locator(".tm-carried .tm-card").nth(1).wait_for()
    axe(desk)
