"""Aki signs in by LINE, Google, Apple and the town's own accounts, at real, certified providers (npm's oidc-provider)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlmodel import func, select

from tamemap import clock, config, db, session
from tamemap.gateways import oidc
from tamemap.i18n import t
from tamemap.models import Handshake, Identity, Notice, Person, SignedIn
from tests.factories import NISHIKI
from tests.oidc.providers import ADDRESSES, OURS, Visitor, running
from tests.web.browsers import browser

SIGN_IN = ["line", "google", "apple", "town"]


@pytest.fixture(scope="module")
def providers():
    with running() as made:
        yield made


@pytest.fixture
def on(world, providers, monkeypatch):
    """All providers are switched on; the clock is the real one, as theirs is."""
    for name, value in providers.settings().items():
        monkeypatch.setenv(name, value)
    config.settings.cache_clear()
    oidc.forget()
    with clock.frozen_at(datetime.now(UTC)):
        yield providers


def leaves(client, name: str, path: str = "", **form: str) -> str:
    """Presses a provider's button; the address that the browser goes on to."""
    answer = client.post(path or f"/auth/{name}", data=form, headers={"origin": OURS})
    if answer.status_code == 200:  # a page that leads on by itself
        return answer.text.split('http-equiv="refresh" content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def returns(client, back):
    """The browser comes back to us as the provider sends it; from a form of its page without our cookies."""
    if back.method == "GET":
        return client.get(back.path, params=back.fields)
    stranger = browser()
    answer = stranger.post(back.path, data=back.fields, headers={"origin": "https://appleid.apple.com",
                                                                 "sec-fetch-site": "cross-site"})  # fmt: skip
    assert (answer.status_code, answer.headers.get_list("set-cookie")) == (303, [])
    return client.get(answer.headers["location"])


def dances(client, name: str, login: str = "aki", **form: str):
    return returns(client, Visitor(login).goes_to(leaves(client, name, **form)))


def me(client) -> dict:
    return client.get("/api/v1/me").json()


def count(table, *where) -> int:
    with db.transaction(write=False) as tx:
        return tx.exec(select(func.count()).select_from(table).where(*where)).one()


@pytest.mark.parametrize("name", SIGN_IN)
def test_a_stranger_comes_in_and_is_known_again(on, name):
    client = browser()
    answer = dances(client, name, then="/b/hitoyoshi-hiroba")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/ways?welcome=1&then=%2Fb%2Fhitoyoshi-hiroba")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith(session.COOKIE + "="))
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    first = me(client)
    again = browser()
    answer = dances(again, name, then="/b/hitoyoshi-hiroba")
    assert (answer.status_code, answer.headers["location"]) == (303, "/b/hitoyoshi-hiroba")
    assert me(again) == first
    with db.transaction(write=False) as tx:
        identity = tx.exec(select(Identity)).one()
        person = tx.get_one(Person, identity.person_id)
        ways = tx.exec(select(SignedIn.way, SignedIn.strong_at)).all()
    assert (identity.provider, person.mail) == (name, None)
    assert "aki" not in identity.subject_hash
    assert list(ways) == [(name, None), (name, None)]


@pytest.mark.parametrize("name", SIGN_IN)
def test_what_is_asked_for_is_as_little_as_can_be(on, name):
    url = leaves(browser(), name)
    asked = dict(parse_qsl(urlsplit(url).query))
    assert (asked["response_type"], asked["scope"], asked["code_challenge_method"]) == ("code", "openid", "S256")
    assert asked["redirect_uri"] == f"{OURS}/auth/{name}/callback"
    assert min(len(asked[one]) for one in ("state", "nonce", "code_challenge")) >= 43
    assert asked.get("response_mode") == ("form_post" if name == "apple" else None)
    with db.transaction(write=False) as tx:
        kept = tx.exec(select(Handshake)).one()
    assert asked["state"] not in kept.key_hash
    assert kept.secret["verifier"] not in url


def test_two_people_are_two(on):
    aki, chie = browser(), browser()
    dances(aki, "google", "aki")
    dances(chie, "google", "chie")
    assert me(aki)["id"] != me(chie)["id"]
    assert count(Identity) == 2


def test_the_same_name_at_two_providers_is_not_the_same_person(on):
    one, other = browser(), browser()
    dances(one, "google", "aki")
    dances(other, "town", "aki")
    assert me(one)["id"] != me(other)["id"]


def test_aki_adds_google_to_her_ways_and_comes_in_by_it(on, world, visit):
    client = visit(world.aki)
    answer = dances(client, "google", purpose="add")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/ways?said=provider_added")
    assert not answer.headers.get_list("set-cookie")
    assert count(Notice, Notice.code == "way_identity_added", Notice.person_id == world.aki.person_id) == 1
    other = browser()
    assert dances(other, "google").headers["location"] == "/"
    assert me(other)["id"] == world.aki.public_id
    # once more is no mistake
    assert dances(client, "google", purpose="add").headers["location"] == "/me/ways?said=provider_added"
    assert count(Identity) == 1


def test_an_account_that_is_somebody_elses_can_be_merged(on, world, visit):
    dances(browser(), "google")
    answer = dances(visit(world.aki), "google", purpose="add")
    assert answer.headers["location"].startswith("/me/merge?key=")
    assert count(Handshake, Handshake.kind == "merge", Handshake.person_id == world.aki.person_id) == 1
    assert count(Identity, Identity.person_id == world.aki.person_id) == 0


def test_a_guest_adds_nothing(on):
    answer = browser().post("/auth/google", data={"purpose": "add"}, headers={"origin": OURS})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?then=%2Fauth%2Fgoogle")
    assert count(Handshake) == 0


def test_who_had_to_show_again_who_they_are_stands_at_the_form_again(on, world, visit):
    client = visit(world.aki)
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        answer = client.post("/auth/google", data={"purpose": "add"}, headers={"origin": OURS})
    assert answer.headers["location"] == "/auth/again?then=%2Fauth%2Fgoogle"
    assert client.get("/auth/google").headers["location"] == "/me/ways"
    assert client.get("/auth/residence").headers["location"] == "/me/residence"
    assert client.get("/auth/nobody").status_code == 404


def test_the_sign_in_page_shows_who_is_on_and_says_that_it_was_cancelled(on, world):
    page = browser().get("/sign-in", params={"said": "provider_cancelled", "then": "/post"})
    assert t("said.provider_cancelled") in page.text
    assert [name for name in SIGN_IN if f'action="/auth/{name}"' in page.text] == SIGN_IN
    assert "町の職員アカウント" in page.text
    assert t("said.provider_cancelled") not in browser().get("/sign-in?said=residence_proved").text
    allowed = page.headers["content-security-policy"].split("form-action ")[1].split(";")[0].split()
    assert allowed == ["'self'", *(on.urls[name] for name in ("line", "apple", "digital"))]


def test_who_has_left_is_a_new_person_when_they_come_back(on):
    client = browser()
    dances(client, "google")
    old = me(client)["id"]
    with db.transaction(write=True) as tx:
        tx.exec(select(Person).where(Person.public_id == old)).one().left_at = clock.now()
    again = browser()
    assert dances(again, "google").headers["location"].startswith("/me/ways?welcome=1")
    assert me(again)["id"] not in {old, None}


@pytest.mark.parametrize(
    ("name", "back"),
    [
        ("line", "/sign-in?said=provider_cancelled&then=%2Fb%2Fx"),
        ("apple", "/sign-in?said=provider_cancelled&then=%2Fb%2Fx"),
        ("google", "/me/ways?said=provider_cancelled"),
    ],
)
def test_who_presses_cancel_is_back_with_a_friendly_word(on, world, visit, name, back):
    purpose = "add" if back.startswith("/me") else "sign_in"
    client = visit(world.aki) if purpose == "add" else browser()
    url = leaves(client, name, purpose=purpose, then="/b/x")
    answer = returns(client, Visitor("aki").goes_to(url, cancels=True))
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    assert count(Identity) == 0


def test_an_answer_is_good_once(on):
    client = browser()
    back = Visitor("aki").goes_to(leaves(client, "google"))
    assert returns(client, back).status_code == 303
    again = browser()
    again.cookies.update(client.cookies)
    answer = returns(again, back)
    assert answer.status_code == 422
    assert t("errors.handshake_over") in answer.text
    assert count(SignedIn) == 1


def test_a_code_is_good_once_even_with_another_state(on):
    client = browser()
    visitor = Visitor("aki")
    back = visitor.goes_to(leaves(client, "google"))
    assert returns(client, back).status_code == 303
    fresh = visitor.goes_to(leaves(client, "google"))
    fresh.fields["code"] = back.fields["code"]
    assert returns(client, fresh).status_code == 422
    assert count(SignedIn) == 1


def test_an_answer_is_good_only_in_the_browser_that_asked(on):
    """Chie shall not be signed in as Aki by a link of Aki's (login CSRF)."""
    aki, chie = browser(), browser()
    back = Visitor("aki").goes_to(leaves(aki, "google"))
    leaves(chie, "google")
    assert returns(chie, back).status_code == 422
    assert count(SignedIn) == 0
    # and it is not used up by that
    assert returns(aki, back).status_code == 303


def test_an_answer_is_good_only_for_the_provider_that_was_asked(on):
    client = browser()
    back = Visitor("aki").goes_to(leaves(client, "google"))
    answer = client.get("/auth/town/callback", params=back.fields)
    assert answer.status_code == 422
    assert t("errors.handshake_over") in answer.text
    assert count(SignedIn) == 0


def test_a_purpose_that_there_is_not_is_refused(on, world, visit):
    page = visit(world.ben).post("/auth/google", data={"purpose": "again", "then": "/desk"}, headers={"origin": OURS})
    assert page.status_code == 422
    assert t("errors.purpose_unknown") in page.text


def test_nobody_is_sent_to_a_strangers_page(on):
    answer = dances(browser(), "google", then="https://evil.example/")
    assert answer.headers["location"] == "/me/ways?welcome=1"
    answer = dances(browser(), "google", then="//evil.example/")
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("name", ["nobody", "LINE", "evil.example", "google%2f..", "residence2"])
def test_a_provider_that_is_not_there_is_not_found(on, name):
    assert browser().post(f"/auth/{name}", headers={"origin": OURS}).status_code == 404
    assert browser().get(f"/auth/{name}/callback").status_code == 404
    assert browser().post(f"/auth/{name}/callback").status_code == 404


def test_without_settings_there_is_none(world):
    assert oidc.configured() == ()
    assert browser().post("/auth/google", headers={"origin": OURS}).status_code == 404


def test_only_apples_answer_may_come_from_another_site(on):
    foreign = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert browser().post("/auth/google", headers=foreign).status_code == 403
    assert browser().post("/auth/residence", headers=foreign).status_code == 403
    # and the open door does nothing: no provider but Apple's has it, and it leads to our own page only
    assert browser().post("/auth/google/callback", headers=foreign, data={"code": "x"}).status_code == 404
    answer = browser().post(
        "/auth/apple/callback", headers=foreign, data={"code": "x", "state": "y", "user": "{}", "then": "//evil"}
    )
    assert answer.headers["location"] == "/auth/apple/callback?state=y&code=x"
    assert browser().put("/auth/apple/callback", headers=foreign).status_code == 403
    assert browser().post("/auth/apple/callback", headers=foreign, content=b"a" * 70_000).status_code == 413


def test_after_lines_app_has_failed_the_next_try_does_without_it(on):
    client = browser()
    assert "disable_auto_login" not in leaves(client, "line")
    # what LINE's app answers then: a state that was never ours
    page = client.get("/auth/line/callback", params={"code": "invalid", "state": "invalid"})
    assert page.status_code == 422
    assert 'name="again" value="1"' in page.text
    assert "disable_auto_login=true" in leaves(client, "line", again="1")


def test_english_stays_english(on):
    client = browser()
    url = leaves(client, "line", path="/auth/line?lang=en")
    assert "ui_locales=en" in url
    back = Visitor("aki").goes_to(url, cancels=True)
    assert returns(client, back).headers["location"] == "/sign-in?lang=en&said=provider_cancelled"
    back = Visitor("aki").goes_to(leaves(client, "line", path="/auth/line?lang=en"))
    back.fields["code"] = "wrong"
    page = returns(client, back)
    assert page.status_code == 422
    assert '<html lang="en"' in page.text


def test_a_card_proves_the_town_and_the_address_is_kept_nowhere(on, world, visit, caplog):
    caplog.set_level("DEBUG")
    client = visit(world.chie)
    url = leaves(client, "residence")
    assert dict(parse_qsl(urlsplit(url).query))["scope"] == "openid address"
    answer = returns(client, Visitor("aki").goes_to(url))
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/residence?said=residence_proved")
    with db.transaction(write=False) as tx:
        person = tx.get_one(Person, world.chie.person_id)
        assert (person.proved_code, person.residence_code) == (NISHIKI, NISHIKI)
        kept = [tuple(row) for table in Person.metadata.sorted_tables for row in tx.execute(table.select())]
    assert not [row for row in kept if "一武" in str(row)]
    assert "一武" not in caplog.text
    assert count(Identity) == 0


@pytest.mark.parametrize("login", ["chie", "dai"])
def test_an_address_elsewhere_proves_nothing_and_is_told_kindly(on, world, visit, login):
    client = visit(world.aki)
    page = returns(client, Visitor(login).goes_to(leaves(client, "residence")))
    assert page.status_code == 422
    assert "どこにも残していません" in page.text
    assert ADDRESSES["chie"] not in page.text
    with db.transaction(write=False) as tx:
        assert tx.get_one(Person, world.aki.person_id).proved_code is None


def test_a_card_proves_only_for_who_began(on, world, visit):
    aki, ben = visit(world.aki), visit(world.ben)
    back = Visitor("aki").goes_to(leaves(aki, "residence"))
    ben.cookies.set("tamemap_browser", aki.cookies["tamemap_browser"])
    assert returns(ben, back).status_code == 422
    guest = browser().post("/auth/residence", headers={"origin": OURS})
    assert (guest.status_code, guest.headers["location"]) == (303, "/sign-in?then=%2Fauth%2Fresidence")


def test_who_cancels_at_the_card_app_is_told_of_the_other_way(on, world, visit):
    client = visit(world.aki)
    answer = returns(client, Visitor("aki").goes_to(leaves(client, "residence"), cancels=True))
    assert answer.headers["location"] == "/me/residence?said=residence_cancelled"
