"""The outbox: put with the decision, claimed by one, tried again, dead in the end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tamemap import clock, db
from tamemap.models import OutboxEntry
from tamemap.services import outbox
from tamemap.services.outbox import Claimed

MINUTE = timedelta(minutes=1)


def test_what_is_put_is_due_at_once_and_claimed_once(tx, world):
    entry_id = outbox.put(tx, "mail", {"to": "aki@example.jp"})
    assert outbox.any_due(tx)
    (claimed,) = outbox.due(tx, 5)
    assert claimed == Claimed(entry_id, "mail", {"to": "aki@example.jp"}, tries=1, once=claimed.once)
    assert outbox.due(tx, 5) == ()
    assert not outbox.any_due(tx)


def test_a_decision_that_is_taken_back_tells_nobody(world):
    with pytest.raises(RuntimeError), db.transaction(write=True) as session:
        outbox.put(session, "mail", {})
        raise RuntimeError
    with db.transaction(write=False) as session:
        assert not outbox.any_due(session)


def test_later_means_later_and_the_longest_waiting_goes_first(tx, world):
    second = outbox.put(tx, "mail", {"n": 2}, due_at=clock.now() + 2 * MINUTE)
    first = outbox.put(tx, "mail", {"n": 1}, due_at=clock.now() + MINUTE)
    assert outbox.due(tx, 5) == ()
    with clock.frozen_at(clock.now() + 2 * MINUTE):
        assert [entry.id for entry in outbox.due(tx, 1) + outbox.due(tx, 5)] == [first, second]


def test_a_worker_takes_only_what_it_knows(tx, world):
    outbox.put(tx, "fax", {})
    assert not outbox.any_due(tx, {"mail"})
    assert outbox.due(tx, 5, {"mail"}) == ()
    assert [entry.kind for entry in outbox.due(tx, 5, {"mail", "fax"})] == ["fax"]


def test_what_is_done_is_over_and_forgotten(tx, world):
    entry_id = outbox.put(tx, "mail", {"to": "aki@example.jp"})
    outbox.due(tx)
    for _ in range(2):
        outbox.done(tx, entry_id)
    row = tx.get(OutboxEntry, entry_id, populate_existing=True)
    assert (row.done_at, row.payload) == (clock.now(), {})
    outbox.failed(tx, entry_id, "too late")
    assert (row.error, row.dead_at) == ("", None)
    with clock.frozen_at(clock.now() + timedelta(days=2)):
        assert outbox.due(tx) == ()


def test_failing_is_tried_again_more_and_more_seldom_then_it_is_dead(tx, world):
    entry_id = outbox.put(tx, "mail", {})
    now, waits = clock.now(), []
    for _ in range(6):
        with clock.frozen_at(now):
            assert [entry.id for entry in outbox.due(tx)] == [entry_id]
            outbox.failed(tx, entry_id, OSError("away"))
        row = tx.get(OutboxEntry, entry_id, populate_existing=True)
        waits.append(row.due_at - now)
        with clock.frozen_at(row.due_at - timedelta(seconds=1)):
            assert outbox.due(tx) == ()
        now = row.due_at
    assert waits[:5] == [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 360 * MINUTE]
    assert (row.tries, row.dead_at is not None, row.error) == (6, True, "OSError: away")
    with clock.frozen_at(now + timedelta(days=30)):
        assert outbox.due(tx) == ()


def test_what_a_dead_worker_held_is_free_after_the_lease(tx, world):
    entry_id = outbox.put(tx, "mail", {})
    (first,) = outbox.due(tx)
    with clock.frozen_at(clock.now() + outbox.LEASE):
        assert outbox.due(tx) == (Claimed(entry_id, "mail", {}, tries=2, once=first.once),)


def test_what_every_worker_dies_of_is_dead_at_last(tx, world):
    entry_id = outbox.put(tx, "pictures", {})
    now = clock.now()
    for _ in range(outbox.MOST_CLAIMS):
        with clock.frozen_at(now):
            assert [one.id for one in outbox.due(tx)] == [entry_id]
        now += outbox.LEASE
    with clock.frozen_at(now):
        assert outbox.due(tx) == ()
        row = tx.get(OutboxEntry, entry_id, populate_existing=True)
        assert (row.dead_at, row.error) == (now, "no worker has come back from it")
        assert not outbox.any_due(tx)


def test_an_error_is_kept_without_anybodys_address(tx, world):
    entry_id = outbox.put(tx, "mail", {})
    outbox.due(tx)
    outbox.failed(tx, entry_id, RuntimeError("550 <gina.b@example.jp>: \x00 no mailbox" + "x" * 400))
    row = tx.get(OutboxEntry, entry_id, populate_existing=True)
    assert row.error.startswith("RuntimeError: 550 <…>:  no mailbox")
    assert len(row.error) == 300


def test_failing_what_is_not_there_is_nothing(tx, world):
    outbox.failed(tx, 999, "x")
    outbox.done(tx, 999)
    assert not outbox.any_due(tx)
