"""The desk and my page as people use them: a guest's flyer is let up by a key, taken back with a reason, and undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e


def test_staff_decide_by_keyboard_and_undo(desk, sign_in):
    sign_in(desk, "staff@example.jp", then="/desk")
    desk.goto("/desk")
    desk.locator(".tm-desk-item").first.wait_for()
    waiting = desk.locator(".tm-desk-item").count()
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    desk.locator("dialog[open]").wait_for()
    desk.keyboard.press("Escape")
    desk.locator("dialog").wait_for(state="detached")
    expect(desk.locator("[data-tm-item]:focus, [data-tm-item] :focus")).to_have_count(1)
    desk.keyboard.press("u")
    desk.locator(".tm-toast__undo").wait_for()
    expect(desk.locator(".tm-desk-item")).to_have_count(waiting - 1)
    desk.keyboard.press("z")
    desk.locator(".tm-toast__undo").wait_for(state="detached")
    desk.locator("[role=tab]", has_text="取り下げた").click()
    desk.locator(".tm-desk-item").first.wait_for()


def test_a_reason_is_asked_for_in_a_dialog_that_says_what_is_missing(desk, sign_in):
    sign_in(desk, "staff@example.jp", then="/desk")
    desk.goto("/desk")
    desk.locator("[role=tab]", has_text="掲載中").click()
    desk.locator("[role=tab][aria-selected=true]", has_text="掲載中").wait_for()
    desk.locator(".tm-desk-item input[type=checkbox]").first.click()
    desk.locator(".tm-desk-bar button", has_text="取り下げる").click()
    desk.locator("dialog[open] button[type=submit]").click()
    desk.locator("dialog[open] .tm-field__error").wait_for()
    desk.locator("dialog[open] .tm-chip").first.click()
    expect(desk.locator("dialog[open] textarea")).not_to_have_value("")
    desk.locator("dialog[open] button[type=submit]").click()
    desk.locator(".tm-toast__undo").click()
    desk.locator(".tm-toast", has_text="貼りました").wait_for()
    # by keyboard: the flyer after the decided one is at hand, and a key takes it back
    desk.keyboard.press("j")
    desk.keyboard.press("r")
    desk.locator("dialog[open] .tm-chip").first.press("Enter")
    desk.locator("dialog[open] button[type=submit]").press("Enter")
    desk.locator(".tm-toast", has_text="取り下げました").wait_for()
    expect(desk.locator("[data-tm-item]:focus")).to_have_count(1)
    desk.keyboard.press("z")
    desk.locator(".tm-toast", has_text="貼りました").wait_for()


def test_my_page_ticks_mends_and_takes_down_with_a_way_back(page, sign_in):
    sign_in(page, "sakura@example.jp", then="/me")
    page.goto("/me")
    page.locator(".tm-own").first.wait_for()
    mine = page.locator(".tm-own").count()
    tick = page.locator(".tm-own [role=switch]").first
    before = tick.get_attribute("aria-checked")
    tick.click()
    page.locator(".tm-toast__undo").click()
    page.wait_for_function(
        "(before) => document.querySelector('.tm-own [role=switch]').getAttribute('aria-checked') === before", arg=before
    )
    page.get_by_role("button", name="直す").first.click()
    page.locator("dialog[open] input[name=title]").fill("")
    page.locator("dialog[open] button[type=submit]").click()
    page.locator("dialog[open] .tm-field__error").wait_for()
    page.locator("dialog[open] input[name=title]").fill("なおした題名")
    page.locator("dialog[open] button[type=submit]").click()
    page.get_by_role("heading", name="なおした題名").wait_for()
    page.get_by_role("button", name="はがす").first.click()
    page.wait_for_function("(mine) => document.querySelectorAll('.tm-own').length === mine - 1", arg=mine)
    page.locator(".tm-toast__undo").click()
    page.wait_for_function("(mine) => document.querySelectorAll('.tm-own').length === mine", arg=mine)
