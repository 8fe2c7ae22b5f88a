"""Aki presses a provider's button in a real browser: its rules for forms and cookies let her there and back."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tamemap.i18n import t
from tests.conftest import _migrate
from tests.e2e.conftest import PATIENCE, PHONE, ROOT
from tests.e2e.database import Rows, settings_of
from tests.oidc.providers import running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """Our pages at ``localhost``, and the providers at another site (``127.0.0.1``); yields our address and our rows."""
    folder = tmp_path_factory.mktemp("providers")
    own = settings_of("providers", folder)
    rows = Rows(own)
    _migrate(rows.url)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://localhost:{port}"
    with running(base) as providers, (folder / "log").open("w") as log:
        environment = os.environ | providers.settings() | own
        command = [Path(sys.executable).parent / "granian", "--interface", "asginl", "--port", str(port), "tests.oidc.served:app"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(base, folder / "log")
            yield base, rows
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_for(base: str, log: Path) -> None:
    for _ in range(PATIENCE * 10):
        try:
            with urllib.request.urlopen(base + "/sign-in", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])


@pytest.fixture
def aki(page):
    """A fresh phone."""
    page.set_viewport_size(PHONE)
    return page


def signs_in_there(page, name: str) -> None:
    """At the provider: a name, a password, yes."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("name", ["line", "google", "apple", "town"])
def test_there_and_back(aki, served, name):
    base, rows = served
    held: list[str] = []
    aki.on("console", lambda line: held.append(line.text) if "Content Security Policy" in line.text else None)
    aki.goto(f"{base}/sign-in?then=/about")
    aki.locator(f'form[action="/auth/{name}"] button').click()
    aki.wait_for_url("http://127.0.0.1:*/**")
    signs_in_there(aki, f"aki-{name}")
    aki.wait_for_url(f"{base}/me/ways?welcome=1&then=%2Fabout")
    assert held == []
    cookie = next(one for one in aki.context.cookies(base) if one["name"] == "tamemap_session")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert rows.read("SELECT count(*) FROM identity WHERE provider = :name", name=name) == [(1,)]


def test_the_way_back_is_the_sign_in_page(aki, served):
    """The page that leads on by itself is no step of its own: going back does not push her forth again."""
    base, _ = served
    aki.goto(f"{base}/sign-in")
    aki.locator('form[action="/auth/google"] button').click()
    aki.wait_for_url("http://127.0.0.1:*/**")
    aki.go_back()
    aki.wait_for_url(f"{base}/sign-in")
    assert urlsplit(aki.url).path == "/sign-in"


def test_who_presses_cancel_reads_so_and_can_go_on(aki, served, axe):
    base, _ = served
    aki.goto(f"{base}/sign-in")
    aki.locator('form[action="/auth/line"] button').click()
    aki.get_by_role("link", name="Cancel").click()
    aki.wait_for_url(f"{base}/sign-in?said=provider_cancelled")
    expect(aki.get_by_text(t("said.provider_cancelled"))).to_be_visible()
    axe(aki)


def test_what_went_wrong_is_said_and_leads_on(aki, served, axe):
    base, _ = served
    aki.goto(f"{base}/auth/line/callback?code=invalid&state=invalid")
    expect(aki.get_by_role("alert")).to_have_text(t("errors.handshake_over"))
    axe(aki)
    aki.get_by_role("button", name=t("provider.once_more", provider="LINE")).click()
    aki.wait_for_url("http://127.0.0.1:*/**")
