"""A living Tamemap for the browser tests: a real server and worker with the demo towns, driven by the system's Chromium."""

from __future__ import annotations

import email
import hmac
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from email import policy
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlmodel import Session

from tamemap import session
from tamemap.models import SignedIn
from tamemap.services.sign_in import person_of_mail
from tests.e2e.database import Rows, settings_of
from tests.services.push_service import running

ROOT = Path(__file__).parent.parent.parent
PHONE = {"width": 412, "height": 915}
DESK = {"width": 1280, "height": 800}
PATIENCE = 60  # seconds


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The system's Chromium; nothing is downloaded."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("the browser tests need Chromium: apt-get install chromium")
    return {
        **browser_type_launch_args,
        "executable_path": found,
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A phone in Tokyo that reads Japanese."""
    return {**browser_context_args, "viewport": PHONE, "locale": "ja-JP", "timezone_id": "Asia/Tokyo", "has_touch": True}


@pytest.fixture(scope="session")
def browser(browser):
    """Whatever its pages wait for may take as long as on a machine that is busy with other things."""
    browser.on("context", lambda context: context.set_default_timeout(PATIENCE * 1000))
    expect.set_options(timeout=PATIENCE * 1000)
    return browser


@pytest.fixture(scope="session")
def push_service():
    """A push service on this machine, which the town knows."""
    with running() as one:
        yield one


@pytest.fixture(scope="session")
def town(tmp_path_factory, push_service):
    """The server's address and its data directory; started once, stopped at the end."""
    folder = tmp_path_factory.mktemp("living")
    port = free_port()
    own = settings_of("town", folder) | {
        "TAMEMAP_TILE_URL": f"http://127.0.0.1:{port}/no-tiles/{{z}}/{{x}}/{{y}}.png",
        "TAMEMAP_GEOCODER": "off",
        "TAMEMAP_PUSH_SERVICES": push_service.url,
    }
    log = (folder / "server.log").open("w")
    command = [sys.executable, "-m", "tamemap", "run", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, folder / "server.log")
        yield Town(address, folder, own)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(PATIENCE)


class Town:
    """The living town: its address, its files, its settings, its rows, and what a person would read in a mail."""

    def __init__(self, address: str, folder: Path, settings: dict[str, str]) -> None:
        self.address = address
        self.folder = folder
        self.settings = settings
        self.rows = Rows(settings)

    def token_for(self, mail: str) -> str:
        """The token of a new session of the person of that address, who is made if there is none, as if a code had come back."""
        token, now = session.new_token(), datetime.now(UTC)
        hashed = hmac.new((self.folder / "secret_key").read_bytes().strip(), token.encode(), "sha256").hexdigest()
        with Session(self.rows.engine) as tx, tx.begin():
            person, _ = person_of_mail(tx, mail)
            tx.add(SignedIn(token_hash=hashed, person_id=person.id, created_at=now, seen_at=now, strong_at=now,
                            expires_at=now + timedelta(days=90)))  # fmt: skip
        return token

    def code_for(self, mail: str) -> str:
        """The six-digit code in the newest mail to that address, waiting for the worker to send it."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for path in sorted((self.folder / "mail").glob("*.eml"), reverse=True):
                message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
                if mail in message["To"] and (found := re.search(r"\b(\d{6})\b", message.get_content())):
                    path.unlink()
                    return found[1]
            time.sleep(0.2)
        raise AssertionError(f"no mail with a code for {mail}")


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    # the demo's pictures are made at the first start: two minutes and more where the machine is busy
    end = time.monotonic() + PATIENCE * 10
    while time.monotonic() < end:
        if server.poll() is not None:
            raise AssertionError(log.read_text()[-3000:])
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise AssertionError("the server did not start: " + log.read_text()[-3000:])


@pytest.fixture(scope="session")
def base_url(town):
    """So that ``page.goto("/m/hitoyoshi")`` works."""
    return town.address


# a photograph takes the reader some seconds of the processor, and the form waits for it
UNREAD = """
const send = XMLHttpRequest.prototype.send;
XMLHttpRequest.prototype.send = function (body) {
  if (body instanceof FormData && body.has("photo")) body.append("read", "false");
  return send.call(this, body);
};
const fetched = window.fetch;
window.fetch = async (...asked) => {
  const answer = await fetched(...asked);
  if (!String(asked[0]).includes("/api/v1/uploads/") || !answer.ok) return answer;
  const { photos, ...rest } = await answer.json();
  return Response.json({ ...rest, photos: photos?.map((photo) => ({ ...photo, reading: null })) });
};"""


@pytest.fixture(autouse=True)
def unread(request):
    """Photographs are read in the tests about reading only; everywhere else the form is as where reading is switched off."""
    if "context" in request.fixturenames and not request.module.__name__.endswith("_reading"):
        request.getfixturevalue("context").add_init_script(UNREAD)


@pytest.fixture
def desk(page):
    """The same page on a wide screen."""
    page.set_viewport_size(DESK)
    return page


@pytest.fixture
def axe():
    """Asserts that a page has no accessibility violation (WCAG 2.2 A and AA, best practices)."""

    def clean(page) -> None:
        result = Axe().run(page, options={"resultTypes": ["violations"]})
        wrong = result.response["violations"]
        found = [(one["id"], one["impact"], [node["html"][:160] for node in one["nodes"][:4]]) for one in wrong]
        assert found == []

    return clean


@pytest.fixture
def sign_in(town):
    """Puts a session of the person of that address into a page's browser, for tests of what comes after signing in; goes on to
    ``then``."""

    def do(page, mail: str, then: str = "/me") -> None:
        page.context.add_cookies([{"name": session.COOKIE, "value": town.token_for(mail), "url": town.address}])
        page.goto(town.address + then)

    return do


@pytest.fixture
def sign_in_by_mail(town):
    """Signs a page in as a person would: address, code from the mail, done."""

    def do(page, mail: str, then: str = "/me") -> None:
        page.goto(f"{town.address}/sign-in?then={then}")
        page.get_by_label(re.compile("メール")).fill(mail)
        page.locator("form button[type=submit]").first.click()
        page.wait_for_selector("input[autocomplete=one-time-code]")
        page.locator("input[autocomplete=one-time-code]").fill(town.code_for(mail))
        page.locator("form button[type=submit]").first.click()
        page.wait_for_url(lambda url: "sign-in" not in url)
        if "welcome=1" in page.url:
            # who is here for the first time is offered a passkey, and goes on with one tap
            page.locator("main a.tm-button--primary").click()
            page.wait_for_url(lambda url: "welcome=1" not in url)

    return do
