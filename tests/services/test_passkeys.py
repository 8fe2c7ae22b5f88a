"""Passkeys with a real (software) authenticator: Aki makes one and comes in by it; copies, strangers and detours are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, config, db, session
from tamemap.domain.actors import STRONG_LIFE, Actor
from tamemap.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from tamemap.models import Handshake, Notice, OutboxEntry, Passkey, Person, SignedIn
from tamemap.queries.passkeys import Proofs, proofs
from tamemap.queries.people import actor_of_session
from tamemap.services import passkeys
from tests.services.authenticator import HOME, Authenticator

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"
GUEST = Actor(client="192.0.2.9")


@pytest.fixture(autouse=True)
def at_home(monkeypatch, world):
    """People reach us at http://localhost:8000."""
    monkeypatch.setenv("TAMEMAP_BASE_URL", HOME)
    config.settings.cache_clear()


def do(function, actor, **given):
    """One service in a transaction of its own, which is forgotten when it is refused."""
    with db.transaction(write=True) as tx:
        return function(tx, actor, **{"browser_key": "akis-phone"} | given)


def made(actor, device=None, browser_key="akis-phone", **given):
    """This person's new passkey on this device; the device."""
    device = device or Authenticator()
    options = do(passkeys.new_options, actor, browser_key=browser_key)
    do(passkeys.add, actor, credential=device.make(options), browser_key=browser_key, **given)
    return device


def entered(device, actor=GUEST, *, purpose="sign_in", then="", browser_key="akis-phone"):
    """How coming in with this device ends."""
    options = do(passkeys.options, actor, purpose=purpose, then=then, browser_key=browser_key)
    return do(passkeys.enter, actor, credential=device.show(options), browser_key=browser_key, user_agent=PHONE)


def who(token):
    """The actor of a session."""
    with db.transaction(write=False) as tx:
        return actor_of_session(tx, token=token)


def tired(actor):
    """The same person, in a session whose proof is over."""
    token = session.new_token()
    with db.transaction(write=True) as tx:
        now = clock.now()
        tx.add(SignedIn(token_hash=session.hashed(token), person_id=actor.person_id, created_at=now, seen_at=now,
                        expires_at=now + timedelta(days=9)))  # fmt: skip
    return token


def rows(table):
    with db.transaction(write=False) as tx:
        return tx.exec(select(table)).all()


def refused(error, code, function, *given, **more):
    with pytest.raises(error) as caught:
        function(*given, **more)
    assert caught.value.code == code


def test_the_options_name_our_host_and_nothing_of_the_person_but_their_name(world):
    options = do(passkeys.new_options, world.aki)
    assert (options["rp"]["id"], options["user"]["name"]) == ("localhost", "Aki")
    assert options["authenticatorSelection"]["residentKey"] == "preferred"
    assert options["authenticatorSelection"]["userVerification"] == "preferred"
    assert options["attestation"] == "none"
    assert world.aki.mail not in str(options)


def test_aki_makes_a_passkey_and_comes_in_by_it_without_typing(world):
    device = made(world.aki, user_agent=PHONE)
    done = entered(device, then="/me")
    assert (done.then, done.person_public_id, who(done.token).person_id) == ("/me", world.aki.public_id, world.aki.person_id)
    opened = rows(SignedIn)[-1]
    assert (opened.way, opened.device, opened.strong_at) == ("passkey", "iPhone · Safari", clock.now())
    kept = rows(Passkey)[0]
    assert (kept.name, kept.used_at, kept.sign_count) == ("iPhone · Safari のパスキー", clock.now(), 0)
    assert sorted(kept.transports) == ["hybrid", "internal"]


def test_aki_is_told_that_there_is_a_new_way_in(world):
    made(world.aki, name=" 台所のタブレット ")
    told = rows(Notice)[0]
    assert (told.person_id, told.code, json.loads(told.params)) == (
        world.aki.person_id, "way_passkey_added", {"name": "台所のタブレット"})  # fmt: skip
    assert [one.payload["to"] for one in rows(OutboxEntry)] == [world.aki.mail]


def test_ben_comes_in_by_passkey_and_the_desk_is_open(world):
    assert who(entered(made(world.ben)).token).staff_of == world.ben.staff_of


def test_a_key_without_a_screen_lock_lets_ben_in_but_not_to_the_desk(world):
    device = made(world.ben, Authenticator(verified=False))
    ben = who(entered(device).token)
    assert (ben.person_id, ben.waiting, ben.staff_of) == (world.ben.person_id, True, frozenset())
    refused(Invalid, "passkey_needs_lock", entered, device, ben, purpose="again")


def test_ben_shows_his_passkey_again_and_gets_another_session(world):
    device, old = made(world.ben), tired(world.ben)
    assert who(old).waiting
    done = entered(device, who(old), purpose="again", then="/desk")
    assert (done.then, who(done.token).staff_of, who(old).is_guest) == ("/desk", world.ben.staff_of, True)


def test_the_proof_is_over_after_a_working_day(world):
    token = entered(made(world.ben)).token
    with clock.frozen_at(clock.now() + STRONG_LIFE):
        assert who(token).waiting


def test_again_asks_for_ones_own_passkeys_and_for_the_screen_lock(world):
    device, _ = made(world.ben), made(world.aki)
    options = do(passkeys.options, world.ben, purpose="again")
    assert [one["id"] for one in options["allowCredentials"]] == [device.show(options)["id"]]
    assert options["userVerification"] == "required"
    signing_in = do(passkeys.options, GUEST)
    assert (signing_in["allowCredentials"], signing_in["userVerification"]) == ([], "preferred")


def test_again_with_somebody_elses_passkey_is_refused(world):
    made(world.ben)
    chies = made(world.chie)
    old = tired(world.ben)
    refused(Forbidden, "passkey_not_yours", entered, chies, who(old), purpose="again")
    assert who(old).waiting


def test_again_without_a_passkey_and_for_guests(world):
    refused(NotFound, "passkey_none", do, passkeys.options, world.ben, purpose="again")
    refused(Unauthenticated, "sign_in_first", do, passkeys.options, GUEST, purpose="again")
    refused(Invalid, "request_wrong", do, passkeys.options, GUEST, purpose="operator")


def test_signing_in_as_another_person_ends_the_first_session(world):
    akis, chies = made(world.aki), made(world.chie)
    first = entered(akis).token
    second = entered(chies, who(first)).token
    assert (who(first).is_guest, who(second).person_id) == (True, world.chie.person_id)


def test_a_second_passkey_is_not_made_on_a_device_that_has_one(world):
    device = made(world.aki)
    options = do(passkeys.new_options, world.aki)
    assert [one["id"] for one in options["excludeCredentials"]] == [device.show(options)["id"]]
    refused(Conflict, "passkey_known", made, world.aki, device)
    refused(Conflict, "passkey_known", made, world.chie, device)
    assert len(rows(Passkey)) == 1


def test_guests_make_none_and_nobody_more_than_twenty(world, monkeypatch):
    refused(Unauthenticated, "sign_in_first", do, passkeys.new_options, GUEST)
    monkeypatch.setattr(passkeys, "MOST", 1)
    made(world.aki)
    refused(Invalid, "passkey_too_many", do, passkeys.new_options, world.aki)


def test_ben_cannot_make_a_key_to_the_desk_in_a_session_that_may_not_open_it(world):
    ben = who(tired(world.ben))
    refused(Unauthenticated, "desk_needs_proof", do, passkeys.new_options, ben)
    refused(Unauthenticated, "desk_needs_proof", do, passkeys.add, ben, credential={})


def test_staff_who_have_nothing_to_show_yet_may_make_their_first(world):
    with db.transaction(write=True) as tx:
        tx.get_one(Person, world.ben.person_id).mail = None
    ben = who(tired(world.ben))
    device = made(ben)
    assert who(entered(device, ben, purpose="again").token).staff_of == world.ben.staff_of


# what is refused


def test_a_challenge_counts_once(world):
    device = made(world.aki)
    answer = device.show(do(passkeys.options, GUEST))
    do(passkeys.enter, GUEST, credential=answer)
    refused(Invalid, "handshake_over", do, passkeys.enter, GUEST, credential=answer)
    options = do(passkeys.new_options, world.aki)
    do(passkeys.add, world.aki, credential=Authenticator().make(options))
    refused(Invalid, "handshake_over", do, passkeys.add, world.aki, credential=Authenticator().make(options))


def test_a_challenge_counts_for_five_minutes_in_its_browser_for_its_person_and_purpose(world):
    device = made(world.aki)
    options = do(passkeys.options, GUEST)
    answer = device.show(options)
    refused(Invalid, "handshake_over", do, passkeys.enter, GUEST, credential=answer, browser_key="another")
    refused(
        Invalid, "handshake_over", do, passkeys.add, world.aki, credential=Authenticator().make(options | {"user": {"id": ""}})
    )
    with clock.frozen_at(clock.now() + passkeys.LIFE):
        refused(Invalid, "handshake_over", do, passkeys.enter, GUEST, credential=answer)
    for_aki = do(passkeys.new_options, world.aki)
    refused(Invalid, "handshake_over", do, passkeys.add, world.chie, credential=Authenticator().make(for_aki))
    agains = device.show(do(passkeys.options, world.aki, purpose="again"))
    refused(Invalid, "handshake_over", do, passkeys.enter, world.chie, credential=agains)
    refused(Invalid, "handshake_over", do, passkeys.enter, GUEST, credential=agains)


def test_a_challenge_that_was_never_ours(world):
    device = made(world.aki)
    options = do(passkeys.options, GUEST) | {"challenge": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
    refused(Invalid, "handshake_over", do, passkeys.enter, GUEST, credential=device.show(options))


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:8001"},
        {"origin": "https://localhost:8000"},
        {"origin": "http://evil.example"},
        {"host": "evil.example"},
    ],
)
def test_another_origin_and_another_relying_party_are_refused(world, wrong):
    device = made(world.aki)
    for name, value in wrong.items():
        setattr(device, name, value)
    refused(Invalid, "passkey_refused", entered, device)
    refused(Invalid, "passkey_refused", made, world.aki, Authenticator(**wrong))
    assert (len(rows(Passkey)), rows(SignedIn)) == (1, [])


def test_the_origin_is_that_of_our_address_as_browsers_write_it(world, monkeypatch):
    monkeypatch.setenv("TAMEMAP_BASE_URL", "https://Tamemap.例え.jp:443/")
    config.settings.cache_clear()
    device = made(world.aki, Authenticator(origin="https://tamemap.xn--r8jz45g.jp", host="tamemap.xn--r8jz45g.jp"))
    assert entered(device).token


def test_a_wrong_signature_and_another_persons_id(world):
    akis, chies = made(world.aki), made(world.chie)
    options = do(passkeys.options, GUEST)
    refused(Invalid, "passkey_refused", do, passkeys.enter, GUEST, credential=akis.show(options, signature="MEUCIQ"))
    stolen = chies.show(options) | {"id": akis.show(options)["id"], "rawId": akis.show(options)["rawId"]}
    refused(Invalid, "passkey_refused", do, passkeys.enter, GUEST, credential=stolen)


def test_an_unknown_passkey_a_removed_one_and_one_of_somebody_who_left(world):
    refused(NotFound, "passkey_unknown", entered, Authenticator())
    akis, chies = made(world.aki), made(world.chie)
    with db.transaction(write=True) as tx:
        tx.delete(tx.exec(select(Passkey).where(Passkey.person_id == world.aki.person_id)).one())
        tx.get_one(Person, world.chie.person_id).left_at = clock.now()
    refused(NotFound, "passkey_unknown", entered, akis)
    refused(NotFound, "passkey_unknown", entered, chies)


def test_a_count_that_goes_back_is_a_copy(world):
    device = made(world.aki, Authenticator(count=5))
    copy = replace(device)
    entered(device)
    assert rows(Passkey)[0].sign_count == 6
    refused(Invalid, "passkey_copied", entered, copy)
    device.count = None
    refused(Invalid, "passkey_copied", entered, device)
    device.count = 6
    assert entered(device).token


FORGED = (
    None, "", [], 7, {}, {"response": None}, {"response": {}}, {"response": {"clientDataJSON": 1}},
    {"response": {"clientDataJSON": "é"}}, {"response": {"clientDataJSON": "e30"}}, {"response": {"clientDataJSON": "W10"}},
)  # fmt: skip


@pytest.mark.parametrize("credential", FORGED)
def test_what_is_no_answer_is_refused_in_words(world, credential):
    refused(Invalid, "passkey_refused", do, passkeys.enter, GUEST, credential=credential)
    refused(Invalid, "passkey_refused", do, passkeys.add, world.aki, credential=credential)


BROKEN = (None, 1, [], "", "AAAA", "é", "oWNmbXQ")


@pytest.mark.parametrize("value", BROKEN)
def test_a_broken_attestation_is_refused_and_nothing_kept(world, value):
    options = do(passkeys.new_options, world.aki)
    answer = Authenticator().make(options, attestationObject=value)
    refused(Invalid, "passkey_refused", do, passkeys.add, world.aki, credential=answer)
    assert rows(Passkey) == []


@pytest.mark.parametrize("field", ["authenticatorData", "signature"])
@pytest.mark.parametrize("value", BROKEN)
def test_a_broken_answer_is_refused_and_changes_nothing(world, field, value):
    device = made(world.aki)
    answer = device.show(do(passkeys.options, GUEST), **{field: value})
    refused(Invalid, "passkey_refused", do, passkeys.enter, GUEST, credential=answer)
    assert ([(one.sign_count, one.used_at) for one in rows(Passkey)], rows(SignedIn)) == ([(0, None)], [])


def test_the_key_says_who_it_is_and_not_the_handle(world):
    device = made(world.aki)
    device.handle = world.chie.public_id.encode()  # as after two accounts became one
    assert who(entered(device).token).person_id == world.aki.person_id


def test_households_have_limits(world, monkeypatch):
    monkeypatch.setattr(passkeys, "PER_CLIENT", 2)
    for _ in range(2):
        refused(Invalid, "passkey_refused", do, passkeys.enter, GUEST, credential={})
    refused(TooMany, "too_often", do, passkeys.enter, GUEST, credential={})


def test_no_challenge_stands_in_the_database(world):
    options = do(passkeys.new_options, world.aki)
    kept = rows(Handshake)[0]
    assert options["challenge"] not in repr(kept.model_dump())
    assert (kept.kind, kept.purpose, kept.expires_at - kept.created_at) == ("passkey_new", "add", passkeys.LIFE)


def test_what_can_be_shown(world):
    made(world.ben)
    with db.transaction(write=False) as tx:
        assert proofs(tx, who(tired(world.ben))) == Proofs(waiting=True, mail="ben@example.jp", passkeys=1)
        assert proofs(tx, GUEST).passkeys == 0
