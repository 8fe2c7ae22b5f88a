"""Staff in a browser: invited by mail, in, at work, written down, thanked; a key for the town's website."""

from __future__ import annotations

import email
import re
import time
from email import policy

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.e2e.conftest import PATIENCE

pytestmark = pytest.mark.e2e


def link_for(town, mail: str) -> str:
    """The invitation's link in the newest mail to that address."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for path in sorted((town.folder / "mail").glob("*.eml"), reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail in message["To"] and (found := re.search(r"/invitation\?token=\S+", message.get_content())):
                return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no invitation for {mail}")


def test_a_colleague_is_invited_comes_in_and_works(page, browser, town, sign_in_by_mail, axe):
    sign_in_by_mail(page, "staff@example.jp", then="/desk/staff")
    axe(page)
    page.locator("#mail").fill("gina@example.jp")
    page.locator("#department").fill("総務課")
    page.get_by_role("button", name=t("staff.send")).click()
    page.get_by_text(t("said.staff_invited")).wait_for()
    axe(page)
    other = browser.new_context(viewport={"width": 412, "height": 915}, locale="ja-JP", base_url=town.address).new_page()
    other.goto(link_for(town, "gina@example.jp"))
    assert other.url.endswith("/invitation")
    axe(other)
    sign_in_by_mail(other, "gina@example.jp", then="/invitation")
    other.goto("/invitation")
    axe(other)
    other.get_by_role("button", name=t("invitation.accept")).click()
    # the desk of a curator: no settings, no keys, no trail
    nav = other.get_by_role("navigation", name=t("desk_nav.label"))
    nav.get_by_role("link", name=t("desk_nav.staff")).wait_for()
    expect(nav.get_by_role("link", name=t("desk_nav.audit"))).to_have_count(0)
    nav.get_by_role("link", name=t("desk_nav.staff")).click()
    other.get_by_role("heading", name=t("staff.title"), exact=True).wait_for()
    expect(other.get_by_role("link", name=t("staff.change"))).to_have_count(0)
    other.context.close()
    # the lead thanks her
    page.goto("/desk/staff")
    page.locator("li", has_text="総務課").get_by_role("link").click()
    axe(page)
    page.get_by_text(t("staff.end"), exact=True).click()
    page.get_by_role("button", name=t("staff.end_now")).click()
    page.get_by_text(t("said.staff_ended")).wait_for()
    page.goto("/desk/audit")
    axe(page)
    said = page.locator(".tm-audit").inner_text()
    assert t("audit.verb.staff.change.ended", who="", thing="").removeprefix("が") in said.replace("\n", "")


def test_a_key_is_shown_once_and_opens_the_api(desk, town, sign_in, axe):
    sign_in(desk, "staff@example.jp", then="/desk/tokens")
    axe(desk)
    desk.locator("#name").fill("町のホームページ")
    desk.locator("input[name=scopes][value=flyers]").check()
    desk.get_by_role("button", name=t("tokens.make")).click()
    text = desk.locator(".tm-once").inner_text()
    axe(desk)
    shown = desk.request.get("/api/v1/maps", headers={"Authorization": f"Bearer {text}"})
    assert shown.status == 200
    desk.get_by_role("link", name=t("tokens.noted")).click()
    expect(desk.locator(".tm-once")).to_have_count(0)
    assert text not in desk.content()
    desk.get_by_role("button", name=t("tokens.end_of", name="町のホームページ")).click()
    desk.get_by_text(t("said.token_ended")).wait_for()
    assert desk.request.get("/api/v1/maps", headers={"Authorization": f"Bearer {text}"}).status == 401
