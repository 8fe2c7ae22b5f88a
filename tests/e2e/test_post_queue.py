"""Posting without signal: the flyer waits on the phone, goes by itself, once, in its writer's name only, and says how it went."""

from __future__ import annotations

import io
import random
import re
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.e2e.conftest import PATIENCE, PHONE, UNREAD
from tests.e2e.post_page import GRAPHIC, PostPage, file

pytestmark = pytest.mark.e2e

# a second flyer in the queue, written by the same person
ANOTHER = """async () => {
  const of = (request) => new Promise((done) => { request.onsuccess = () => done(request.result); });
  const db = await of(indexedDB.open("tamemap-queue")), posts = db.transaction("posts", "readwrite").objectStore("posts");
  const [one] = await of(posts.getAll());
  await of(posts.put({ ...one, key: crypto.randomUUID(), at: one.at + 1 }));
  db.close();
}"""
WORKER_READY = "() => navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"


@pytest.fixture
def phone(browser, browser_context_args):
    """A browser without Background Sync, whose line the tests can cut wherever they like; its page."""
    context = browser.new_context(**browser_context_args, service_workers="block")
    context.add_init_script(UNREAD)
    yield context.new_page()
    context.close()


def large() -> bytes:
    """A photograph of more than a megabyte: noise does not compress."""
    buffer = io.BytesIO()
    Image.frombytes("RGB", (1100, 1100), random.Random(1).randbytes(3 * 1100 * 1100)).save(buffer, "JPEG", quality=95)  # noqa: S311
    return buffer.getvalue()


def with_signal(page, cut: list[str]) -> None:
    """There is signal again."""
    cut.clear()
    page.evaluate("() => { dispatchEvent(new Event('online')) }")


def without_signal(page) -> None:
    """From now on nothing reaches the server: as in a valley, whatever the phone itself believes."""
    page.route("**/api/**", lambda route: route.abort())


def test_from_the_first_tap_without_signal_until_it_is_up_although_the_browser_was_closed(
    town, playwright, browser_type_launch_args, tmp_path
):
    def opened():
        given = {"viewport": PHONE, "locale": "ja-JP", "base_url": town.address, **browser_type_launch_args}
        context = playwright.chromium.launch_persistent_context(tmp_path / "phone", **given)
        context.set_default_timeout(PATIENCE * 1000)
        return context

    phone = opened()
    page = phone.new_page()
    PostPage(page).open()
    page.evaluate(WORKER_READY)
    phone.set_offline(True)
    post = PostPage(page).open()
    post.pick(GRAPHIC)
    post.write("title", "谷の朝市")
    post.place("九日")
    post.agree()
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    expect(page.get_by_text("電波が届いたら、自動で送ります")).to_be_visible()
    phone.close()

    phone = opened()
    page = phone.new_page()
    phone.set_offline(True)
    page.goto("/post")
    page.locator(".post-queue__entry", has_text="谷の朝市").wait_for()
    page.locator("a[data-tm-waiting='1']").wait_for()
    phone.set_offline(False)
    page.goto("/about")
    page.get_by_text("「谷の朝市」を受けとりました").wait_for()
    page.get_by_role("link", name="見る").click()
    page.get_by_role("heading", level=1, name="谷の朝市").wait_for()
    phone.close()


def test_a_large_photograph_cut_off_in_the_middle_goes_on_from_there(phone):
    page = phone
    post = PostPage(page).open()
    offsets, cut = [], []

    def line(route):
        path = route.request.url
        if "/uploads/" in path and not cut:
            offsets.append(int(route.request.headers["upload-offset"]))
            cut.extend(["uploads"] if len(offsets) == 4 else [])
        return route.abort() if cut else route.continue_()

    page.route("**/api/**", line)
    post.pick(file("noise.jpg", large()))
    page.get_by_text("いまは電波が届きません").first.wait_for()
    post.write("title", "大きな写真")
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    page.locator("#pf-place").fill("九日町")
    page.locator("[role=option]").first.click()
    post.agree()
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    with_signal(page, cut)
    post.heading("受けとりました")
    asked, went_on, *rest = offsets[4:]
    assert (asked, went_on) == (0, offsets[3])  # asked how far it is, and went on from where it was cut off
    assert went_on > 0
    assert rest == sorted(set(rest) - {went_on})  # every piece once: the form and the queue do not both send it


def test_what_aki_wrote_waits_for_aki_whoever_signs_in_meanwhile(phone, sign_in):
    page = phone
    sign_in(page, "aki-queue@example.jp", then="/post")
    post = PostPage(page).open()
    post.filled("あきの会")
    without_signal(page)
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    page.evaluate(ANOTHER)
    page.context.clear_cookies()
    page.unroute("**/api/**")
    post.open()
    page.get_by_text("サインインすると送ります").nth(1).wait_for()
    sign_in(page, "chie-queue@example.jp", then="/post")
    page.get_by_text(re.compile("さんが書いたチラシです")).nth(1).wait_for()
    # not hers to mend or to throw away
    expect(page.locator(".post-queue__entry").get_by_role("button")).to_have_count(0)
    page.context.clear_cookies()
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/api/v1/flyers", hold)
    with page.expect_request("**/api/v1/flyers"):
        sign_in(page, "aki-queue@example.jp", then="/post")
    # while the first is on its way, the second does not ask for somebody who is there
    expect(page.get_by_text(re.compile("サインインすると送ります|さんが書いたチラシです"))).to_have_count(0)
    for route in held:
        route.continue_()
    page.unroute("**/api/v1/flyers")
    page.get_by_text("貼りました", exact=True).wait_for()


def test_a_refused_flyer_stays_with_its_reason_is_mended_and_another_is_thrown_away_knowingly(phone, axe):
    page = phone
    post = PostPage(page).open()
    for title in ("直すほう", "捨てるほう"):
        post.filled(title)
        without_signal(page)
        post.tap("チラシを貼る")
        post.heading("電波を待っています")
        # first: the queue's own next try may go out the moment that there is signal
        page.route("**/api/v1/flyers", lambda route: route.continue_(post_data=b""), times=1)
        page.unroute("**/api/**")
        page.evaluate("() => { dispatchEvent(new Event('online')) }")
        page.locator(".post-queue__entry", has_text=title).get_by_text("貼れませんでした").wait_for()
        post.open()
    axe(page)
    page.locator(".post-queue__entry", has_text="捨てるほう").get_by_role("button", name="捨てる").click()
    page.get_by_role("dialog").get_by_role("button", name="捨てる").click()
    page.locator(".post-queue__entry", has_text="捨てるほう").wait_for(state="detached")
    page.get_by_role("button", name="直す").click()
    page.get_by_text("書きかけが残っています").wait_for()
    expect(page.locator("#pf-title")).to_have_value("直すほう")
    post.arrived()
    post.tap("チラシを貼る")
    post.heading("受けとりました")


def lose_the_first_answer(page):
    """The flyer arrives, its answer does not; returns what was answered."""
    answers = []

    def once(route):
        answers.append(route.fetch().json())
        route.abort()

    page.route("**/api/v1/flyers", once, times=1)
    return answers


def test_a_flyer_whose_answer_got_lost_is_not_posted_twice(phone):
    page, post = phone, PostPage(phone).open()
    post.filled("一度だけ")
    first = lose_the_first_answer(page)
    with page.expect_response("**/api/v1/flyers") as second:
        post.tap("チラシを貼る")
    post.heading("受けとりました")
    assert second.value.json()["id"] == first[0]["id"]


def test_words_changed_after_a_lost_answer_do_not_make_a_second_flyer(phone):
    page, post = phone, PostPage(phone).open()
    post.filled("直す前")
    first = lose_the_first_answer(page)
    page.route("**/api/v1/me", lambda route: route.abort())
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    page.get_by_role("button", name="直す").click()
    page.unroute("**/api/v1/me")
    page.get_by_text("書きかけが残っています").wait_for()
    post.arrived()
    post.write("title", "直した後")
    post.tap("チラシを貼る")
    post.heading("受けとりました")
    expect(page.get_by_text("前に送った内容が、もう届いていました")).to_be_visible()
    assert page.get_by_role("link", name="チラシのページ").get_attribute("href").endswith(first[0]["id"])
