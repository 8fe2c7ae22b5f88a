"""Signing in by mail through the API: the code counts in the browser that asked, once, and not for ever."""

from __future__ import annotations

import pytest

from tamemap import clock, config
from tamemap.services.mail_codes import ASKS_PER_MAIL
from tests.factories import DAY, HOUR
from tests.web.browsers import API, mailed_code, problem


def asked(browser, mail="aki@example.jp"):
    """Have a code sent to this address; the code."""
    answer = browser.post(f"{API}/sign-in", json={"mail": mail})
    assert answer.status_code == 202, answer.text
    return mailed_code()


def wrong(code):
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_aki_signs_in_with_the_code_and_is_known_then(world, visit):
    browser = visit()
    answer = browser.post(f"{API}/sign-in", json={"mail": " Aki@Example.jp "})
    assert (answer.status_code, answer.json()["mail"]) == (202, "aki@example.jp")
    assert answer.json()["expires_at"] == "2026-11-22T12:15:00+09:00"
    signed_in = browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": mailed_code()})
    assert signed_in.json()["name"] == "Aki"
    assert signed_in.json()["new_person"] is False
    me = browser.get(f"{API}/me").json()
    assert (me["signed_in"], me["name"], me["mail"]) == (True, "Aki", "aki@example.jp")
    assert me["residence"] == {"code": "432032", "name": "人吉市"}


@pytest.mark.parametrize("name", ["tamemap_browser", "tamemap_session"])
def test_the_cookies_are_out_of_reach_of_scripts_and_of_other_sites(world, visit, name):
    browser = visit()
    answer = browser.post(f"{API}/sign-in", json={"mail": "aki@example.jp"})
    if name == "tamemap_session":
        answer = browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": mailed_code()})
    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(name)]
    said = cookie.lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    if name == "tamemap_session":
        assert f"max-age={90 * 86400}" in said


def test_by_https_the_cookies_are_secure(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_BASE_URL", "https://tamemap.example.jp")
    config.settings.cache_clear()
    answer = visit().post(f"{API}/sign-in", json={"mail": "aki@example.jp"})
    assert "; secure" in answer.headers["set-cookie"].lower()


def test_the_browser_keeps_its_key_and_gets_no_second_one(world, visit):
    browser = visit()
    asked(browser)
    key = browser.cookies["tamemap_browser"]
    assert "set-cookie" not in browser.post(f"{API}/sign-in", json={"mail": "aki@example.jp"}).headers
    assert browser.cookies["tamemap_browser"] == key


def test_without_the_browsers_cookie_the_right_code_is_worth_nothing(world, visit):
    browser = visit()
    code = asked(browser)
    for stranger in (visit(), visit()):
        said = problem(stranger.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}), 422,
                       "sign_in_code_wrong", "code")  # fmt: skip
        assert said["tries_left"] == 0
        assert stranger.get(f"{API}/me").json()["signed_in"] is False
    other = visit()
    asked(other, "chie@example.jp")
    problem(other.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}), 422, "sign_in_code_wrong", "code")
    assert browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}).status_code == 200


def test_five_wrong_tries_are_counted_down_and_end_the_code(world, visit):
    browser = visit(**{"accept-language": "en"})
    code = asked(browser)
    for left in (4, 3, 2, 1, 0):
        answer = browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": wrong(code)})
        said = problem(answer, 422, "sign_in_code_wrong", "code")
        assert said["tries_left"] == left
        assert said["detail"].isascii()
    problem(browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}), 422, "sign_in_code_wrong", "code")


def test_a_code_is_good_once_and_for_a_quarter_of_an_hour(world, visit):
    browser = visit()
    code = asked(browser)
    assert browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}).status_code == 200
    problem(browser.post(f"{API}/sign-in/code", json={"mail": "aki@example.jp", "code": code}), 422, "sign_in_code_wrong", "code")
    late = asked(browser)
    with clock.frozen_at(clock.now() + HOUR):
        wish = {"mail": "aki@example.jp", "code": late}
        problem(browser.post(f"{API}/sign-in/code", json=wish), 422, "sign_in_code_wrong", "code")


def test_full_width_digits_are_digits(world, visit):
    browser = visit()
    code = asked(browser).translate({ord(str(digit)): "０１２３４５６７８９"[digit] for digit in range(10)})
    assert (
        browser.post(f"{API}/sign-in/code", json={"mail": "ａｋｉ＠example.jp", "code": f"{code[:3]} {code[3:]}"}).status_code
        == 200
    )


def test_a_new_address_makes_a_new_person_with_a_name_to_begin_with(world, visit):
    browser = visit()
    code = asked(browser, "gin@example.jp")
    me = browser.post(f"{API}/sign-in/code", json={"mail": "gin@example.jp", "code": code}).json()
    assert me["new_person"] is True
    assert me["name"]


@pytest.mark.parametrize(
    ("mail", "code"), [("", "mail_missing"), ("aki", "mail_wrong"), ("aki@", "mail_wrong"), ("a b@example.jp", "mail_wrong")]
)
def test_what_is_no_address_is_refused(world, visit, mail, code):
    problem(visit().post(f"{API}/sign-in", json={"mail": mail}), 422, code, "mail")
    problem(visit().post(f"{API}/sign-in/code", json={"mail": mail, "code": "123456"}), 422, code, "mail")


def test_an_unknown_address_is_answered_as_a_known_one(world, visit):
    known, unknown = (visit().post(f"{API}/sign-in", json={"mail": mail}) for mail in ("aki@example.jp", "nobody@example.jp"))
    assert (known.status_code, set(known.json())) == (unknown.status_code, set(unknown.json()))


def test_who_asks_for_mail_after_mail_is_asked_to_wait(world, visit):
    browser = visit()
    for _ in range(ASKS_PER_MAIL):
        asked(browser)
    refused = browser.post(f"{API}/sign-in", json={"mail": "aki@example.jp"})
    problem(refused, 429, "sign_in_too_many")
    assert int(refused.headers["retry-after"]) > 0


def test_signing_out_ends_the_session_and_not_only_the_cookie(world, visit):
    browser = visit(world.aki)
    token = browser.cookies["tamemap_session"]
    for _ in range(2):
        answer = browser.post(f"{API}/sign-out")
        assert answer.status_code == 204
        assert 'tamemap_session=""' in answer.headers["set-cookie"]
    thief = visit()
    thief.cookies.set("tamemap_session", token)
    assert thief.get(f"{API}/me").json()["signed_in"] is False


def test_a_session_ends_after_ninety_days(world, visit):
    browser = visit(world.aki)
    with clock.frozen_at(clock.now() + 89 * DAY):
        assert browser.get(f"{API}/me").json()["signed_in"] is True
    with clock.frozen_at(clock.now() + 91 * DAY):
        assert browser.get(f"{API}/me").json()["signed_in"] is False


def test_who_am_i(world, visit):
    guest = visit().get(f"{API}/me")
    assert guest.headers["cache-control"] == "private, no-store"
    assert (guest.json()["signed_in"], guest.json()["name"], guest.json()["roles"]) == (False, "", [])
    ben = visit(world.ben).get(f"{API}/me").json()
    level = {"level": "lead", "department": ""}
    assert ben["roles"] == [{"role": "staff", "municipality": {"code": "432032", "name": "人吉市"}, "region": None} | level]
    assert (ben["may_enter_desk"], ben["residence"]) == (True, None)
    emi = visit(world.emi).get(f"{API}/me").json()
    region = {"slug": "hitoyoshi-kuma", "name": "人吉球磨"}
    assert [(one["role"], one["municipality"], one["region"]) for one in emi["roles"]] == [("operator", None, region)]


def test_another_site_signs_nobody_in_or_out(world, visit):
    aki = visit(world.aki)
    for address in ("sign-in", "sign-in/code", "sign-out"):
        problem(aki.post(f"{API}/{address}", json={}, headers={"Origin": "https://example.com"}), 403, "other_site")
    assert aki.get(f"{API}/me").json()["signed_in"] is True


def test_a_broken_cookie_is_no_cookie(world, visit):
    for cookie in ("tamemap_session=", "tamemap_session=%00", 'tamemap_session="', "a=b; ;;=", "x" * 5000):
        assert visit().get(f"{API}/me", headers={"Cookie": cookie}).json()["signed_in"] is False
