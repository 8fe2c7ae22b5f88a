"""The line is cut wherever it can be, by the network, by the server or by the person: one flyer comes of it, and that is said."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import sys
from contextlib import closing, suppress

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, ROOT, UNREAD, _wait_for
from tests.e2e.line import line_to
from tests.e2e.post_page import PostPage, file, picture
from tests.e2e.test_post_queue import large

pytestmark = pytest.mark.e2e
# signal that comes and goes
FLICKER = "() => { setInterval(() => dispatchEvent(new Event('online')), 200) }"
WORKER = "() => navigator.serviceWorker.ready.then(() => true)"
SEEN = "(urls) => Tamemap.kept('seen', {urls})"
# as the system does it when somebody shares from the gallery
SHARE = """(files) => {
  const form = Object.assign(document.createElement('form'), {method: 'post', action: '/share', enctype: 'multipart/form-data'});
  const field = Object.assign(document.createElement('input'), {type: 'file', name: 'photos', multiple: true});
  const tray = new DataTransfer();
  for (const [name, type, data] of files) {
    tray.items.add(new File([Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0))], name, {type}));
  }
  field.files = tray.files;
  form.append(field);
  document.body.append(form);
  form.submit();
}"""


@pytest.fixture
def phone(browser, browser_context_args):
    """A browser whose line the tests can cut at any request; its page."""
    context = browser.new_context(**browser_context_args, service_workers="block")
    context.add_init_script(UNREAD)
    yield context.new_page()
    context.close()


def test_answers_lost_while_the_queue_itself_sends_leave_one_flyer_and_one_upload(phone):
    page, post = phone, PostPage(phone).open()
    # without a worker only the page itself knows the town and its places
    page.wait_for_load_state("networkidle")
    page.route("**/api/**", lambda route: route.abort())
    post.pick(file("large.jpg", large()))
    post.write("title", "答えが消えた市")
    page.locator("#pf-place").fill("九日町")
    page.locator("[role=option]").first.click()
    post.agree()
    post.tap("チラシを貼る")
    post.heading("電波を待っています")

    answers, offsets, lost = [], [], []

    def line(route):
        path, flyer = route.request.url, route.request.url.endswith("/api/v1/flyers")
        if not (flyer or "/uploads/" in path):
            return route.continue_()
        # it arrives; of the second and the fourth piece and of two flyers the answer does not
        answer = route.fetch()
        offsets.extend([] if flyer else [int(route.request.headers["upload-offset"])])
        answers.extend([answer.json()["id"]] if flyer else [])
        if len(answers) in {1, 2} if flyer else len(offsets) in {2, 4}:
            lost.append(path)
            return route.abort()
        return route.fulfill(response=answer)

    page.unroute("**/api/**")
    page.route("**/api/**", line)
    page.evaluate(FLICKER)
    post.heading("受けとりました")
    assert len(lost) == 4
    assert len(answers) == 3
    assert set(answers) == {answers[0]}
    # what had arrived is not sent again, although nobody had heard that it had
    sent = [offset for offset in offsets if offset]
    assert len(sent) == len(set(sent))


def test_whoever_signs_out_or_comes_in_meanwhile_aki_is_told_and_it_goes_in_akis_name(phone, sign_in):
    page = phone
    sign_in(page, "aki-cuts@example.jp", then="/post")
    post = PostPage(page).open().filled("あきの夕市")
    page.context.clear_cookies()
    post.tap("チラシを貼る")
    post.heading("まだ貼れていません")
    entry = page.locator(".post-queue__entry", has_text="あきの夕市")
    expect(entry.get_by_text("サインインすると送ります")).to_be_visible()
    expect(entry.get_by_role("link", name="サインイン")).to_be_visible()
    sign_in(page, "aki-cuts@example.jp", then="/post")
    expect(entry.get_by_text("貼りました", exact=True)).to_be_visible()
    # a network of a station that puts its own page in the way is no answer
    page.goto("/post?source=again")
    page.wait_for_selector("form[data-ready]")
    post.filled("駅の網")
    page.route(
        "**/api/v1/flyers", lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>free wifi</h1>"), times=1
    )
    page.route("**/api/v1/me", lambda route: route.abort(), times=1)
    post.tap("チラシを貼る")
    post.heading("電波を待っています")
    page.evaluate(FLICKER)
    post.heading("貼りました")


def test_a_phone_that_has_only_seen_a_map_takes_a_shared_pdf_in_the_valley_and_sends_it_after_a_restart(
    town, playwright, browser_type_launch_args, tmp_path
):
    def opened():
        given = {"viewport": PHONE, "locale": "ja-JP", "timezone_id": "Asia/Tokyo", **browser_type_launch_args}
        context = playwright.chromium.launch_persistent_context(tmp_path / "phone", **given)
        context.add_init_script(UNREAD)
        return context, context.pages[0]

    with line_to(town.address) as line:
        phone, page = opened()
        page.goto(f"{line.address}/m/kashima")
        page.evaluate(WORKER)
        page.evaluate(SEEN, [page.url])
        shown = page.locator(".tm-card__link")
        title, count = shown.first.inner_text(), shown.count()

        line.cut()
        page.goto(f"{line.address}/?source=pwa")
        page.wait_for_url("**/m/kashima")
        page.get_by_text("ことば・日にち・種類でさがす").click()
        page.locator("#tm-q").fill(title)
        expect(shown).to_have_count(1)
        expect(page.get_by_text(re.compile(r"^オフラインです・\d+時\d\d分の情報（この端末にあるチラシだけ）$"))).to_be_visible()
        page.locator("#tm-q").fill("")
        expect(shown).to_have_count(count)
        page.get_by_text("今日", exact=True).click()
        expect(page.get_by_text(re.compile(r"^いま \d+ 枚$"))).to_be_visible()

        files = [["a.pdf", "application/pdf", picture("white", "PDF", 2)], ["b.jpg", "image/jpeg", picture("red")]]
        with page.expect_navigation(url="**/post?shared=1"):
            page.evaluate(SHARE, [[name, kind, base64.b64encode(data).decode()] for name, kind, data in files])
        page.wait_for_selector("form[data-ready]")
        post = PostPage(page)
        expect(page.locator(".post-form__photo")).to_have_count(2)
        expect(
            page.get_by_text("このまま写真をとって書けます").or_(page.get_by_text("写真は、電波が届いたら送ります")).first
        ).to_be_visible()
        post.write("title", "分けてもらった回覧")
        page.locator("#pf-place").fill("大船津")
        page.locator("[role=option]").first.click()
        post.goes_on("鹿嶋市マップに貼ります")
        post.agree()
        post.tap("チラシを貼る")
        post.heading("電波を待っています")
        phone.close()

        phone, page = opened()
        line.silence()
        page.goto(f"{line.address}/post")
        expect(page.locator(".post-queue__entry", has_text="分けてもらった回覧")).to_be_visible()
        line.mend()
        page.goto(f"{line.address}/about")
        page.get_by_text("「分けてもらった回覧」を受けとりました").wait_for()
        page.get_by_role("link", name="見る").click()
        expect(page.locator("img[id^='page-']")).to_have_count(3)
        phone.close()


@pytest.fixture
def second(town, tmp_path):
    """Another server of the same town, without screens, which a test may kill: (its port, its process)."""
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--port",
        str(port),
        "--factory",
        "tamemap.web.application:web",
    ]
    log = (tmp_path / "second.log").open("w")
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | town.settings, stdout=log, stderr=log, start_new_session=True)
    _wait_for(f"http://127.0.0.1:{port}", process, tmp_path / "second.log")
    yield port, process
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 9)
    process.wait()


def test_a_server_killed_in_the_middle_of_a_photograph_loses_nothing_of_it(phone, town, second):
    page, (port, process) = phone, second
    with line_to(town.address) as line:
        page.goto(f"{line.address}/post")
        page.wait_for_selector("form[data-ready]")
        post = PostPage(page)
        post.place("九日町")
        line.lead_to(port)
        offsets = []

        def killed(request):
            if "/uploads/" not in request.url:
                return
            offsets.append(int(request.headers["upload-offset"]))
            if len(offsets) == 4:
                os.killpg(process.pid, 9)

        page.on("request", killed)
        post.pick(file("large.jpg", large()))
        page.get_by_text("写真は、電波が届いたら送ります").first.wait_for()
        post.write("title", "倒れたサーバー")
        post.agree()
        post.tap("チラシを貼る")
        post.heading("電波を待っています")
        line.lead_to(int(town.address.rsplit(":", maxsplit=1)[1]))
        page.evaluate(FLICKER)
        post.heading("受けとりました")
        # it may have answered once more before it fell
        asked = offsets.index(0, 1)
        assert offsets[asked + 1] >= offsets[2] > 0
