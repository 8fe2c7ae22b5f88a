"""A post with all that it carries, written on a phone at home."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

PHOTOS = Path(__file__).parent.parent / "data" / "photos"


def test_aki_posts_two_photos_with_a_quote_and_changes_her_words(page, axe, sign_in):
    sign_in(page, "akiphotos@example.jp")
    page.goto("/?map=hitoyoshi&tab=boards")
    page.locator(".tm-topic a").first.click()
    page.locator("[data-tm-quote]").first.click()
    page.locator("[data-tm-part=boards] p.tm-quote").last.wait_for()
    expect(page.locator("[name=body]")).to_be_focused()
    page.keyboard.type("川べりの写真です。")
    chosen = page.locator("[data-tm-pictures]")
    chosen.locator("input[type=file]").set_input_files([PHOTOS / "d02.jpg", PHOTOS / "d08.jpg", PHOTOS / "README.md"])
    page.wait_for_function("document.querySelector('[name=pictures]').value.split(',').length === 2")
    chosen.locator(".tm-field__error:not(:empty)").wait_for()  # what is no picture is said, the others stay
    axe(page)
    page.reload()  # they were kept
    page.wait_for_function("(document.querySelector('[name=pictures]') || {value: ''}).value.split(',').length === 2")
    page.locator("[data-tm-quote]").first.click()
    page.locator("[data-tm-part=boards] p.tm-quote").last.wait_for()
    page.get_by_role("button", name="書きこむ", exact=True).click()
    mine = page.locator("li.tm-post", has_text="川べりの写真です。")
    mine.locator(".tm-photos img").nth(1).wait_for()
    expect(mine.locator("p.tm-quote")).to_be_visible()
    expect(page.locator("[name=pictures]")).to_have_value("")
    mine.get_by_role("button", name="直す").click()
    page.locator("[name=changed]:focus").fill("川べりで撮りました。")
    page.get_by_role("button", name="直した文にする").click()
    changed = page.locator("li.tm-post", has_text="川べりで撮りました。")
    changed.locator(".tm-post__when a").nth(1).wait_for()
    axe(page)
    page.goto(changed.locator(".tm-post__when a").first.get_attribute("href"))
    assert re.search(r"#p-\w{12}$", page.url)
    page.locator("article:target .tm-photos img").nth(1).wait_for()
    axe(page)
