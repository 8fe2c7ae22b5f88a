"""Without signal, in a real browser whose line to the town is cut or silent: what the phone shows, and what must leave it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap import session
from tamemap.i18n import t
from tests.e2e.line import line_to

pytestmark = pytest.mark.e2e
READY = "() => navigator.serviceWorker.ready.then(() => true)"
ASK = "([what, more]) => Tamemap.kept(what, more)"
# everything that is kept, page by page, as text; the worker has done what it was asked by then
KEPT = """async () => {
  const found = {}, cache = await caches.open('tamemap-kept');
  for (const key of await cache.keys()) found[new URL(key.url).pathname] = await (await cache.match(key)).text();
  return found;
}"""


@pytest.fixture
def line(town):
    with line_to(town.address) as one:
        yield one


def test_a_fan_on_the_train_sees_the_map_and_saved_flyers_until_they_are_recalled(page, line, town, axe):
    page.goto(f"{line.address}/m/hitoyoshi")
    page.evaluate(READY)
    page.evaluate(ASK, ["seen", {"urls": [page.url]}])
    first = page.locator(".tm-card__link").first
    title, flyer = first.inner_text(), first.get_attribute("href")
    first.click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="保存したチラシを見る")).to_be_visible()

    line.cut()
    page.goto(f"{line.address}/m/hitoyoshi")
    expect(page.get_by_text(re.compile(r"^オフラインです・\d+時\d\d分の情報$"))).to_be_visible()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.goto(f"{line.address}/saved")
    expect(page.locator("[data-tm-saved] img")).to_have_js_property("naturalHeight", 960)
    axe(page)
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("#page-1")).not_to_have_js_property("naturalHeight", 0)
    page.goto(f"{line.address}/?source=pwa")
    page.wait_for_url("**/m/hitoyoshi")
    page.goto(f"{line.address}/?tab=boards")
    expect(page.get_by_role("heading", name="いま、電波が届いていません")).to_be_visible()
    expect(page.get_by_role("link", name="人吉市マップのチラシ")).to_be_visible()
    axe(page)
    page.goto(f"{line.address}/m/hitoyoshi")
    expect(page.get_by_text(re.compile("^オフラインです・"))).to_be_visible()
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text(re.compile("^オフラインです・"))).to_have_count(0)

    line.cut()
    deed = {"placement": "all", "decision": "recall", "reason": "中止です"}
    staff = {"Cookie": f"{session.COOKIE}={town.token_for('staff@example.jp')}"}
    answer = page.request.post(f"{town.address}/api/v1/desk/flyers/{flyer.split('/')[-1]}/decision", data=deed, headers=staff)
    assert answer.ok
    line.mend()
    page.goto(f"{line.address}/saved")
    expect(page.get_by_text("保存したチラシは、まだありません")).to_be_visible()
    page.evaluate(ASK, ["contact", {"now": True}])
    kept = page.evaluate(KEPT)
    assert "/m/hitoyoshi" in kept
    assert [path for path, text in kept.items() if flyer in path or flyer in text] == []
    # the town is the other tests', too
    back = {"placement": "all", "decision": "up", "reason": "やはりあります"}
    assert page.request.post(f"{town.address}/api/v1/desk/flyers/{flyer.split('/')[-1]}/decision", data=back, headers=staff).ok


def test_on_a_silent_line_the_kept_map_comes_and_signing_out_leaves_nothing(page, line, town):
    page.goto(f"{line.address}/m/hitoyoshi")
    page.evaluate(READY)
    page.context.add_cookies([{"name": session.COOKIE, "value": town.token_for("staff@example.jp"), "url": line.address}])
    page.goto(f"{line.address}/m/hitoyoshi")
    page.locator(".tm-card__link").nth(1).click()
    expect(page.locator("main a[href='/desk']")).to_be_visible()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="保存したチラシを見る")).to_be_visible()
    page.evaluate(ASK, ["contact", {"now": True}])
    kept = page.evaluate(KEPT)
    assert [path for path in kept if path.startswith("/f/")] != []
    assert [path for path, text in kept.items() if 'href="/desk"' in text] == []

    line.silence()
    page.goto(f"{line.address}/m/hitoyoshi")
    expect(page.get_by_text(re.compile("^オフラインです・"))).to_be_visible()
    line.mend()
    page.goto(f"{line.address}/sign-in")
    page.get_by_role("button", name="サインアウト").click()
    page.wait_for_url("**/", wait_until="commit")
    page.goto(f"{line.address}/saved")
    expect(page.get_by_text("保存したチラシは、まだありません")).to_be_visible()
    assert [path for path in page.evaluate(KEPT) if path.startswith("/f/")] == []


def saved_on_this_phone(page) -> list[str]:
    """The paths of the flyers that are kept."""
    return [path for path in page.evaluate(KEPT) if path.startswith("/f/")]


def test_whoever_leaves_for_good_leaves_nothing_on_the_phone_and_a_refused_leaving_keeps_everything(page, town, sign_in):
    sign_in(page, "leaves-the-phone@example.jp")
    page.goto("/m/hitoyoshi")
    page.evaluate(READY)
    page.locator(".tm-card__link").first.click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="保存したチラシを見る")).to_be_visible()
    page.goto("/bye")
    page.goto("/me/leave")
    page.get_by_role("button", name=t("leave.do")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert saved_on_this_phone(page) != []
    page.get_by_label(t("leave.sure")).check()
    page.get_by_role("button", name=t("leave.do")).click()
    expect(page.get_by_role("heading", name=t("leave.bye"))).to_be_visible()
    page.goto("/saved")
    expect(page.get_by_text("保存したチラシは、まだありません")).to_be_visible()
    assert saved_on_this_phone(page) == []


def opened_report(page, address: str, flyer: str):
    """The form with which Chie tells staff about a flyer, opened."""
    page.goto(address + flyer)
    page.locator(".tm-flyer__report summary").click()
    return page.locator(".tm-flyer__report textarea")


def test_what_chie_wrote_to_staff_without_signal_is_offered_again_until_it_has_arrived(page, line, axe):
    page.goto(f"{line.address}/m/hitoyoshi")
    flyer = page.locator(".tm-card__link").last.get_attribute("href")
    words, form = opened_report(page, line.address, flyer), page.locator(".tm-flyer__report form")
    page.wait_for_load_state("networkidle")
    words.fill("場所がちがいます。")
    form.locator("input[type=radio]").nth(1).check()
    page.context.set_offline(True)
    form.locator("button[type=submit]").click()
    expect(form.get_by_text("電波が届かず、送れませんでした。")).to_be_visible()
    expect(words).to_have_value("場所がちがいます。")
    page.context.set_offline(False)

    # the phone believes that it has signal, and what it sends is lost on the way
    page.goto(line.address + flyer)
    expect(form.get_by_text("送れずに残っていたものを、ここに戻しました。")).to_be_visible()
    expect(words).to_have_value("場所がちがいます。")
    expect(form.locator("input[type=radio]").nth(1)).to_be_checked()
    axe(page)
    words.fill("場所が、橋のむこうです。")
    line.cut()
    form.locator("button[type=submit]").click()
    page.wait_for_url("chrome-error://chromewebdata/")
    line.mend()
    page.goto(line.address + flyer)
    expect(words).to_have_value("場所が、橋のむこうです。")
    form.locator("button[type=submit]").click()
    page.locator("#report").wait_for()

    expect(opened_report(page, line.address, flyer)).to_have_value("")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("localStorage.getItem('tamemap.unsent')") == "{}"


def test_a_picture_seen_as_large_as_the_screen_stays_so_when_signal_comes_back(page, line):
    page.goto(f"{line.address}/m/hitoyoshi")
    page.evaluate(READY)
    page.evaluate(ASK, ["seen", {"urls": [page.url]}])
    page.locator(".tm-card__link").first.click()
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("link", name="保存したチラシを見る")).to_be_visible()
    line.cut()
    page.reload()
    expect(page.get_by_text(re.compile("^オフラインです・"))).to_be_visible()
    page.locator("[data-tm-zoom]").first.click()
    page.locator("#tm-zoom[open]").wait_for()
    line.mend()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(1500)
    expect(page.locator("#tm-zoom")).to_be_visible()
    # and then the page is the town's again
    page.locator("#tm-zoom [data-zoom=close]").click()
    expect(page.get_by_text(re.compile("^オフラインです・"))).to_have_count(0)
