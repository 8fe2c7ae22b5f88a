"""A group's life in browsers: asked for, let in, joined by a mail, posting, handed over, found a new owner."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.e2e.conftest import PHONE
from tests.e2e.post_page import PostPage
from tests.e2e.test_staff import link_for

pytestmark = pytest.mark.e2e


@pytest.fixture
def somebody(browser, town, sign_in):
    """Opens a phone of its own for somebody and signs them in."""
    opened = []

    def do(mail: str, then: str):
        context = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=town.address)
        opened.append(context)
        page = context.new_page()
        sign_in(page, mail, then=then)
        page.goto(then)
        return page

    yield do
    for context in opened:
        context.close()


def press(page, name: str, said: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_text(t(said)).wait_for()


def ask_and_let_in(aki, ben, axe, *, slug: str, name: str) -> None:
    """Aki fills in the form, Ben approves at the desk."""
    aki.get_by_label(t("group.name")).fill(name)
    aki.get_by_label(t("group_new.town")).select_option(label="人吉市")
    aki.get_by_label(t("group_new.slug")).fill("だめ")
    aki.get_by_label(t("group_new.words")).fill("演奏会を知らせたいです。")
    aki.get_by_role("button", name=t("group_new.send")).click()
    aki.locator("[aria-invalid=true]").first.wait_for()
    axe(aki)
    aki.get_by_label(t("group_new.slug")).fill(slug)
    press(aki, t("group_new.send"), "said.group_asked")
    ben.reload()
    axe(ben)
    ben.locator(f"#group-{slug}").get_by_role("button", name=t("group_desk.approve")).click()
    ben.get_by_text(t("said.group_approve")).wait_for()


def test_a_group_from_its_request_to_its_next_officers(somebody, town, axe):
    aki, ben = somebody("aki-chorus@example.jp", "/groups/new"), somebody("staff@example.jp", "/desk/groups")
    ask_and_let_in(aki, ben, axe, slug="chorus", name="みほん合唱団")
    aki.goto("/g/chorus/manage")
    aki.get_by_label(t("group_room.mail"), exact=True).fill("chie-chorus@example.jp")
    press(aki, t("group_room.send"), "said.group_invite")
    chie = somebody("chie-chorus@example.jp", link_for(town, "chie-chorus@example.jp"))
    chie.get_by_role("button", name=t("invitation.accept")).click()
    chie.get_by_role("heading", level=1, name="みほん合唱団").wait_for()
    # she puts a flyer up in its name
    post = PostPage(chie).open("/post?group=chorus")
    chie.wait_for_function("document.querySelector('#pf-group')?.value === 'chorus'")
    axe(chie)
    post.filled("秋の演奏会")
    post.tap(t("post.send"))
    chie.get_by_role("heading", level=1, name=re.compile("貼りました")).wait_for()
    aki.goto("/g/chorus")
    axe(aki)
    aki.get_by_role("link", name="秋の演奏会").click()
    aki.get_by_role("link", name="みほん合唱団").wait_for()
    # the officers change: two taps, and Aki goes
    aki.goto("/g/chorus/manage")
    aki.get_by_text(t("group_room.change"), exact=True).click()
    axe(aki)
    aki.get_by_role("button", name=re.compile("代表を引きつぐ")).click()
    aki.get_by_text(t("said.group_hand_over")).wait_for()
    aki.get_by_text(t("group_room.leave"), exact=True).click()
    press(aki, t("group_room.leave_now"), "said.group_leave")
    assert aki.goto("/g/chorus/manage").status == 403
    # and then nobody is left: staff find somebody new
    town.rows.change("DELETE FROM group_member WHERE group_id = (SELECT id FROM \"group\" WHERE slug = 'chorus')")
    ben.goto("/desk/groups")
    row = ben.locator("#group-chorus")
    row.get_by_text(t("group_desk.no_owner")).wait_for()
    row.get_by_label(t("group_desk.appoint_mail")).fill("dai-chorus@example.jp")
    row.get_by_role("button", name=t("group_desk.appoint_send")).click()
    ben.get_by_text(t("said.group_owner_invited")).wait_for()
    dai = somebody("dai-chorus@example.jp", link_for(town, "dai-chorus@example.jp"))
    dai.get_by_role("button", name=t("invitation.accept")).click()
    dai.get_by_role("heading", level=1, name="みほん合唱団").wait_for()
    ben.reload()
    expect(row.get_by_text(t("group_desk.no_owner"))).to_have_count(0)


def test_who_is_taken_out_writes_for_it_no_more_though_the_page_is_open(somebody, desk):
    mikan, sakura = somebody("mikan@example.jp", "/me"), somebody("sakura@example.jp", "/g/sakura-kai/manage")
    mikan.goto("/?map=hitoyoshi&tab=boards")
    mikan.locator(".tm-home-topics [data-tm-topic]").first.click()
    voice = mikan.get_by_label(t("group.as_whom_write"))
    voice.select_option(value="sakura-kai")
    mikan.locator("textarea[name=body]").fill("会として手伝います")
    mikan.get_by_role("button", name=t("boards.answer"), exact=True).click()
    mine = mikan.locator(".tm-post", has_text="会として手伝います")
    mine.get_by_text(t("group.badge"), exact=True).wait_for()
    sakura.get_by_text(t("group_room.change"), exact=True).click()
    press(sakura, t("group_room.remove"), "said.group_remove")
    mikan.locator("textarea[name=body]").fill("まだいます")
    mikan.get_by_role("button", name=t("boards.answer"), exact=True).click()
    mikan.get_by_text(t("errors.not_allowed_group_only")).wait_for()
