"""Draining the outbox: once each, whatever the handlers do, also with several workers."""

from __future__ import annotations

import contextvars
import logging
import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.jobs.drain import drain
from tamemap.models import OutboxEntry
from tamemap.services import outbox


def put(*payloads, kind="mail"):
    with db.transaction(write=True) as session:
        return [outbox.put(session, kind, payload) for payload in payloads]


def rows():
    with db.transaction(write=False) as session:
        return session.exec(select(OutboxEntry).order_by(OutboxEntry.id)).all()


def refuse(payload):
    raise OSError("gina@example.jp is away")


def test_what_is_due_is_handled_once(world):
    put({"n": 1}, {"n": 2})
    seen = []
    assert drain({"mail": seen.append}) == 2
    assert drain({"mail": seen.append}) == 0
    assert [one["n"] for one in seen] == [1, 2]
    assert [(row.payload, row.done_at is not None) for row in rows()] == [({}, True), ({}, True)]


def test_one_that_fails_does_not_stop_the_others_and_waits(world, caplog):
    put({"n": 1}, {"n": 2})
    seen = []

    def first_refused(payload):
        if payload["n"] == 1:
            refuse(payload)
        seen.append(payload["n"])

    with caplog.at_level(logging.WARNING):
        assert drain({"mail": first_refused}) == 1
    failed, done = rows()
    assert (seen, failed.done_at, failed.due_at) == ([2], None, clock.now() + timedelta(minutes=1))
    assert done.done_at is not None
    assert "gina" not in caplog.text
    assert "gina" not in failed.error
    assert "OSError" in caplog.text
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        assert drain({"mail": seen.append}) == 1


def test_a_kind_without_handler_waits_for_a_worker_that_knows_it(world):
    put({"n": 1}, kind="fax")
    assert drain({"mail": refuse}) == 0
    assert rows()[0].tries == 0
    assert drain({"fax": lambda payload: None}) == 1


def test_a_handler_may_use_the_database(world):
    (entry_id,) = put({"n": 1})

    def write(payload):
        with db.transaction(write=True) as session:
            outbox.put(session, "pictures", payload)

    assert drain({"mail": write}) == 1
    assert [(row.kind, row.done_at is None) for row in rows()] == [("mail", False), ("pictures", True)]
    assert rows()[0].id == entry_id


def test_a_worker_that_is_told_to_stop_stops_between_two(world):
    put({"n": 1}, {"n": 2})
    seen = []
    assert drain({"mail": seen.append}, stopping=lambda: bool(seen)) == 1
    assert drain({"mail": seen.append}, most=1) == 1


@pytest.mark.parametrize("workers", [4])
def test_several_workers_never_send_twice(world, workers):
    put(*({"n": number} for number in range(40)))
    seen, lock, start = [], threading.Lock(), threading.Barrier(workers)

    def keep(payload):
        with lock:
            seen.append(payload["n"])

    def work():
        start.wait()
        while drain({"mail": keep}):
            pass

    # the standing clock goes along into each thread
    threads = [threading.Thread(target=contextvars.copy_context().run, args=(work,)) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(40))
    assert {row.tries for row in rows()} == {1}
