"""``/sign-in``: by mail, with plain forms, in the browser that asked."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie

import pytest
from sqlmodel import func, select

from tamemap import clock, config, db, session
from tamemap.i18n import t
from tamemap.models import OutboxEntry, SignedIn
from tamemap.services.mail_codes import ASKS_PER_MAIL
from tests.factories import HOUR
from tests.web.pages import read

MAIL = "aki@example.jp"


def mailed() -> tuple[str, str]:
    """The code and the link of the newest mail on its way."""
    with db.transaction(write=False) as tx:
        rows = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail").order_by(OutboxEntry.id)).all()
    text = rows[-1].payload["text"]
    code, token = re.search(r"\b\d{6}\b", text), re.search(r"/auth/mail\?token=(\S+)", text)
    assert code
    assert token
    return code[0], token[1]


def mails() -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(OutboxEntry).where(OutboxEntry.kind == "mail")).one()


def sessions() -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(SignedIn)).one()


def asked(browser, mail: str = MAIL, then: str = "") -> None:
    """Fill in the form for the mail."""
    answer = browser.post("/sign-in", data={"mail": mail, "then": then})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code?asked=1"), answer.text


def cookie(answer, name: str):
    """The cookie of that name as the answer sets it."""
    for header in answer.headers.get_list("set-cookie"):
        jar = SimpleCookie(header)
        if name in jar:
            return jar[name]
    return None


def test_aki_signs_in_with_the_code_and_goes_on_to_where_she_wanted(world, visit):
    aki = visit()
    form = read(aki.get("/sign-in?then=/me")).one("form", action="/sign-in")
    assert form.one("input", name="then")["value"] == "/me"
    # a person's own passkeys are offered in the field, where the browser has one
    assert form.one("input", name="mail")["autocomplete"] == "username webauthn"
    asked(aki, then="/me")
    page = read(aki.get("/sign-in/code"))
    field = page.one("input", name="code")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    assert MAIL in page.one("main").text
    code, _ = mailed()
    answer = aki.post("/sign-in/code", data={"code": code})
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    made = cookie(answer, session.COOKIE)
    assert (made["httponly"], made["samesite"], made["path"], made["max-age"]) == (True, "lax", "/", str(90 * 86400))
    assert t("sign_in.already", name="Aki") in read(aki.get("/sign-in")).text


def test_the_page_of_the_code_can_be_loaded_again_without_another_mail(world, visit):
    aki = visit()
    asked(aki)
    for _ in range(3):
        assert aki.get("/sign-in/code").status_code == 200
    assert mails() == 1
    assert visit().get("/sign-in/code").headers["location"] == "/sign-in"


def test_a_browser_that_keeps_no_cookies_is_told_so(world, visit):
    back = visit().get("/sign-in/code?asked=1")
    assert back.headers["location"] == "/sign-in?said=no_cookie"
    assert t("said.no_cookie") in visit().get("/sign-in?said=no_cookie").text


def test_a_code_counts_in_the_browser_that_asked_only(world, visit):
    asked(visit())
    code, _ = mailed()
    answer = visit().post("/sign-in/code", data={"mail": MAIL, "code": code})
    assert answer.status_code == 422
    assert sessions() == 0


def test_a_wrong_code_is_said_and_the_address_stays(world, visit):
    aki = visit()
    asked(aki)
    answer = aki.post("/sign-in/code", data={"mail": MAIL, "code": "000000"})
    page = read(answer)
    assert answer.status_code == 422
    assert answer.headers["cache-control"] == "private, no-store"
    assert page.one("p", role="alert").text == t("errors.sign_in_code_wrong")
    assert page.one("input", name="code")["aria-invalid"] == "true"
    assert page.one("form", action="/sign-in/code").one("input", name="mail")["value"] == MAIL
    code, _ = mailed()
    assert aki.post("/sign-in/code", data={"code": f" {code[:3]} {code[3:]} "}).status_code == 303


def test_the_same_answer_for_those_we_know_and_those_we_do_not(world, visit):
    known, unknown = visit(), visit()
    asked(known, "chie@example.jp")
    asked(unknown, "nobody@example.jp")
    pages = [browser.get("/sign-in/code").text for browser in (known, unknown)]
    assert pages[0].replace("chie@", "x@") == pages[1].replace("nobody@", "x@")


@pytest.mark.parametrize(("mail", "code"), [("", "mail_missing"), ("なにか", "mail_wrong"), ("a@b@c", "mail_wrong")])
def test_what_is_no_address_is_said_and_kept(world, visit, mail, code):
    answer = visit().post("/sign-in", data={"mail": mail, "then": "/me"})
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", role="alert").text == t(f"errors.{code}")
    assert (page.one("input", name="mail")["value"], page.one("input", name="then")["value"]) == (mail, "/me")
    assert mails() == 0


def test_too_many_mails_are_refused_with_a_time(world, visit):
    aki = visit()
    for _ in range(ASKS_PER_MAIL):
        asked(aki)
    answer = aki.post("/sign-in", data={"mail": MAIL})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert read(answer).one("p", role="alert").text == t("errors.sign_in_too_many")


def test_opening_the_link_alone_signs_nobody_in(world, visit):
    aki = visit()
    asked(aki, then="/desk")
    _, token = mailed()
    for _ in range(2):
        opened = aki.get(f"/auth/mail?token={token}")
        assert sessions() == 0
    assert opened.headers["referrer-policy"] == "no-referrer"
    assert opened.headers["cache-control"] == "private, no-store"
    form = read(opened).one("form", action="/auth/mail")
    answer = aki.post("/auth/mail", data={"token": form.one("input", name="token")["value"]})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    assert sessions() == 1
    again = aki.post("/auth/mail", data={"token": token})
    assert (again.status_code, sessions()) == (422, 1)


def test_a_link_in_another_browser_says_where_to_type_the_code_and_stays_good(world, visit):
    aki = visit()
    asked(aki)
    _, token = mailed()
    elsewhere = visit().post("/auth/mail", data={"token": token})
    assert elsewhere.status_code == 422
    assert t("errors.sign_in_other_browser") in read(elsewhere).one("div", role="alert").text
    assert aki.post("/auth/mail", data={"token": token}).status_code == 303


def test_a_link_that_is_over_leads_back(world, visit):
    aki = visit()
    asked(aki)
    _, token = mailed()
    with clock.frozen_at(clock.now() + HOUR):
        answer = aki.post("/auth/mail", data={"token": token})
    assert t("errors.sign_in_link_over") in read(answer).one("div", role="alert").text
    assert "/sign-in" in [node["href"] for node in read(answer).one("main").all("a")]
    assert "/sign-in" in [node["href"] for node in read(visit().get("/auth/mail")).one("main").all("a")]


@pytest.mark.parametrize(
    "then",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "%2f%2fevil",
        "\r\nX: y",
    ],
)
def test_nobody_is_sent_to_a_strangers_page(world, visit, then):
    aki = visit()
    page = read(aki.get("/sign-in", params={"then": then}))
    assert page.one("input", name="then")["value"] == ""
    asked(aki, then=then)
    code, _ = mailed()
    assert aki.post("/sign-in/code", data={"code": code}).headers["location"] == "/"
    assert aki.post("/sign-out", data={"then": then}).headers["location"] == "/"


def test_signing_out_ends_the_session_and_takes_the_cookie(world, visit):
    aki = visit(world.aki)
    form = read(aki.get("/sign-in")).one("form", action="/sign-out")
    assert form["method"] == "post"
    answer = aki.post("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert cookie(answer, session.COOKIE)["max-age"] == "0"
    assert sessions() == 0
    assert visit().post("/sign-out").status_code == 303


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code", "/auth/mail", "/sign-out"])
def test_no_other_site_posts_here(world, visit, address):
    answer = visit().post(address, data={"mail": MAIL}, headers={"Origin": "https://evil.example"})
    assert (answer.status_code, mails()) == (403, 0)


def test_the_page_says_where_mails_go_when_nobody_sends_them(world, visit, monkeypatch):
    assert t("sign_in.mail_files", folder="X").split("X")[1] in read(visit().get("/sign-in")).text
    monkeypatch.setenv("TAMEMAP_MAIL_URL", "smtp://localhost:2525")
    config.settings.cache_clear()
    assert "/mail" not in read(visit().get("/sign-in")).one("main").text


@pytest.mark.parametrize("broken", ["tamemap_sign_in=%%%", "tamemap_sign_in=____", "tamemap_sign_in=gICA"])
def test_a_broken_cookie_leads_to_the_start(world, visit, broken):
    assert visit().get("/sign-in/code", headers={"Cookie": broken}).headers["location"] == "/sign-in"
