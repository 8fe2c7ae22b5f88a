"""What the worker does with entries, and on its own."""

from __future__ import annotations

import email
import threading
from contextvars import copy_context
from datetime import timedelta
from email import policy

import pytest
from huey import SqliteHuey
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.jobs import handlers, tasks
from tamemap.jobs.drain import drain
from tamemap.jobs.queue import queue
from tamemap.models import Heartbeat, OutboxEntry, SignInCode
from tamemap.services import outbox, sign_in


def beats():
    with db.transaction(write=False) as session:
        return {row.name: row.beat_at for row in session.exec(select(Heartbeat))}


def mails():
    folder = config.settings().data_dir / "mail"
    return [email.message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("*.eml"))]


def ask():
    with db.transaction(write=True) as session:
        sign_in.ask(session, Actor(), mail="gina@example.jp", browser_key="phone")


def test_a_sign_in_mail_arrives(world):
    ask()
    assert drain(handlers.HANDLERS) == 1
    (mail,) = mails()
    assert mail["To"] == "gina@example.jp"
    assert "/auth/mail?token=" in mail.get_content()


def test_a_mail_that_is_sent_again_since_a_worker_died_can_be_told_by_the_mailbox(world, monkeypatch):
    ask()
    ask()
    with monkeypatch.context() as dying:
        dying.setattr(outbox, "done", lambda *_: None)
        drain(handlers.HANDLERS, most=2)
    first = [one["Message-ID"] for one in mails()]
    assert len({*first}) == 2
    with clock.frozen_at(clock.now() + outbox.LEASE):
        drain(handlers.HANDLERS)
    assert [one["Message-ID"] for one in mails()] == first * 2


def test_a_code_that_has_expired_is_not_sent_any_more(world):
    ask()
    with clock.frozen_at(clock.now() + timedelta(minutes=15)):
        assert drain(handlers.HANDLERS) == 1
    assert mails() == []


def test_a_picture_that_is_gone_meanwhile_is_no_trouble(world):
    handlers.finish_pictures({"picture": "nowhere"})


def test_mail_that_cannot_be_sent_stays_in_the_outbox(world, monkeypatch):
    monkeypatch.setenv("TAMEMAP_MAIL_URL", "smtp://127.0.0.1:1")
    config.settings.cache_clear()
    ask()
    assert drain(handlers.HANDLERS) == 0
    with db.transaction(write=False) as session:
        row = session.exec(select(OutboxEntry)).one()
    assert (row.tries, row.done_at) == (1, None)
    assert row.error.startswith("ConnectionRefusedError")


def test_the_heart_beats(world):
    tasks.heartbeat()
    assert beats() == {"worker": clock.now()}


def test_the_sweep_comes_once_a_day_also_after_a_night_off(world):
    ask()
    start = clock.now()
    assert tasks.sweep_if_due() is True
    with clock.frozen_at(start + timedelta(hours=19)):
        assert tasks.sweep_if_due() is False
    with clock.frozen_at(start + timedelta(hours=25)):
        assert tasks.sweep_if_due() is True
    assert beats() == dict.fromkeys(("sweep", "sweep-turn"), start + timedelta(hours=25))
    with db.transaction(write=False) as session:
        assert session.exec(select(SignInCode)).all() == []


@pytest.fixture
def fresh_queue(world, monkeypatch):
    """The queue of an installation without Redis (the one in Redis is in test_queue)."""
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "")
    config.settings.cache_clear()
    queue.cache_clear()
    yield queue()
    queue().storage.close()
    queue.cache_clear()


def test_the_queue_is_a_file_beside_the_database_and_keeps_time(fresh_queue):
    assert isinstance(fresh_queue, SqliteHuey)
    assert (config.settings().data_dir / "jobs.db").exists()
    tasks.register(fresh_queue)
    names = {type(task).__name__ for task in fresh_queue.read_periodic(clock.now().replace(minute=7))}
    assert names == {"heartbeat", "looks", "sweep"}
    assert {type(task).__name__ for task in fresh_queue.read_periodic(clock.now().replace(minute=8))} == {"heartbeat", "looks"}


def test_a_message_that_somebody_else_put_there_is_not_read(fresh_queue):
    tasks.register(fresh_queue)
    fresh_queue.storage.enqueue(b"cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ValueError):
        fresh_queue.dequeue()


def test_of_all_workers_one_sweeps_and_one_gathers(world, monkeypatch):
    swept, gathered, together = [], [], threading.Barrier(4)
    monkeypatch.setattr(tasks, "sweep", lambda: swept.append(True))
    monkeypatch.setattr(tasks.digests, "gather", lambda: gathered.append(True) or 0)

    def worker() -> None:
        together.wait()
        tasks.sweep_if_due()
        tasks.gather_news()

    workers = [threading.Thread(target=copy_context().run, args=(worker,)) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert (swept, gathered) == ([True], [True])
    # the next hour is another turn; and where the one that swept has died, another one sweeps later
    with clock.frozen_at(clock.now() + timedelta(hours=4)):
        worker_alone = tasks.sweep_if_due(), tasks.gather_news()
    assert worker_alone == (True, None)
    assert (len(swept), len(gathered)) == (2, 2)
