"""Without signal, in a real browser whose line to the town is cut or silent: what the phone shows, and what must leave it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tamemap import session
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
