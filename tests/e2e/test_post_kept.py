"""What was typed and photographed is never lost: reload, back, no signal, a lost answer, a share from another app."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tamemap import clock
from tests.e2e.post_page import GRAPHIC, PostPage, file, picture

pytestmark = pytest.mark.e2e
# as WebKit's private windows do
NO_BLOBS = """(() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (value, ...more) {
    if (Object.values(value).some((one) => one instanceof Blob)) throw new DOMException('no Blob here', 'DataCloneError');
    return put.call(this, value, ...more);
  };
})()"""
# browsers do not agree on how a language writes a whole date
ANOTHER_DATE = "Intl.DateTimeFormat.prototype.format = () => '11/23/2026'"


@pytest.fixture
def post(page):
    """The posting page, opened."""
    return PostPage(page).open()


def test_a_draft_is_there_after_a_reload_and_after_coming_back(page, post):
    post.filled("書きかけの市")
    page.get_by_role("button", name="あした").click()
    post.saved()
    page.reload()
    page.get_by_text("書きかけが残っています").wait_for()
    expect(page.locator("#pf-title")).to_have_value("書きかけの市")
    expect(page.get_by_role("button", name="あした")).to_have_attribute("aria-pressed", "true")
    post.arrived()
    post.goes_on()
    page.goto("/about")
    page.go_back()
    page.wait_for_selector("form[data-ready]")
    expect(page.locator("#pf-title")).to_have_value("書きかけの市")
    post.agree()
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    post.open()
    expect(page.get_by_text("書きかけが残っています")).to_have_count(0)


def test_where_the_browser_keeps_no_blobs_the_photograph_is_still_there_and_waits_for_signal(page, context):
    page.add_init_script(NO_BLOBS)
    post = PostPage(page).open()
    post.filled("小さな窓の市")
    post.saved()
    page.reload()
    page.get_by_text("書きかけが残っています").wait_for()
    post.arrived()
    post.goes_on()
    post.agree()
    context.set_offline(True)
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    context.set_offline(False)
    post.heading("受けとりました")


def test_days_are_right_however_the_browser_writes_dates(page):
    page.add_init_script(ANOTHER_DATE)
    post = PostPage(page).open()
    post.filled("どの国の日付でも")
    page.get_by_role("button", name="あした").click()
    expect(page.locator("#pf-starts_at")).to_have_value(
        (clock.now().astimezone(clock.TOKYO) + timedelta(days=1)).strftime("%Y-%m-%d")
    )


def test_starting_over_can_be_undone_with_its_photograph(page, post):
    post.filled("消さないで")
    post.saved()
    page.reload()
    post.tap("やり直す")
    expect(page.locator("#pf-title")).to_have_value("")
    expect(page.locator(".post-form__photo")).to_have_count(0)
    post.tap("元に戻す")
    expect(page.locator("#pf-title")).to_have_value("消さないで")
    post.arrived()
    post.saved()
    page.reload()
    page.get_by_text("書きかけが残っています").wait_for()
    post.arrived()


def test_without_signal_the_photograph_waits_and_goes_by_itself_when_it_is_back(page, post, context):
    context.set_offline(True)
    post.pick(GRAPHIC)
    page.get_by_text("いまは電波が届きません。このまま書いて").first.wait_for()
    expect(page.get_by_role("button", name=re.compile("もう一度送る")).first).to_be_visible()
    context.set_offline(False)
    post.arrived()


def test_photographs_that_the_server_has_forgotten_are_sent_again_by_themselves(page, post):
    post.filled("忘れられた写真")
    post.saved()
    draft = post.database('return of(db.transaction("drafts").objectStore("drafts").get("post"))')
    page.evaluate("(id) => fetch(`/api/v1/photos/${id}`, { method: 'DELETE' })", draft["photos"][0]["photo"]["id"])
    post.tap("チラシを貼る")
    post.heading("受けとりました")


def test_photographs_shared_from_another_app_are_taken(page, post):
    script = """
      const bytes = Uint8Array.from(atob(given), (sign) => sign.charCodeAt(0));
      const files = [new File([bytes], "shared.jpg", { type: "image/jpeg" })];
      const store = db.transaction("shared", "readwrite").objectStore("shared");
      await of(store.add({ files, title: "共有の題名", text: "", url: "", at: Date.now() }));
    """
    post.database(script, base64.b64encode(picture("white")).decode())
    post.open("/post?shared=1")
    post.arrived()
    expect(page.locator("#pf-title")).to_have_value("共有の題名")
    assert page.url.endswith("/post")
    post.saved()
    page.reload()
    post.arrived()


def test_a_share_that_got_lost_is_said(page, post):
    post.open("/post?shared=0")
    expect(page.get_by_text("共有された写真を受けとれませんでした")).to_be_visible()


def test_the_draft_works_when_the_service_worker_made_the_database_first(page):
    page.goto("/about")
    page.evaluate(
        """() => new Promise((done) => {
          const asked = indexedDB.open("tamemap", 1);
          asked.onupgradeneeded = () => asked.result.createObjectStore("shared", { keyPath: "id", autoIncrement: true });
          asked.onsuccess = () => { asked.result.close(); done(); };
        })"""
    )
    post = PostPage(page).open()
    post.pick(file("a.jpg", picture("white")))
    post.write("title", "先を越された下書き")
    post.arrived()
    post.saved()
    page.reload()
    page.get_by_text("書きかけが残っています").wait_for()
    post.arrived()


def test_a_draft_open_in_two_windows_is_posted_once_and_the_other_window_leads_to_it_or_on(page, post, context):
    post.filled("二つの窓の市")
    post.saved()
    other = PostPage(context.new_page()).open()
    expect(other.page.locator("#pf-title")).to_have_value("二つの窓の市")
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    said = other.page.get_by_text("このチラシは、ほかの画面からもう送りました。")
    said.wait_for()
    # also to whoever goes on writing there, and sends
    other.write("title", "二つの窓の市（午後）")
    other.agree()
    other.tap("チラシを貼る")
    said.wait_for()
    see = other.page.get_by_role("link", name="チラシのページ")
    assert see.get_attribute("href") == page.get_by_role("link", name="チラシのページ").get_attribute("href")
    other.tap("新しいチラシを書く")
    expect(other.page.locator("#pf-title")).to_have_value("")
    expect(said).to_have_count(0)
    other.filled("つぎの市")
    other.tap("チラシを貼る")
    other.heading("受けとりました")
