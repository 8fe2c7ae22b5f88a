"""The service worker, in a real browser: what stays without signal, what is never kept, what is shared from other apps."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tests.assets import town as towns

ASSETS = Path(__file__).parent.parent.parent / "assets"
WORKER = (ASSETS / "sw.js").read_text(encoding="utf-8")
SHELL = re.findall(r"'(/[^']+)'", WORKER[WORKER.index("const SHELL = [") : WORKER.index("];", WORKER.index("const SHELL = ["))])

CACHED = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    for (const key of await (await caches.open(name)).keys()) found.push(new URL(key.url).pathname);
  }
  return found.sort();
}"""
SHARED = """() => new Promise((done) => {
  const opening = indexedDB.open('tamemap');
  opening.onsuccess = () => {
    const all = opening.result.transaction('shared').objectStore('shared').getAll();
    all.onsuccess = async () => {
      opening.result.close();
      const told = async (file) => [file.name, file.type, await file.text()];
      done(await Promise.all(all.result.map(async (one) => ({title: one.title, files: await Promise.all(one.files.map(told))}))));
    };
  };
})"""
SHARE = """() => {
  const form = Object.assign(document.createElement('form'), {method: 'post', action: '/share', enctype: 'multipart/form-data'});
  const photos = Object.assign(document.createElement('input'), {type: 'file', name: 'photos', multiple: true});
  const files = new DataTransfer();
  files.items.add(new File(['first'], '1.jpg', {type: 'image/jpeg'}));
  files.items.add(new File(['second'], '2.pdf', {type: 'application/pdf'}));
  photos.files = files.files;
  const title = Object.assign(document.createElement('input'), {name: 'title', value: '夜市'});
  form.append(title, photos);
  document.body.append(form);
  form.submit();
}"""


@pytest.mark.parametrize("path", SHELL)
def test_every_file_of_the_shell_exists(path):
    assert (ASSETS / path.lstrip("/")).is_file()


def test_the_version_is_that_of_the_files():
    digest = hashlib.sha256(b"".join(path.encode() + (ASSETS / path.lstrip("/")).read_bytes() for path in SHELL)).hexdigest()[:8]
    (version,) = re.findall(r"const VERSION = '(\w+)'", WORKER)
    assert version == digest, f"a file of the shell has changed: write VERSION = '{digest}' in assets/sw.js"


@pytest.mark.parametrize(
    ("path", "leaves"),
    [
        ("/sign-out", True),
        ("/api/v1/sign-out", True),
        ("/me/leave", False),
        ("/me", False),
        ("/groups/a/leave", False),
        ("/sign-in", False),
    ],
)
def test_what_is_kept_goes_with_whoever_signs_out(path, leaves):
    (said,) = re.findall(r"const LEAVING = /(.*)/;", WORKER)
    assert bool(re.search(said.replace("\\/", "/"), path)) == leaves


@pytest.fixture(scope="module")
def town():
    with towns.running() as one:
        yield one


@pytest.fixture
def page(playwright, town):
    """A page of the town on which the worker is in charge."""
    with towns.chromium(playwright) as browser:
        one = browser.new_context(locale="ja-JP").new_page()
        one.goto(town.url + "/m/t")
        one.evaluate("() => navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)")
        one.wait_for_function("() => navigator.serviceWorker.controller !== null")
        yield one


@pytest.mark.e2e
def test_aki_can_open_the_posting_page_without_signal(page, town):
    page.context.set_offline(True)
    page.goto(town.url + "/post")
    assert page.title() == "posting"


@pytest.mark.e2e
def test_any_other_page_without_signal_says_that_drafts_are_safe(page, town):
    page.context.set_offline(True)
    page.goto(town.url + "/m/t")
    assert page.get_by_role("heading", level=1).inner_text() == "いま、電波が届いていません"
    assert page.get_by_role("link", name="もう一度ひらく").get_attribute("href") == ""
    assert page.get_by_text("書きかけのチラシも残っています").is_visible()


@pytest.mark.e2e
def test_nothing_but_the_shell_and_the_posting_page_is_kept(page, town):
    for path in ("/m/t", "/api/v1/flyers/a", "/p/picture/320.jpeg", "/desk", "/me"):
        page.evaluate("path => fetch(path)", path)
    assert page.evaluate(CACHED) == sorted([*SHELL, "/post", "/assets/post-1a2b.js"])


@pytest.mark.e2e
def test_photographs_shared_from_another_app_wait_for_the_posting_page(page, town):
    with page.expect_navigation(url="**/post?shared=1"):
        page.evaluate(SHARE)
    files = [["1.jpg", "image/jpeg", "first"], ["2.pdf", "application/pdf", "second"]]
    assert page.evaluate(SHARED) == [{"title": "夜市", "files": files}]


@pytest.mark.e2e
def test_sharing_works_beside_a_database_that_the_posting_page_made(page, town):
    page.evaluate("""() => new Promise((done) => {
      const opening = indexedDB.open('tamemap', 3);
      opening.onupgradeneeded = () => opening.result.createObjectStore('drafts');
      opening.onsuccess = () => { opening.result.close(); done(); };
    })""")
    with page.expect_navigation(url="**/post?shared=1"):
        page.evaluate(SHARE)
    assert len(page.evaluate(SHARED)) == 1
