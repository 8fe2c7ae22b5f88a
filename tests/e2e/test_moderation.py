"""Aki writes on a phone, Chie answers and points at it, staff decide by keyboard, Aki objects; and six cases are kept at once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t

pytestmark = pytest.mark.e2e

TITLE = "川べりの草刈りについて"
RUDE = "となりの人は、きのう病院に行っていました。"
BOARDS = "/?map=hitoyoshi&tab=boards"


def chosen_by_keyboard(page, name):
    """Walk on with the Tab key to the element of that name, as somebody without a mouse does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value || document.activeElement.textContent").strip().startswith(name):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def test_two_talk_and_a_third_moderates_by_keyboard(page, browser, town, sign_in, axe):
    def another(width, height):
        return browser.new_context(viewport={"width": width, "height": height}, locale="ja-JP", base_url=town.address).new_page()

    sign_in(page, "mikan@example.jp", then=BOARDS)
    page.goto(BOARDS)
    page.get_by_role("button", name=t("boards.new")).click()
    page.get_by_label(t("boards.title")).fill(TITLE)
    page.locator("textarea[name=body]").fill(RUDE)
    page.get_by_role("button", name=t("boards.open"), exact=True).click()
    page.locator(".tm-post", has_text=RUDE).wait_for()
    expect(page).to_have_url(re.compile(r"topic=\w{12}"))
    topic = re.search(r"topic=(\w{12})", page.url)[1]
    # Chie answers on hers, and points at it
    chie = another(412, 915)
    sign_in(chie, "taketoshi@example.jp", then=f"{BOARDS}&topic={topic}")
    chie.goto(f"{BOARDS}&topic={topic}")
    chie.locator("textarea[name=body]").fill("番号は消しませんか。")
    chie.get_by_role("button", name=t("boards.answer"), exact=True).click()
    chie.locator(".tm-post", has_text="番号は消しませんか。").wait_for()
    answer = chie.request.get(f"/api/v1/topics/{topic}/posts").json()
    first = next(one["id"] for one in answer["items"] if RUDE in one["html"])
    assert chie.request.post("/api/v1/reports", data={"thing": "post", "thing_id": first, "reason": "privacy"}).status == 201
    # staff: the keyboard alone
    staff = another(1280, 800)
    sign_in(staff, "staff@example.jp", then="/desk/cases")
    staff.goto("/desk/cases?kind=post")
    axe(staff)
    chosen_by_keyboard(staff, f"{t('care.open')} {TITLE}")
    staff.keyboard.press("Enter")
    staff.get_by_role("heading", name=TITLE).wait_for()
    for words in (RUDE, "番号は消しませんか。", "みかん", t("report_reasons.privacy")):
        expect(staff.locator("main")).to_contain_text(words)
    axe(staff)
    staff.keyboard.press("r")
    staff.keyboard.press("1")
    expect(staff.locator("input[name=decision]:checked")).to_have_attribute("value", "remove")
    expect(staff.locator("select[name=rule]")).to_have_value("personal_data")
    staff.keyboard.press("Enter")
    staff.get_by_text(t("said.case_decided")).wait_for()
    # who reads on finds a tombstone, whose it was reads why and objects
    chie.goto(f"/b/hitoyoshi-hiroba/{topic}")
    expect(chie.locator(".tm-posts")).to_contain_text(t("board.removed"))
    expect(chie.locator("main")).not_to_contain_text(RUDE)
    page.goto("/notices")
    page.locator("a[href^='/decisions/']").first.click()
    page.get_by_text(t("care.rule_said.personal_data")).wait_for()
    axe(page)
    page.locator("textarea[name=words]").fill("会の番号です。")
    page.get_by_role("button", name=t("care.own_object_send")).click()
    page.get_by_text(t("care.own_waits")).wait_for()
    for one in (chie, staff):
        one.context.close()


def test_six_cases_are_kept_at_once_without_a_mouse(desk, sign_in):
    # staff, who may write so many at once
    sign_in(desk, "staff@example.jp", then="/me")
    board = "/api/v1/boards/hitoyoshi-hiroba/topics"
    made = [
        desk.request.post(board, data={"title": f"ごみの日の話 {n}", "body": f"{n}番目の地区です。"}).json()["id"]
        for n in range(6)
    ]
    desk.context.clear_cookies()
    for one in made:
        sent = desk.request.post("/api/v1/reports", data={"thing": "topic", "thing_id": one, "reason": "over"})
        assert sent.status == 201
    sign_in(desk, "staff@example.jp", then="/desk/cases")
    desk.goto("/desk/cases?kind=topic")
    mine = desk.locator("article", has_text="ごみの日の話")
    expect(mine).to_have_count(6)
    for at in range(6):
        box = mine.nth(at).locator("input[name=case]")
        box.focus()
        desk.keyboard.press("Space")
    expect(desk.locator("input[name=case]:checked")).to_have_count(6)
    desk.locator("#decision").focus()
    expect(desk.locator("#decision")).to_have_value("keep")
    desk.get_by_role("button", name=t("care.decide")).focus()
    desk.keyboard.press("Enter")
    desk.get_by_text(t("said.case_kept")).wait_for()
    expect(desk.locator("article", has_text="ごみの日の話")).to_have_count(0)
