"""``/auth/again``: Ben shows once more who he is before he works as staff, by passkey or by mail; nobody else is held up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, config, db, session
from tamemap.i18n import t
from tamemap.models import Person, SignedIn
from tamemap.queries.people import actor_of_session
from tests.services.authenticator import HOME, Authenticator
from tests.web.browsers import last_mail, mailed_code, signed_in
from tests.web.pages import read
from tests.web.test_passkeys import AUTH, asked, made, with_session

AGAIN = "/auth/again"


@pytest.fixture(autouse=True)
def at_home(monkeypatch, world):
    """People reach us at http://localhost:8000."""
    monkeypatch.setenv("TAMEMAP_BASE_URL", HOME)
    config.settings.cache_clear()


@pytest.fixture
def ben(world, visit):
    """Ben's browser, in a session whose proof is over."""
    return with_session(visit(), signed_in(world.ben, strong=False))


def who(browser):
    """The actor of a browser's session."""
    with db.transaction(write=False) as tx:
        return actor_of_session(tx, token=browser.cookies[session.COOKIE])


def nothing_to_show(actor):
    """This person came in by another program only."""
    with db.transaction(write=True) as tx:
        tx.get_one(Person, actor.person_id).mail = None


def long_ago(actor):
    """This person's sessions were opened two hours ago."""
    with db.transaction(write=True) as tx:
        for one in tx.exec(select(SignedIn).where(SignedIn.person_id == actor.person_id)):
            one.created_at = clock.now() - timedelta(hours=2)
            one.strong_at = one.strong_at and one.created_at
            tx.add(one)


def test_ben_gets_a_code_to_his_own_address_and_goes_on_to_the_desk(world, ben):
    page = read(ben.get(f"{AGAIN}?then=/desk/staff?page=2"))
    assert page.one("h1").text.strip() == t("again.title_desk")
    sent = ben.post(AGAIN, data={"then": "/desk/staff?page=2"})
    assert (sent.status_code, last_mail()["to"]) == (303, "ben@example.jp")
    before = ben.cookies[session.COOKIE]
    form = read(ben.get(sent.headers["location"]))
    field = form.one("input", name="code")
    assert (field["autocomplete"], field["inputmode"]) == ("one-time-code", "numeric")
    then = form.all("input", name="then")[0]["value"]
    answer = ben.post(AGAIN, data={"then": then, "code": mailed_code()})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/staff?page=2")
    assert (who(ben).staff_of, ben.cookies[session.COOKIE] != before) == (world.ben.staff_of, True)
    with db.transaction(write=False) as tx:
        assert len(tx.exec(select(SignedIn)).all()) == 1


def test_ben_shows_his_passkey_and_goes_on_to_the_desk(world, visit, ben):
    device = made(visit(world.ben))
    page = read(ben.get(f"{AGAIN}?then=/desk"))
    box = page.one("div", data_passkey="again")
    assert (box["data-then"], page.one("script", src="/passkey.js").tag) == ("/desk", "script")
    options = asked(ben, purpose="again", then=box["data-then"])
    answer = ben.post(f"{AUTH}/enter", json={"credential": device.show(options)})
    assert (answer.json(), who(ben).staff_of) == ({"then": "/desk"}, world.ben.staff_of)


def test_without_a_passkey_none_is_asked_for(ben):
    page = read(ben.get(AGAIN))
    assert page.all("div", data_passkey="again") == []
    assert page.one("input", name="then")["value"] == "/desk"


def test_a_wrong_code_is_said_at_its_field_and_opens_nothing(world, ben):
    ben.post(AGAIN, data={"then": "/desk"})
    wrong = f"{(int(mailed_code()) + 1) % 1_000_000:06d}"
    answer = ben.post(AGAIN, data={"then": "/desk", "code": wrong})
    page = read(answer)
    assert (answer.status_code, page.one("input", name="code")["aria-invalid"]) == (422, "true")
    assert (page.one("input", name="code")["aria-describedby"], who(ben).waiting) == ("code-error", True)


def test_a_code_from_another_browser_and_one_for_signing_in_are_wrong(world, visit, ben):
    ben.post(AGAIN, data={"then": "/desk"})
    other = with_session(visit(), signed_in(world.ben, strong=False))
    assert other.post(AGAIN, data={"code": mailed_code()}).status_code == 422
    visit().post("/sign-in", data={"mail": "ben@example.jp"})
    assert ben.post(AGAIN, data={"code": mailed_code()}).status_code == 422
    assert who(ben).waiting


def test_too_many_mails_are_said_with_when_to_try_again(ben):
    answers = [ben.post(AGAIN, data={"then": "/desk"}) for _ in range(7)]
    assert (answers[-1].status_code, int(answers[-1].headers["retry-after"]) > 0) == (429, True)
    assert t("errors.sign_in_too_many") in read(answers[-1]).text


def test_who_does_not_wait_goes_straight_on_and_guests_sign_in(world, visit):
    assert visit(world.ben).get(f"{AGAIN}?then=/desk").headers["location"] == "/desk"
    assert visit(world.aki).get(f"{AGAIN}?then=/me").headers["location"] == "/me"
    assert visit(world.aki).post(AGAIN, data={"then": "/me"}).headers["location"] == "/me"
    guest = visit().get(f"{AGAIN}?then=/desk").headers["location"]
    assert guest == "/sign-in?then=%2Fauth%2Fagain%3Fthen%3D%2Fdesk"
    assert visit().post(AGAIN, data={"then": "/desk"}).headers["location"] == "/sign-in?then=%2Fauth%2Fagain"


@pytest.mark.parametrize("then", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_led_to_a_strangers_page(world, visit, ben, then):
    assert visit(world.ben).get(AGAIN, params={"then": then}).headers["location"] == "/desk"
    assert read(ben.get(AGAIN, params={"then": then})).one("input", name="then")["value"] == "/desk"


def test_staff_without_anything_to_show_are_told_what_to_do(world, ben):
    nothing_to_show(world.ben)
    page = read(ben.get(f"{AGAIN}?then=/desk"))
    assert t("again.nothing_desk") in page.text
    assert page.one("a", href="/me/ways").text.strip() == t("again.to_ways")
    # and are let in there: no circle
    assert ben.get(f"{AGAIN}?then=/me/ways").headers["location"] == "/me/ways"
    assert ben.post(AGAIN, data={"then": "/desk"}).status_code == 409


def test_before_ways_in_are_changed_everybody_shows_who_they_are_when_they_came_long_ago(world, visit):
    aki = visit(world.aki)
    assert aki.get(f"{AGAIN}?then=/me/ways").headers["location"] == "/me/ways"
    long_ago(world.aki)
    assert aki.post(f"{AUTH}/new-options", json={}).json()["code"] == "ways_need_proof"
    assert read(aki.get(f"{AGAIN}?then=/me/ways")).one("h1").text.strip() == t("again.title_ways")
    aki.post(AGAIN, data={"then": "/me/ways"})
    answer = aki.post(AGAIN, data={"then": "/me/ways", "code": mailed_code()})
    assert answer.headers["location"] == "/me/ways"
    assert aki.post(f"{AUTH}/new-options", json={}).status_code == 200


def test_who_has_nothing_to_show_comes_in_again(world, visit):
    nothing_to_show(world.aki)
    aki = visit(world.aki)
    long_ago(world.aki)
    page = read(aki.get(f"{AGAIN}?then=/me/ways"))
    assert t("again.nothing_ways") in page.text
    assert page.one("form", action="/sign-out").one("input", name="then")["value"] == "/sign-in?then=%2Fme%2Fways"


def test_in_english(ben):
    page = read(ben.get(f"{AGAIN}?then=/desk&lang=en"))
    assert page.one("h1").text.strip() == t("again.title_desk", "en")
    sent = ben.post(f"{AGAIN}?lang=en", data={"then": "/desk"})
    assert sent.headers["location"] == "/auth/again?then=%2Fdesk&sent=1&lang=en"


def test_a_passkey_of_somebody_elses_does_not_open_bens_desk(world, visit, ben):
    made(visit(world.ben))
    chies: Authenticator = made(visit(world.chie))
    answer = ben.post(f"{AUTH}/enter", json={"credential": chies.show(asked(ben, purpose="again"))})
    assert (answer.json()["code"], who(ben).waiting) == ("passkey_not_yours", True)
