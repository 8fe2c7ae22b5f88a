"""``/auth/passkey/…``: JSON in, JSON out, a session's cookie at the end, problems in words; only from our own pages."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from sqlmodel import select

from tamemap import config, db, session
from tamemap.i18n import t
from tamemap.models import Passkey, SignedIn
from tests.services.authenticator import HOME, Authenticator
from tests.web.browsers import problem, signed_in
from tests.web.pages import read

AUTH = "/auth/passkey"


@pytest.fixture(autouse=True)
def at_home(monkeypatch, world):
    """People reach us at http://localhost:8000."""
    monkeypatch.setenv("TAMEMAP_BASE_URL", HOME)
    config.settings.cache_clear()


def made(browser, device=None):
    """A passkey of who is signed in in this browser; the device."""
    device = device or Authenticator()
    options = browser.post(f"{AUTH}/new-options", json={}).json()
    answer = browser.post(f"{AUTH}/add", json={"credential": device.make(options)})
    assert answer.status_code == 201, answer.text
    return device


def asked(browser, **wish):
    """The options for showing a passkey."""
    answer = browser.post(f"{AUTH}/options", json=wish)
    assert answer.status_code == 200, answer.text
    return answer.json()


def with_session(browser, token):
    """The same browser with this session, which an answer can replace."""
    browser.cookies.set(session.COOKIE, token, domain="testserver.local", path="/")
    return browser


def rows(table):
    with db.transaction(write=False) as tx:
        return tx.exec(select(table)).all()


def test_aki_makes_a_passkey_and_another_browser_comes_in_by_it(world, visit):
    device = made(visit(world.aki, **{"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}))
    assert rows(Passkey)[0].name == t("passkey.named", device="Windows · Firefox")
    other = visit()
    answer = other.post(f"{AUTH}/enter", json={"credential": device.show(asked(other, then="/me?tab=2"))})
    assert (answer.status_code, answer.json()) == (200, {"then": "/me?tab=2"})
    assert answer.headers["cache-control"] == "private, no-store"
    jar = SimpleCookie(answer.headers["set-cookie"])[session.COOKIE]
    assert (jar["httponly"], jar["samesite"], jar["path"], jar["max-age"]) == (True, "lax", "/", str(90 * 86400))
    assert t("sign_in.already", name="Aki") in read(other.get("/sign-in")).text


def test_the_cookie_is_secure_where_people_come_by_https(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_BASE_URL", "https://tamemap.example.jp")
    config.settings.cache_clear()
    aki, other = visit(world.aki), visit()
    aki.base_url = other.base_url = "https://tamemap.example.jp"
    device = made(aki, Authenticator(origin="https://tamemap.example.jp", host="tamemap.example.jp"))
    answer = other.post(f"{AUTH}/enter", json={"credential": device.show(asked(other))})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "", "x"])
def test_nobody_is_led_to_a_strangers_page(world, visit, then):
    device, other = made(visit(world.aki)), visit()
    answer = other.post(f"{AUTH}/enter", json={"credential": device.show(asked(other, then=then))})
    assert answer.json() == {"then": "/"}


def test_an_answer_counts_once_and_only_in_its_browser(world, visit):
    device, other = made(visit(world.aki)), visit()
    shown = {"credential": device.show(asked(other))}
    problem(visit().post(f"{AUTH}/enter", json=shown), 422, "handshake_over")
    assert other.post(f"{AUTH}/enter", json=shown).status_code == 200
    problem(other.post(f"{AUTH}/enter", json=shown), 422, "handshake_over")


def test_a_session_from_before_is_over_after_a_sign_in(world, visit):
    aki = with_session(visit(), signed_in(world.aki))
    device, before = made(aki), aki.cookies[session.COOKIE]
    aki.post(f"{AUTH}/enter", json={"credential": device.show(asked(aki))})
    assert before != aki.cookies[session.COOKIE]
    assert [one.token_hash for one in rows(SignedIn)] == [session.hashed(aki.cookies[session.COOKIE])]


def test_guests_and_programs_make_no_passkey(world, visit):
    problem(visit().post(f"{AUTH}/new-options", json={}), 401, "sign_in_first")
    problem(visit().post(f"{AUTH}/add", json={"credential": {}}), 401, "sign_in_first")
    problem(visit(authorization="Bearer x").post(f"{AUTH}/new-options", json={}), 401, "sign_in_first")


def test_refusals_are_said_in_the_readers_language(world, visit):
    unknown, english = Authenticator(), visit(**{"accept-language": "en"})
    answer = english.post(f"{AUTH}/enter", json={"credential": unknown.show(asked(english))})
    assert problem(answer, 404, "passkey_unknown")["detail"] == t("errors.passkey_unknown", "en")


@pytest.mark.parametrize("path", ["new-options", "add", "options", "enter"])
@pytest.mark.parametrize("sent", [b"{", b"[]", b"7", b'{"credential": [[[]]], "purpose": {}, "then": [], "name": {}}', b"\xff"])
def test_rubbish_is_a_problem_in_words(world, visit, path, sent):
    answer = visit(world.aki).post(f"{AUTH}/{path}", content=sent, headers={"content-type": "application/json"})
    if path == "new-options":
        assert answer.status_code == 200  # nothing is asked of who is signed in
    else:
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    assert (len(rows(Passkey)), len(rows(SignedIn))) == (0, 1)


@pytest.mark.parametrize("path", ["new-options", "add", "options", "enter"])
def test_other_sites_cannot_ask(world, visit, path):
    aki = visit(world.aki)
    problem(aki.post(f"{AUTH}/{path}", json={}, headers={"origin": "https://evil.example"}), 403, "other_site")
    assert aki.get(f"{AUTH}/{path}").status_code == 405
