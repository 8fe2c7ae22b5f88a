"""The town sets a word; what a newcomer writes with it waits, is explained to them, and appears when staff keep it."""

from __future__ import annotations

import pytest

from tamemap.i18n import t
from tests.e2e.conftest import PHONE

pytestmark = pytest.mark.e2e
HOME = "/?map=hitoyoshi&tab=boards"
TITLE, WORDS = "はじめまして、聞いてください", "ヤ ミ・バイトのことが心配です"


def test_a_held_post_is_explained_kept_and_then_seen(page, browser, town, sign_in, axe):
    sign_in(page, "staff@example.jp", then="/desk/care")
    page.goto("/desk/care?map=hitoyoshi")
    axe(page)
    page.locator("#words").fill("やみバイト")
    page.get_by_role("button", name=t("desk_care.save")).click()
    page.get_by_text(t("said.care_set")).wait_for()
    page.locator("#text").fill(WORDS)
    page.get_by_role("button", name=t("desk_care.try_go")).click()
    page.get_by_text(t("care.why.words", word="やみバイト")).wait_for()
    axe(page)
    # a newcomer writes it
    nao = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=town.address).new_page()
    sign_in(nao, "nao-care@example.jp", then="/me")
    nao.goto(HOME)
    nao.get_by_role("button", name=t("boards.new")).first.click()
    nao.locator("[name=title]").fill(TITLE)
    nao.locator("[name=body]").fill(WORDS)
    nao.get_by_role("button", name=t("boards.open"), exact=True).click()
    nao.get_by_text(t("care.held_topic")).wait_for()
    where = nao.get_by_role("link", name=t("boards.page")).get_attribute("href")
    nao.goto(where)
    nao.get_by_text(t("care.told.words")).wait_for()
    axe(nao)
    guest = browser.new_context(viewport=PHONE, locale="ja-JP", base_url=town.address).new_page()
    assert guest.goto(where).status == 404
    # staff read why, and keep it
    page.goto("/desk/cases?town=432032")
    mine = page.locator("article", has_text=TITLE)
    mine.get_by_text(t("care.why.words", word="やみバイト")).wait_for()
    axe(page)
    mine.get_by_role("link").click()
    page.get_by_text(t("trust.level.0")).wait_for()
    axe(page)
    page.locator("[name=decision][value=keep]").check()
    page.get_by_role("button", name=t("care.decide")).click()
    page.get_by_text(t("said.case_kept")).wait_for()
    assert guest.goto(where).status == 200
    assert TITLE in guest.content()
    page.goto("/desk/care?map=hitoyoshi")
    page.locator("#words").fill("")
    page.get_by_role("button", name=t("desk_care.save")).click()
    page.get_by_text(t("said.care_set")).wait_for()
    for one in (nao, guest):
        one.context.close()
