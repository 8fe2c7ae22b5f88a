"""Staff look after the boards from a phone: a theme with a cover, writing closed with one tap, a member refused kindly."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.gateways.photos import encoded, sheet

pytestmark = pytest.mark.e2e

NAME = "川で好きな場所はどこですか"
BOARDS = "/?map=hitoyoshi&tab=boards"


def test_a_theme_is_opened_writing_closed_and_a_member_keeps_what_was_typed(page, browser, town, sign_in, axe):
    sign_in(page, "staff@example.jp", then="/desk/boards")
    page.goto("/desk/themes?map=hitoyoshi")
    axe(page)
    page.locator("#title").fill(NAME)
    page.locator("#body").fill("写真といっしょに教えてください。")
    page.locator("#photo").set_input_files({"name": "c.jpg", "mimeType": "image/jpeg", "buffer": encoded(sheet(), "JPEG")})
    page.get_by_role("button", name=t("theme.open")).click()
    page.get_by_text(t("said.theme_opened")).wait_for()
    # Chie begins to answer it
    other = browser.new_context(viewport={"width": 412, "height": 915}, locale="ja-JP", base_url=town.address).new_page()
    sign_in(other, "chie@example.jp", then=BOARDS)
    other.goto(BOARDS)
    other.get_by_role("link", name=NAME).click()
    other.locator("textarea[name=body]").fill("木山の淵です。")
    assert other.locator(".tm-cover img").first.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    # meanwhile it has become rough
    page.goto("/desk/boards?map=hitoyoshi")
    page.locator("#words").fill("あすの朝まで休みます。")
    page.get_by_role("button", name=t("desk_boards.close_writing")).click()
    page.get_by_text(t("said.boards_close_writing")).wait_for()
    axe(page)
    try:
        other.get_by_role("button", name=t("boards.answer"), exact=True).click()
        other.get_by_text("あすの朝まで休みます。").first.wait_for()
        expect(other.locator("textarea[name=body]")).to_have_value("木山の淵です。")
        other.reload()
        other.locator(".tm-banner--info", has_text="あすの朝まで休みます。").wait_for()
        expect(other.locator("textarea[name=body]")).to_have_count(0)
        axe(other)
        other.goto("/b/hitoyoshi-hiroba")
        axe(other)
    finally:
        page.goto("/desk/boards?map=hitoyoshi")
        page.get_by_role("button", name=t("desk_boards.open_writing")).click()
        page.get_by_text(t("said.boards_open_writing")).wait_for()
    other.goto(BOARDS)
    other.get_by_role("link", name=NAME).click()
    box = other.locator("textarea[name=body]")
    box.wait_for()
    # what was typed has waited on the phone
    other.wait_for_function("document.querySelector('textarea[name=body]').value === '木山の淵です。'")
    other.get_by_role("button", name=t("boards.answer"), exact=True).click()
    other.locator(".tm-post", has_text="木山の淵です。").wait_for()
    other.context.close()
