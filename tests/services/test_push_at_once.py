"""Many messages at once: slow push services do not make people wait for each other, and nobody is told twice."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.gateways import push
from tamemap.jobs import worker
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Notice, OutboxEntry, PushSubscription
from tamemap.services import outbox, push_sending
from tamemap.services.notices import tell
from tests.services import push_service
from tests.services.push_service import service, services

__all__ = ["service", "services"]
MANY = worker.AT_ONCE["push"]


def told(actor, *numbers):
    with db.transaction(write=True) as tx:
        for number in numbers:
            params = {"title": f"市{number}", "reason": "雨"}
            tell(tx, person_id=actor.person_id, code="flyer_recalled", params=params, url=f"/f/{number}")


def switched_on(service, actor, name="aki"):
    with db.transaction(write=True) as tx:
        return push_service.device(tx, actor, service.address(name)).id


def workers(count=MANY):
    """So many threads of a worker, until nothing is due."""

    def work():
        while drain({"push": HANDLERS["push"]}):
            pass

    threads = [threading.Thread(target=copy_context().run, args=(work,)) for _ in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def notices():
    with db.transaction(write=False) as tx:
        return tx.exec(select(Notice).order_by(Notice.id)).all()


def entries():
    with db.transaction(write=False) as tx:
        return tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "push").order_by(OutboxEntry.id)).all()


def test_the_worker_has_eight_threads_for_pushes_and_one_for_each_other_kind():
    names = [one.name.removeprefix("drain-").rpartition("-")[0] for one in worker._drainers(threading.Event())]
    assert sorted(names) == sorted([*HANDLERS, *["push"] * (MANY - 1)])


def test_people_do_not_wait_for_each_other(world, service, monkeypatch):
    monkeypatch.setattr(push, "READ", 60.0)  # threads of a busy machine may begin late
    people = [world.aki, world.ben, world.chie, world.fumi]
    for at, one in enumerate(people):
        switched_on(service, one, str(at))
        told(one, at)
    # the service answers nobody before it was asked for all of them
    service.before = threading.Barrier(len(people), timeout=50).wait
    workers(len(people))
    assert sorted(one.path for one in service.taken) == [f"/send/{at}" for at in range(len(people))]
    assert {row.pushed_at for row in notices()} == {clock.now()}
    assert all(row.done_at is not None and row.tries == 1 for row in entries())


def test_what_one_thread_has_in_hand_no_other_one_sends(world, service):
    for at, one in enumerate((world.aki, world.ben)):
        switched_on(service, one, str(at))
        # an entry of the outbox for each, and each thread that takes one would send all three
        told(one, 1, 2, 3)
    workers()
    assert sorted((one.path, one.payload["tag"]) for one in service.taken) == [
        (f"/send/{at}", f"/f/{number}") for at in range(2) for number in (1, 2, 3)
    ]
    assert all(row.push_at is None and row.pushed_at == clock.now() for row in notices())


def test_while_one_thread_sends_another_one_sends_only_what_has_come_since(world, service):
    switched_on(service, world.aki)
    told(world.aki, 1)

    def meanwhile():
        service.before = None
        told(world.aki, 2)
        workers(1)

    # the standing clock goes along into the service's thread
    here = copy_context()
    service.before = lambda: here.run(meanwhile)
    push_sending.send_waiting(world.aki.person_id)
    assert [one["tag"] for one in service.payloads] == ["/f/2", "/f/1"]
    assert all(row.push_at is None and row.pushed_at == clock.now() for row in notices())


def test_what_is_renewed_while_it_is_sent_is_told_anew(world, service):
    switched_on(service, world.aki)
    told(world.aki, 1)
    later = clock.now() + timedelta(minutes=20)

    def renewed():
        with db.transaction(write=True) as tx:
            row = tx.exec(select(Notice)).one()
            row.push_at = later
            tx.add(row)

    service.before = renewed
    push_sending.send_waiting(world.aki.person_id)
    assert [row.push_at for row in notices()] == [later]


def test_a_dead_device_is_forgotten_once_whoever_finds_out(world, service):
    service.answer = (410, {})
    for at in range(3):
        switched_on(service, world.aki, str(at))
    told(world.aki, 1, 2)
    workers()
    with db.transaction(write=False) as tx:
        assert tx.exec(select(PushSubscription)).all() == []
        mails = tx.exec(select(OutboxEntry).where(OutboxEntry.kind == "mail")).all()
    assert len(mails) == 2


def test_a_worker_that_dies_in_the_middle_loses_nothing(world, service, monkeypatch):
    class Killed(BaseException):
        """As a process ends."""

    def killed(*_args, **_more):
        raise Killed

    switched_on(service, world.aki)
    told(world.aki, 1)
    with monkeypatch.context() as patch:
        patch.setattr(push_sending, "send", killed)
        with pytest.raises(Killed):
            drain({"push": HANDLERS["push"]})
    workers(1)
    assert service.taken == []
    with clock.frozen_at(clock.now() + outbox.LEASE):
        workers(1)
    assert [one["tag"] for one in service.payloads] == ["/f/1"]


def test_what_could_not_be_made_is_tried_again(world, service, monkeypatch):
    switched_on(service, world.aki)
    told(world.aki, 1)
    with monkeypatch.context() as patch:
        patch.setattr(push_sending, "send", lambda *_args, **_more: 1 / 0)
        assert drain({"push": HANDLERS["push"]}) == 0
    with clock.frozen_at(clock.now() + timedelta(minutes=1)):
        workers(1)
    assert [one["tag"] for one in service.payloads] == ["/f/1"]


def test_who_is_told_to_stop_finishes_what_is_in_hand(world, service):
    stop = threading.Event()
    for at, one in enumerate((world.aki, world.ben)):
        switched_on(service, one, str(at))
        told(one, at)
    service.before = stop.set
    thread = threading.Thread(target=copy_context().run, args=(worker._keep_draining, "push", stop))
    thread.start()
    thread.join()
    assert len(service.taken) == 1
    assert sorted(row.tries for row in entries()) == [0, 1]
