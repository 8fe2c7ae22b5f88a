"""Forgetting in time."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import SQLModel, func, select

from tamemap import clock
from tamemap.domain.actors import SYSTEM
from tamemap.models import (
    Handshake,
    Heartbeat,
    IdempotentAnswer,
    Invitation,
    Notice,
    OutboxEntry,
    Post,
    Reaction,
    SignedIn,
    SignInCode,
)
from tamemap.queries.posts import posts as read_posts
from tamemap.services import boards, housekeeping, invitations, posts
from tamemap.services.housekeeping import Swept
from tests.factories import HITOYOSHI

DAY = timedelta(days=1)


def count(tx, table: type[SQLModel]) -> int:
    return tx.exec(select(func.count()).select_from(table)).one()


def fill(tx, world) -> None:
    """One of each kind that is over long ago, and one that is fresh."""
    now = clock.now()
    for n, age in enumerate((400 * DAY, timedelta())):
        then = now - age
        tx.add(
            SignInCode(mail="a@example.jp", code_hash="x", link_hash=f"{n}", browser_hash="b", created_at=then, expires_at=then)
        )
        tx.add(SignedIn(token_hash=f"{n}", person_id=world.aki.person_id, created_at=then, seen_at=then, expires_at=then + DAY))
        tx.add(Handshake(key_hash=f"{n}", kind="provider", browser_hash="b", created_at=then, expires_at=then))
        tx.add(IdempotentAnswer(key_hash=f"{n}", body_hash="x", created_at=then))
        tx.add(OutboxEntry(kind="mail", payload={}, created_at=then, due_at=then, done_at=then))
        tx.add(OutboxEntry(kind="mail", payload={}, created_at=then, due_at=then, dead_at=then))
        tx.add(OutboxEntry(kind="mail", payload={}, created_at=then, due_at=then))
        tx.add(Notice(person_id=world.aki.person_id, code="flyer_up", created_at=then))
    tx.flush()


def test_what_is_over_is_forgotten_and_the_rest_stays(tx, world):
    fill(tx, world)
    assert housekeeping.sweep(tx, SYSTEM) == Swept(codes=1, handshakes=1, sessions=1, answers=1, outbox=2, notices=1, posts=0)
    left = {table: count(tx, table) for table in (SignInCode, Handshake, SignedIn, IdempotentAnswer, OutboxEntry, Notice)}
    assert left == {SignInCode: 1, Handshake: 1, SignedIn: 1, IdempotentAnswer: 1, OutboxEntry: 4, Notice: 1}


def test_sweeping_twice_finds_nothing_more(tx, world):
    fill(tx, world)
    housekeeping.sweep(tx, SYSTEM)
    assert housekeeping.sweep(tx, SYSTEM) == Swept(0, 0, 0, 0, 0, 0, 0)


def test_the_words_of_a_removed_post_go_after_thirty_days(tx, world):
    started = boards.open_topic(tx, world.aki, board="hitoyoshi-hiroba", kind="talk", title="話", body="のこる")
    post = posts.write_post(tx, world.chie, topic=started.public_id, body="ひみつ")
    posts.react(tx, world.aki, post=post.public_id, kind="like", on=True)
    posts.remove_post(tx, world.chie, post=post.public_id)
    with clock.frozen_at(clock.now() + 29 * DAY):
        assert housekeeping.sweep(tx, SYSTEM).posts == 0
    with clock.frozen_at(clock.now() + 31 * DAY):
        assert housekeeping.sweep(tx, SYSTEM).posts == 1
        assert housekeeping.sweep(tx, SYSTEM).posts == 0
    tx.expire_all()
    assert tx.exec(select(Post.body, Post.html).order_by(Post.id)).all() == [("のこる", "<p>のこる</p>"), ("", "")]
    assert count(tx, Reaction) == 0
    assert [one.deleted for one in read_posts(tx, world.aki, topic=started.public_id).items] == [False, True]


def test_a_heartbeat_moves_on(tx, world):
    housekeeping.beat(tx, SYSTEM, name="worker")
    with clock.frozen_at(clock.now() + DAY):
        housekeeping.beat(tx, SYSTEM, name="worker")
        assert tx.exec(select(Heartbeat.name, Heartbeat.beat_at)).all() == [("worker", clock.now())]


def test_an_invitations_address_goes_thirty_days_after_its_link(tx, world):
    invitations.send(tx, world.ben, mail="gina@example.jp", role="curator", municipality_codes=(HITOYOSHI,))
    with clock.frozen_at(clock.now() + 43 * DAY):
        assert housekeeping.sweep(tx, SYSTEM).invitations == 0
    with clock.frozen_at(clock.now() + 45 * DAY):
        assert housekeeping.sweep(tx, SYSTEM).invitations == 1
    assert tx.exec(select(Invitation)).all() == []
