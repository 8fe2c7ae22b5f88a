"""/me on a phone: everything leads on from here; telling, taking along, leaving for good and coming back as somebody new."""

from __future__ import annotations

import json
import re
import zipfile

from playwright.sync_api import expect

from tamemap.i18n import t


def test_my_page_leads_to_everything_that_is_mine(page, axe, sign_in):
    sign_in(page, "hub@example.org")
    page.goto("/me")
    rows = page.get_by_role("navigation", name=t("me.further"))
    said = [t(f"me.row.{one}") for one in ("residence", "about", "ways", "devices", "notices")]
    expect(rows.get_by_role("link")).to_have_text(said)
    axe(page)
    # nothing sticks out on a narrow phone, and on a wide screen the flyers stand beside
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    switch = page.get_by_role("switch", name=t("me.mail_notices"))
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    page.get_by_text(t("me.rename")).click()
    page.get_by_label(t("me.name")).fill("ハブの人")
    page.get_by_role("button", name=t("me.save"), exact=True).click()
    expect(page.get_by_role("heading", name="ハブの人")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="ハブの人")).to_be_visible()
    expect(page.get_by_role("switch", name=t("me.mail_notices"))).to_have_attribute("aria-checked", "false")


def test_a_fan_tells_and_takes_back_without_script(browser, town, page, axe, sign_in):
    sign_in(page, "fan@example.org")
    state = page.context.storage_state()
    context = browser.new_context(java_script_enabled=False, storage_state=state, base_url=town.address, locale="ja-JP",
                                  viewport={"width": 412, "height": 915})  # fmt: skip
    plain = context.new_page()
    plain.goto("/me/about")
    plain.get_by_label(t("fan.prefecture")).select_option("13")
    plain.get_by_text(t("fan.interest.food")).click()
    # the Enter key saves, and takes nothing back
    plain.get_by_label(t("fan.gender")).fill("ひみつ")
    plain.get_by_label(t("fan.gender")).press("Enter")
    expect(plain.get_by_role("status")).to_have_text(t("said.fan_told"))
    plain.get_by_role("combobox", name=t("fan.tie_town")).select_option("432032")
    plain.get_by_text(t("fan.tie.visited"), exact=True).click()
    plain.get_by_role("button", name=t("fan.save")).last.click()
    expect(plain.locator(".tm-fan__ties")).to_contain_text("人吉市")
    plain.get_by_role("button", name=t("fan.undo", what=t("fan.gender"))).click()
    expect(plain.get_by_label(t("fan.gender"))).to_have_value("")
    expect(plain.get_by_label(t("fan.prefecture"))).to_have_value("13")
    context.close()
    page.goto("/me/about")
    axe(page)
    page.emulate_media(color_scheme="dark")
    axe(page)


def test_somebody_takes_everything_along_leaves_and_comes_back_as_somebody_new(page, axe, town, sign_in_by_mail, tmp_path):
    sign_in_by_mail(page, "leaver@example.org")
    page.goto("/me")
    first = page.get_by_role("heading", name=re.compile("ななし")).text_content()
    page.get_by_role("link", name=t("me.row.data")).click()
    axe(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=t("data.do")).click()
    waiting.value.save_as(tmp_path / "mine.zip")
    facts = json.loads(zipfile.ZipFile(tmp_path / "mine.zip").read("tamemap.json"))
    assert facts["profile"]["mail"] == "leaver@example.org"
    page.goto("/me/leave")
    axe(page)
    page.get_by_role("button", name=t("leave.do")).click()
    expect(page.get_by_role("alert")).to_have_text(t("errors.leave_not_sure"))
    axe(page)
    page.get_by_label(t("leave.sure")).check()
    page.get_by_role("button", name=t("leave.do")).click()
    expect(page.get_by_role("heading", name=t("leave.bye"))).to_be_visible()
    axe(page)
    page.goto("/me")
    expect(page.get_by_text(t("me.guest"))).to_be_visible()
    sign_in_by_mail(page, "leaver@example.org")
    page.goto("/me")
    second = page.get_by_role("heading", name=re.compile("ななし"))
    expect(second).to_be_visible()
    assert facts["profile"]["name"] == first
