"""Aki follows, Ben writes, and Aki's home says so."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_aki_follows_ben_writes_and_her_home_says_so(page, browser, town, sign_in, axe):
    other = browser.new_context(viewport={"width": 412, "height": 915}, locale="ja-JP", base_url=town.address).new_page()
    # somebody of this test alone: how much one may write in a while is counted
    sign_in(other, "ben-following@example.org", then="/")
    made = other.request.post("/api/v1/boards/kashima-hiroba/topics", data={"title": "潮風の話", "body": "きょうは穏やかです。"})
    assert made.ok, made.text()
    topic = made.json()["id"]
    sign_in(page, "following@example.org", then="/")
    with page.expect_response(lambda answer: answer.url.endswith("/read") and answer.ok):
        page.goto(f"/b/kashima-hiroba/{topic}")
    page.get_by_role("button", name="この話題をフォローする").click()
    page.get_by_role("button", name="フォロー中").wait_for()
    axe(page)
    assert other.request.post(f"/api/v1/topics/{topic}/posts", data={"body": "夕方は風が出そうです。"}).ok
    other.close()
    page.goto("/?map=kashima&tab=boards")
    news = page.get_by_role("region", name="まえに来たときから")
    news.get_by_text("新しい投稿 1件").wait_for()
    axe(page)
    news.get_by_role("link", name="潮風の話").click()
    page.get_by_text("夕方は風が出そうです。").wait_for()
    page.locator("[data-tm-back]").click()
    page.locator(".tm-topic").first.wait_for()
    news.wait_for(state="detached")
    expect(page.locator(".tm-badge--new")).to_have_count(0)
    page.goto("/me/notices")
    axe(page)
