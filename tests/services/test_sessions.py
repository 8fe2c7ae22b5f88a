"""Sessions: begun anew at each sign-in, listed, and ended by their person only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, session
from tamemap.domain.actors import Actor
from tamemap.errors import Forbidden, NotFound, Unauthenticated
from tamemap.models import SignedIn
from tamemap.queries.people import actor_of_session
from tamemap.queries.ways import unseen
from tamemap.services import sessions
from tests.services.people_rows import opened, passkey, person_of, without_mail

HOUR = timedelta(hours=1)


def test_a_sign_in_ends_the_session_that_the_browser_had(tx, world):
    before, aki = opened(tx, world.aki)
    after = sessions.begin(tx, aki, person_of(tx, world.aki), way="passkey")
    assert before != after
    assert actor_of_session(tx, token=before).is_guest
    assert actor_of_session(tx, token=after).person_id == world.aki.person_id


def test_what_an_attacker_planted_is_never_the_session_afterwards(tx, world):
    planted, chie = opened(tx, world.chie)
    token = sessions.begin(tx, chie, person_of(tx, world.aki), way="mail")
    assert token != planted
    assert actor_of_session(tx, token=planted).is_guest


def test_aki_sees_her_devices_this_one_first_and_nobody_elses(tx, world):
    start = clock.now()
    opened(tx, world.chie)
    opened(tx, world.aki, way="line", since=start - HOUR)
    opened(tx, world.aki, way="passkey", since=start - 2 * HOUR)
    _, aki = opened(tx, world.aki, since=start - 3 * HOUR)
    assert [(one.way, one.is_this) for one in sessions.mine(tx, aki)] == [("mail", True), ("line", False), ("passkey", False)]


def test_a_session_that_is_over_is_not_listed(tx, world):
    _, aki = opened(tx, world.aki)
    opened(tx, world.aki)
    tx.exec(select(SignedIn).order_by(SignedIn.id.desc())).first().expires_at = clock.now()
    tx.flush()
    assert len(sessions.mine(tx, aki)) == 1


def test_aki_ends_one_device_and_then_all_others(tx, world):
    _, aki = opened(tx, world.aki)
    tokens = [opened(tx, world.aki)[0] for _ in range(3)]
    chies, _ = opened(tx, world.chie)
    other = next(one for one in sessions.mine(tx, aki) if not one.is_this)
    assert sessions.end(tx, aki, public_id=other.public_id) == sessions.Ended(1)
    with pytest.raises(NotFound):
        sessions.end(tx, aki, public_id=other.public_id)
    assert sessions.end_others(tx, aki) == sessions.Ended(2)
    assert [one.is_this for one in sessions.mine(tx, aki)] == [True]
    assert [actor_of_session(tx, token=token).is_guest for token in (*tokens, chies)] == [True, True, True, False]


def test_aki_ends_the_device_in_her_hand(tx, world):
    token, aki = opened(tx, world.aki)
    (here,) = sessions.mine(tx, aki)
    assert sessions.end(tx, aki, public_id=here.public_id) == sessions.Ended(1, this=True)
    assert actor_of_session(tx, token=token).is_guest


@pytest.mark.parametrize("wrong", ["", "x", "2222222222zz", "' OR 1=1 --", None, 7])
def test_chie_cannot_end_akis_session_nor_what_is_none(tx, world, wrong):
    _, aki = opened(tx, world.aki)
    _, chie = opened(tx, world.chie)
    for public_id in (wrong, sessions.mine(tx, aki)[0].public_id):
        with pytest.raises(NotFound):
            sessions.end(tx, chie, public_id=public_id)
    assert len(sessions.mine(tx, aki)) == 1


@pytest.mark.parametrize("act", [sessions.mine, sessions.end_others, lambda tx, actor: sessions.end(tx, actor, public_id="x")])
def test_guests_and_programs_have_no_devices(tx, world, act):
    with pytest.raises(Unauthenticated):
        act(tx, world.dai)
    with pytest.raises(Forbidden):
        act(tx, Actor(person_id=world.aki.person_id, scopes=frozenset({"flyers"}), token_id=1))


def test_that_a_device_was_seen_is_kept_every_ten_minutes(tx, world):
    start = clock.now()
    _, aki = opened(tx, world.aki)
    seen = []
    for minutes in (0, 9, 10, 15, 19, 20):
        with clock.frozen_at(start + timedelta(minutes=minutes)):
            stale = unseen(tx, aki)
            sessions.touch(tx, aki)
            tx.expire_all()
            seen.append((stale, (tx.get(SignedIn, aki.session_id).seen_at - start) // timedelta(minutes=1)))
    assert seen == [(False, 0), (False, 0), (True, 10), (False, 10), (False, 10), (True, 20)]
    sessions.touch(tx, world.dai)
    assert unseen(tx, world.dai) is False


def test_ways_can_be_changed_for_an_hour_after_coming_in_or_showing_who_one_is(tx, world):
    start = clock.now()
    _, aki = opened(tx, world.aki)
    with clock.frozen_at(start + timedelta(minutes=59)):
        sessions.demand_fresh(tx, aki)
    with clock.frozen_at(start + HOUR):
        with pytest.raises(Unauthenticated, match="ways_need_proof"):
            sessions.demand_fresh(tx, aki)
        sessions.strengthen(tx, aki)
        tx.expire_all()
        sessions.demand_fresh(tx, aki)


def test_staff_show_who_they_are_before_a_weak_session_makes_itself_strong(tx, world):
    _, ben = opened(tx, world.ben, strong=False)
    assert ben.waiting
    with pytest.raises(Unauthenticated, match="desk_needs_proof"):
        sessions.demand_fresh(tx, ben)
    without_mail(tx, world.ben)
    bare = actor_of_session(tx, token=opened(tx, world.ben, strong=False)[0])
    sessions.demand_fresh(tx, bare)
    passkey(tx, world.ben)
    with pytest.raises(Unauthenticated, match="desk_needs_proof"):
        sessions.demand_fresh(tx, bare)


def test_no_token_is_kept_readable(tx, world):
    token = sessions.begin(tx, Actor(), person_of(tx, world.aki), way="mail")
    row = tx.exec(select(SignedIn)).one()
    assert token not in row.model_dump_json()
    assert row.token_hash == session.hashed(token)
