"""``/me/ways``: looked at any time, changed in a fresh session, offered right after the first sign-in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, config, db, session
from tamemap.i18n import t
from tamemap.models import Identity, Passkey, Person, SignedIn
from tests.services.people_rows import identity, passkey
from tests.web.browsers import last_mail, mailed_code
from tests.web.pages import read
from tests.web.test_sign_in_document import asked, cookie, mailed

HERE = "/me/ways"
HOUR = timedelta(hours=1)
GINA, NEW = "gina@example.jp", "aki.new@example.jp"


@pytest.fixture
def line(world, monkeypatch):
    """LINE is switched on."""
    monkeypatch.setenv("TAMEMAP_OIDC_LINE_ID", "1")
    monkeypatch.setenv("TAMEMAP_OIDC_LINE_SECRET", "s" * 32)
    config.settings.cache_clear()


def kept(make, actor) -> str:
    """Make a row of this person; its public id."""
    with db.transaction(write=True) as tx:
        return make(tx, actor).public_id


def mail_of(actor) -> str | None:
    with db.transaction(write=False) as tx:
        return tx.exec(select(Person.mail).where(Person.id == actor.person_id)).one()


def rows(table) -> int:
    with db.transaction(write=False) as tx:
        return len(tx.exec(select(table)).all())


def first_sign_in(browser, mail: str = GINA, then: str = "/post"):
    asked(browser, mail, then)
    return browser.post("/sign-in/code", data={"code": mailed()[0]})


def test_who_is_here_for_the_first_time_is_offered_a_passkey_and_goes_on_with_one_tap(world, visit):
    gina = visit()
    answer = first_sign_in(gina)
    assert answer.headers["location"] == "/me/ways?welcome=1&then=%2Fpost"
    page = read(gina.get(answer.headers["location"])).one("main")
    offer = page.one("div", data_passkey="new")
    assert (offer["data-then"], "hidden" in offer.attributes) == ("/post", True)
    assert page.one("a", class_="tm-button--primary")["href"] == "/post"
    second = visit()
    assert first_sign_in(second).headers["location"] == "/post"


def test_the_first_time_by_the_link_is_the_same(world, visit):
    gina = visit()
    asked(gina, GINA)
    answer = gina.post("/auth/mail", data={"token": mailed()[1]})
    assert answer.headers["location"] == "/me/ways?welcome=1"
    assert read(gina.get(answer.headers["location"])).one("main").one("a", class_="tm-button--primary")["href"] == "/"


@pytest.mark.parametrize("then", ["//evil.example", "https://evil.example", "javascript:alert(1)", "/\\evil.example"])
def test_the_welcome_leads_nobody_to_a_stranger(world, visit, then):
    page = read(visit(world.aki).get(HERE, params={"welcome": "1", "then": then})).one("main")
    assert page.one("a", class_="tm-button--primary")["href"] == "/"
    assert page.one("div", data_passkey="new")["data-then"] == "/"


def test_aki_changes_her_address(world, visit):
    aki = visit(world.aki)
    assert "aki@example.jp" in read(aki.get(HERE)).one("section", aria_labelledby="by-mail").text
    answer = aki.post(f"{HERE}/mail", data={"mail": NEW})
    assert answer.headers["location"] == f"{HERE}/mail"
    assert NEW in read(aki.get(f"{HERE}/mail")).one("main").text
    code = mailed_code()
    bad = aki.post(f"{HERE}/mail", data={"code": "000000"})
    assert (bad.status_code, read(bad).one("p", role="alert").text) == (422, t("errors.sign_in_code_wrong"))
    done = aki.post(f"{HERE}/mail", data={"code": code})
    assert done.headers["location"] == f"{HERE}?said=ways_mail"
    assert mail_of(world.aki) == NEW
    assert last_mail()["to"] == "aki@example.jp"
    assert t("said.ways_mail") in read(aki.get(done.headers["location"])).text
    assert aki.get(f"{HERE}/mail").headers["location"] == HERE


@pytest.mark.parametrize(("mail", "code"), [("", "mail_missing"), ("aki", "mail_wrong"), ("AKI@example.jp", "mail_is_yours")])
def test_what_is_no_new_address_is_said_and_kept(world, visit, mail, code):
    answer = visit(world.aki).post(f"{HERE}/mail", data={"mail": mail})
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", id="mail-error").text == t(f"errors.{code}")
    assert page.one("input", name="mail")["value"] == mail


def test_passkeys_are_listed_renamed_and_removed(world, visit):
    which = kept(passkey, world.aki)
    aki = visit(world.aki)
    assert "ノート" in read(aki.get(HERE)).one("section", aria_labelledby="by-passkey").text
    answer = aki.post(f"{HERE}/passkeys/{which}", data={"name": "台所"})
    assert "台所" in read(aki.get(answer.headers["location"])).one("section", aria_labelledby="by-passkey").text
    assert aki.post(f"{HERE}/passkeys/{which}", data={"name": ""}).status_code == 422
    assert visit(world.chie).post(f"{HERE}/passkeys/{which}", data={"do": "remove"}).status_code == 404
    assert aki.post(f"{HERE}/passkeys/{which}", data={"do": "remove"}).headers["location"] == f"{HERE}?said=ways_removed"
    assert rows(Passkey) == 0
    assert "台所" in last_mail()["text"]


def test_providers_are_added_and_taken_away(world, visit, line):
    which = kept(identity, world.aki)
    aki = visit(world.aki)
    page = read(aki.get(HERE)).one("section", aria_labelledby="by-others")
    form = page.one("form", action="/auth/line")
    assert {node["name"]: node["value"] for node in form.all("input")} == {"purpose": "add", "then": HERE}
    assert aki.post(f"{HERE}/identities/{which}").headers["location"] == f"{HERE}?said=ways_removed"
    assert rows(Identity) == 0
    assert aki.post(f"{HERE}/identities/{which}").status_code == 404


def test_the_last_way_stays_and_it_is_said_what_to_add_first(world, visit):
    which = kept(passkey, world.aki)
    with db.transaction(write=True) as tx:
        tx.get(Person, world.aki.person_id).mail = None
    answer = visit(world.aki).post(f"{HERE}/passkeys/{which}", data={"do": "remove"})
    assert answer.status_code == 409
    assert t("errors.way_is_last") in read(answer).one("div", role="alert").text
    assert rows(Passkey) == 1


def test_after_an_hour_aki_shows_who_she_is_before_anything_changes(world, visit, line):
    which = kept(passkey, world.aki)
    aki = visit(world.aki)
    before = aki.cookies[session.COOKIE]
    with clock.frozen_at(clock.now() + HOUR):
        page = read(aki.get(HERE)).one("main")
        assert page.all("form", action=f"{HERE}/mail") == []
        assert page.all("section", aria_labelledby="by-others") == []
        assert len(page.all("div", data_passkey="again")) == 1
        answer = aki.post(f"{HERE}/passkeys/{which}", data={"do": "remove"})
        assert (answer.status_code, rows(Passkey)) == (401, 1)
        assert t("errors.ways_need_proof") in read(answer).one("main").text
        sent = aki.post(f"{HERE}/proof")
        assert sent.headers["location"] == f"{HERE}?proof=sent"
        assert len(read(aki.get(sent.headers["location"])).one("main").all("input", name="code")) == 1
        code = mailed_code()
        bad = aki.post(f"{HERE}/proof", data={"code": "000000"})
        assert (bad.status_code, read(bad).one("p", role="alert").text) == (422, t("errors.sign_in_code_wrong"))
        done = aki.post(f"{HERE}/proof", data={"code": code})
        assert done.headers["location"] == f"{HERE}?said=ways_proved"
        assert cookie(done, session.COOKIE).value != before
        assert aki.post(f"{HERE}/passkeys/{which}", data={"do": "remove"}).status_code == 303
    assert (rows(Passkey), rows(SignedIn)) == (0, 1)


def test_guests_are_sent_to_sign_in_and_no_other_site_posts_here(world, visit):
    aki = visit(world.aki)
    for path in (HERE, f"{HERE}/mail"):
        assert visit().get(path).headers["location"].startswith("/sign-in?then=%2Fme%2Fways")
    for path in ("mail", "proof", "passkeys/x", "identities/x"):
        assert visit().post(f"{HERE}/{path}").headers["location"].startswith("/sign-in?then=%2Fme%2Fways")
        assert aki.post(f"{HERE}/{path}", headers={"Origin": "https://evil.example"}).status_code == 403


def test_the_sign_in_page_shows_every_way_that_is_switched_on(world, visit, line):
    answer = visit().get("/sign-in?then=/me")
    page = read(answer).one("main")
    assert page.one("form", action="/auth/line").one("input", name="then")["value"] == "/me"
    assert page.one("div", data_passkey="enter")["data-then"] == "/me"
    forms = [node["action"] for node in page.all("form")]
    assert forms[0] == "/sign-in"
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["form-action"].split() == ["'self'", "https://access.line.me"]


def test_without_providers_there_are_none_on_the_page(world, visit):
    page = read(visit().get("/sign-in")).one("main")
    assert [node["action"] for node in page.all("form")] == ["/sign-in"]
