"""Two browsers at one topic: what a third one writes and takes back appears in both, without anybody touching anything."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.e2e

SEND = """async ([method, address, body]) => {
  const answer = await fetch(address, {method, headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
  return [answer.status, await answer.text()];
}"""


def sent(page, method, address, **body):
    status, text = page.evaluate(SEND, [method, f"/api/v1{address}", body])
    assert status < 300, text
    return json.loads(text) if text else {}


def test_a_new_post_appears_for_all_who_read_and_a_removed_one_leaves_a_line(page, browser, base_url, sign_in, axe):
    ben, chie = (browser.new_page(base_url=base_url, viewport={"width": 412, "height": 915}) for _ in range(2))
    sign_in(ben, "yuzu@example.jp")
    made = sent(ben, "POST", "/boards/hitoyoshi-hiroba/topics", kind="talk", title="今夜の花火", body="八時からです")
    # long ones: a newcomer writes six a minute, and the page must be longer than the window
    for n in range(4):
        sent(ben, "POST", f"/topics/{made['id']}/posts", body=f"場所とり {n}人目です" + "\n\n橋のたもとです。" * 6)
    # Aki reads at home, Chie on the public page
    page.goto(f"/?map=hitoyoshi&tab=boards&topic={made['id']}")
    page.get_by_text("場所とり 3人目です").wait_for()
    chie.goto(f"/b/hitoyoshi-hiroba/{made['id']}")
    post = sent(ben, "POST", f"/topics/{made['id']}/posts", body="始まりました！")
    for reader in (page, chie):
        reader.get_by_text("始まりました！").wait_for()
        reader.get_by_role("status").get_by_text("新しい投稿が1件").wait_for()
    # nothing has jumped; a button leads there
    assert chie.evaluate("scrollY") == 0
    axe(chie)
    chie.get_by_role("button", name="新しい投稿 1件").click()
    chie.get_by_role("button", name="新しい投稿 1件").wait_for(state="hidden")
    expect(chie.locator(":focus")).to_contain_text("始まりました！")
    sent(ben, "DELETE", f"/posts/{post['id']}")
    for reader in (page, chie):
        reader.get_by_text("始まりました！").wait_for(state="detached")
    for other in (ben, chie):
        other.close()
