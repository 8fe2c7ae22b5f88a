"""Accounts at other programs as ways in: known again by the subject alone, added, and never somebody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, session
from tamemap.domain.actors import Actor
from tamemap.errors import Invalid, Unauthenticated
from tamemap.models import Handshake, Identity, Person, SignedIn
from tamemap.services import identities, sessions
from tests.conftest import NOON
from tests.factories import NISHIKI

KEY = "browser-of-the-test"
SUBJECT = "https://accounts.google.com|1234567890"


def begun(tx, actor, purpose="sign_in", provider="google", **more):
    made = identities.begin(tx, actor, provider=provider, browser_key=KEY, purpose=purpose, **more)
    return identities.take(tx, actor, provider=provider, state=made.state, browser_key=KEY).taken


def entered(tx, actor, subject=SUBJECT, purpose="sign_in", provider="google", **more):
    taken = begun(tx, actor, purpose, provider, **more)
    return identities.enter(tx, actor, taken=taken, subject=subject, browser_key=KEY, user_agent="iPhone Safari")


def with_session(tx, actor, age=timedelta(0)):
    """The actor in a session of this age."""
    row = SignedIn(token_hash=session.new_token()[:40], person_id=actor.person_id, created_at=clock.now() - age,
                   seen_at=clock.now(), expires_at=clock.now() + timedelta(days=90))  # fmt: skip
    tx.add(row)
    tx.flush()
    return replace(actor, session_id=row.id)


def test_a_dance_keeps_its_secrets_here_and_gives_them_back_once(tx, world):
    made = identities.begin(tx, world.dai, provider="line", browser_key=KEY, then="/b/x", lang="en")
    assert len({made.state, made.nonce, made.verifier}) == 3
    assert min(map(len, (made.state, made.nonce, made.verifier))) >= 43  # RFC 7636 §4.1 asks for 43 signs
    back = identities.take(tx, world.dai, provider="line", state=made.state, browser_key=KEY)
    assert (back.nonce, back.verifier, back.lang, back.taken.then) == (made.nonce, made.verifier, "en", "/b/x")
    assert tx.exec(select(Handshake)).one().secret == {}
    with pytest.raises(Invalid, match="handshake_over"):
        identities.take(tx, world.dai, provider="line", state=made.state, browser_key=KEY)


@pytest.mark.parametrize("change", [{"provider": "google"}, {"state": "other"}, {"browser_key": "other"}, {"kind": "residence"}])
def test_a_dance_comes_back_only_as_it_began(tx, world, change):
    made = identities.begin(tx, world.dai, provider="line", browser_key=KEY)
    with pytest.raises(Invalid, match="handshake_over"):
        identities.take(tx, world.dai, **{"provider": "line", "state": made.state, "browser_key": KEY} | change)


def test_ten_minutes_are_enough(tx, world):
    made = identities.begin(tx, world.dai, provider="line", browser_key=KEY)
    with clock.frozen_at(NOON + timedelta(minutes=10)), pytest.raises(Invalid, match="handshake_over"):
        identities.take(tx, world.dai, provider="line", state=made.state, browser_key=KEY)


def test_a_stranger_becomes_a_person_without_mail(tx, world):
    found = entered(tx, world.dai, then="/post")
    assert (found.new_person, found.then, found.merge) == (True, "/post", "")
    person = tx.exec(select(Person).where(Person.public_id == found.person_public_id)).one()
    assert (person.mail, person.created_at) == (None, NOON)
    assert person.name
    signed_in = tx.exec(select(SignedIn).where(SignedIn.token_hash == session.hashed(found.token))).one()
    assert (signed_in.way, signed_in.strong_at, signed_in.device) == ("google", None, "iPhone · Safari")
    identity = tx.exec(select(Identity)).one()
    assert identity.subject_hash == session.hashed(SUBJECT)


def test_who_is_known_is_known_by_the_subject_alone(tx, world):
    first = entered(tx, world.dai)
    with clock.frozen_at(NOON + timedelta(days=3)):
        again = entered(tx, Actor())
    assert (again.person_public_id, again.new_person) == (first.person_public_id, False)
    assert tx.exec(select(Identity.used_at)).one() == NOON + timedelta(days=3)
    assert entered(tx, Actor(), subject=SUBJECT + "1").person_public_id != first.person_public_id
    assert entered(tx, Actor(), provider="apple").person_public_id != first.person_public_id


def test_signing_in_ends_the_session_that_was(tx, world):
    before = with_session(tx, world.aki)
    old = tx.get_one(SignedIn, before.session_id).token_hash
    entered(tx, before)
    assert old not in tx.exec(select(SignedIn.token_hash)).all()


def test_an_added_account_opens_the_same_door(tx, world):
    added = entered(tx, world.aki, purpose="add", then="/me/ways")
    assert (added.token, added.merge, added.person_public_id) == (None, "", world.aki.public_id)
    assert entered(tx, Actor()).person_public_id == world.aki.public_id
    assert entered(tx, world.aki, purpose="add").merge == ""
    assert len(tx.exec(select(Identity)).all()) == 1


def test_an_account_of_somebody_else_is_offered_for_merging_and_moves_nothing(tx, world):
    entered(tx, world.chie, purpose="add")
    offered = entered(tx, world.aki, purpose="add")
    assert offered.merge
    assert offered.token is None
    assert tx.exec(select(Identity.person_id)).one() == world.chie.person_id
    kept = tx.exec(select(Handshake).where(Handshake.kind == "merge")).one()
    assert (kept.person_id, kept.other_id) == (world.aki.person_id, world.chie.person_id)


def test_only_who_is_signed_in_and_has_just_shown_it_adds(tx, world):
    with pytest.raises(Unauthenticated, match="sign_in_first"):
        begun(tx, world.dai, "add")
    with pytest.raises(Unauthenticated, match="ways_need_proof"):
        begun(tx, with_session(tx, world.aki, sessions.FRESH + timedelta(seconds=1)), "add")
    assert begun(tx, with_session(tx, world.aki, sessions.FRESH - timedelta(minutes=1)), "add").purpose == "add"


def test_a_provider_opens_no_desk(tx, world):
    for purpose in ("again", "", "merge"):
        with pytest.raises(Invalid, match="purpose_unknown"):
            begun(tx, world.ben, purpose)


def test_who_has_left_is_not_found_again(tx, world):
    old = entered(tx, world.dai)
    tx.exec(select(Person).where(Person.public_id == old.person_public_id)).one().left_at = NOON
    new = entered(tx, Actor())
    assert new.new_person
    assert new.person_public_id != old.person_public_id
    assert len(tx.exec(select(Identity)).all()) == 1


def test_an_address_proves_its_town_and_nothing_else(tx, world):
    kept = identities.prove_residence(tx, world.chie, address="熊本県球磨郡錦町大字一武１５８７")
    assert kept.municipality_code == NISHIKI
    assert tx.get_one(Person, world.chie.person_id).proved_code == NISHIKI
    for elsewhere in ("東京都千代田区紀尾井町1-3", "", "東京都立川市錦町一丁目"):
        with pytest.raises(Invalid, match="residence_elsewhere"):
            identities.prove_residence(tx, world.chie, address=elsewhere)
    with pytest.raises(Unauthenticated):
        identities.begin_residence(tx, world.dai, provider="residence", browser_key=KEY)
