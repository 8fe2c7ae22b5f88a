"""Coming in, in a real browser: by mail without script, welcomed, with several devices, and with two accounts that become one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t

pytestmark = pytest.mark.e2e


def typed(page, town, mail: str) -> None:
    """The code from the mail, into the page that waits for it."""
    page.locator("input[autocomplete=one-time-code]").fill(town.code_for(mail))
    page.locator("main form button[type=submit]").first.click()


def asked(page, mail: str, then: str = "/me/ways") -> None:
    page.goto(f"/sign-in?then={then}")
    page.locator("#mail").fill(mail)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_selector("input[autocomplete=one-time-code]")


def adds_address(page, town, mail: str) -> None:
    """On the page of ways in: another address, and the code that is sent to it."""
    page.goto("/me/ways")
    page.get_by_text(t("ways.mail_change"), exact=True).click()
    page.locator("#mail").fill(mail)
    page.get_by_role("button", name=t("sign_in.send")).click()
    page.wait_for_url("**/me/ways/mail")
    typed(page, town, mail)


@pytest.mark.parametrize("size", [(412, 915), (1280, 800)])
def test_a_first_visit_is_welcomed_and_goes_on_with_one_tap(page, town, axe, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    mail = f"hajime{size[0]}@example.jp"
    page.goto("/sign-in?then=/m/hitoyoshi")
    axe(page)
    page.locator("#mail").fill("hajime@")
    page.locator("main form button[type=submit]").first.click()
    page.get_by_text(t("errors.mail_wrong")).wait_for()
    axe(page)
    asked(page, mail, "/m/hitoyoshi")
    axe(page)
    typed(page, town, mail)
    page.get_by_role("heading", name=t("ways.welcome_title")).wait_for()
    axe(page)
    page.get_by_role("link", name=t("ways.welcome_on")).click()
    page.wait_for_url("**/m/hitoyoshi")


def test_without_script_only_what_works_is_on_the_page(browser, town):
    context = browser.new_context(java_script_enabled=False, base_url=town.address, viewport={"width": 412, "height": 915})
    page = context.new_page()
    page.goto("/sign-in")
    expect(page.get_by_role("button", name=t("passkey.enter"))).to_be_hidden()
    expect(page.get_by_text(t("sign_in.other_ways"))).to_be_hidden()
    asked(page, "kami@example.jp")
    typed(page, town, "kami@example.jp")
    page.get_by_role("link", name=t("ways.welcome_on")).click()
    page.wait_for_url("**/me/ways")
    expect(page.get_by_text("kami@example.jp")).to_be_visible()
    context.close()


def test_what_is_open_on_another_device_is_a_guests_once_it_is_ended(page, browser, town, sign_in, axe):
    sign_in(page, "sakura@example.jp", then="/me/devices")
    other = browser.new_context(base_url=town.address)
    tablet = other.new_page()
    sign_in(tablet, "sakura@example.jp", then="/me/ways")
    page.reload()
    axe(page)
    expect(page.get_by_text(t("devices.this"), exact=True)).to_have_count(1)
    page.get_by_role("button", name=t("devices.end_others")).click()
    page.get_by_text(t("said.devices_others_ended")).wait_for()
    # the page that is still open there sends a form: it is a guest's now, and nothing is changed
    tablet.get_by_text(t("ways.mail_change"), exact=True).click()
    tablet.locator("#mail").fill("thief@example.jp")
    tablet.get_by_role("button", name=t("sign_in.send")).click()
    tablet.wait_for_url(re.compile(r"/sign-in\?then="))
    page.goto("/me/ways")
    expect(page.get_by_text("sakura@example.jp")).to_be_visible()
    other.close()


def test_two_accounts_become_one(page, browser, town, sign_in, axe):
    other = browser.new_context(base_url=town.address)
    sign_in(other.new_page(), "futatsume@example.jp", then="/me/ways")
    sign_in(page, "hitotsume@example.jp", then="/me/ways")
    axe(page)
    adds_address(page, town, "futatsume@example.jp")
    page.wait_for_url("**/me/merge?key=*")
    axe(page)
    expect(page.get_by_text(t("merge.what_dropped", mail="futatsume@example.jp"))).to_be_visible()
    page.get_by_role("button", name=t("merge.do")).click()
    page.get_by_text(t("said.merged")).wait_for()
    expect(page.get_by_text("hitotsume@example.jp")).to_be_visible()
    left = other.pages[0]
    left.goto("/me/devices")
    assert "/sign-in" in left.url
    other.close()
