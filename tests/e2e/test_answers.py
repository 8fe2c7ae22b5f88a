"""Somebody proposes and asks everybody, others vote, staff answer for the town, everybody reads what became of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.e2e.conftest import DESK, PHONE

pytestmark = pytest.mark.e2e
HOME = "/?map=hitoyoshi&tab=boards"


def test_a_proposal_with_a_poll_gets_its_answer(browser, town, sign_in, axe):
    pages = []
    for mail in ("aki-bench@example.jp", "chie-bench@example.jp", "staff@example.jp"):
        page = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo", base_url=town.address).new_page()
        sign_in(page, mail, then="/me")
        pages.append(page)
    aki, chie, ben = pages
    where = propose(aki, axe)
    ask(aki, axe, where)
    vote(chie, axe, where)
    answer(ben, axe, where)
    read(browser, town, axe, where)
    for page in pages:
        page.context.close()


def propose(aki, axe) -> str:
    """Aki's proposal on the home screen; its public address."""
    aki.goto(HOME)
    aki.get_by_role("button", name=t("boards.new")).first.click()
    aki.get_by_text(t("topic_kinds.proposal"), exact=True).click()
    aki.locator("[name=title]").fill("ベンチをふやしたい")
    aki.locator("[name=body]").fill("川べりにも。")
    aki.get_by_role("button", name=t("boards.open"), exact=True).click()
    aki.locator(".tm-answer").get_by_text(t("answers.state.waiting")).wait_for()
    axe(aki)
    return aki.get_by_role("link", name=t("boards.page")).get_attribute("href")


def ask(aki, axe, where: str) -> None:
    """Her poll, after a try with one answer only."""
    # it goes by itself after a while
    aki.locator(".tm-toast button").evaluate_all("all => all.forEach(one => one.click())")
    aki.get_by_role("link", name=t("poll.make_title")).click()
    aki.locator("#question").fill("どこがいいですか")
    aki.locator("#options").fill("川べり")
    aki.get_by_role("button", name=t("poll.make")).click()
    aki.locator("#options[aria-invalid=true]").wait_for()
    axe(aki)
    aki.locator("#options").fill("川べり\n駅前\n公園")
    aki.get_by_role("button", name=t("poll.make")).click()
    aki.get_by_text(t("said.poll_opened")).wait_for()
    aki.get_by_label("駅前").check()
    aki.get_by_role("button", name=t("poll.vote"), exact=True).click()
    aki.get_by_text(t("said.poll_voted")).wait_for()
    axe(aki)


def vote(chie, axe, where: str) -> None:
    """Chie on the home screen: votes, and changes her mind."""
    chie.goto(f"{HOME}&topic={where.rsplit('/', 1)[1]}")
    for choice, button in (("駅前", "poll.vote"), ("川べり", "poll.vote_again")):
        chie.get_by_label(choice).check()
        chie.get_by_role("button", name=t(button), exact=True).click()
        chie.locator(".tm-poll__option", has_text=choice).get_by_text(t("poll.mine")).wait_for()
    expect(chie.locator(".tm-poll__count")).to_have_text(["1票（50%）", "1票（50%）", "0票（0%）"])
    axe(chie)


def answer(ben, axe, where: str) -> None:
    """Ben answers by the form, with a reason at the second try."""
    ben.goto(where)
    ben.get_by_role("link", name=t("answers.desk_link")).click()
    ben.locator("#state").select_option("declined")
    ben.get_by_role("button", name=t("answers.send")).click()
    ben.locator("#words[aria-invalid=true]").wait_for()
    axe(ben)
    ben.locator("#state").select_option("adopted")
    ben.locator("#words").fill("来春、川べりに二つ置きます。")
    ben.get_by_role("button", name=t("answers.send")).click()
    ben.get_by_text(t("said.town_answered")).wait_for()


def read(browser, town, axe, where: str) -> None:
    """A guest without script, on a phone and on a desk."""
    for size in (PHONE, DESK):
        for scripts in (False, True):
            context = browser.new_context(viewport=size, locale="ja-JP", base_url=town.address, java_script_enabled=scripts)
            guest = context.new_page()
            guest.goto(where)
            guest.locator(".tm-answer").get_by_text("来春、川べりに二つ置きます。").wait_for()
            expect(guest.locator(".tm-poll__count")).to_have_count(3)
            if scripts:
                axe(guest)
            guest.get_by_role("link", name=t("answers.link")).click()
            guest.locator("section", has=guest.locator("#state-adopted")).get_by_role(
                "link", name="ベンチをふやしたい"
            ).wait_for()
            if scripts:
                axe(guest)
            context.close()
