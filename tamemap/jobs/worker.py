"""The worker: drains the outbox every two seconds and runs the periodic tasks, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING

from tamemap import db as database
from tamemap.jobs import tasks
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.jobs.queue import queue
from tamemap.jobs.reading import keep_reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

log = logging.getLogger(__name__)
DRAIN_EVERY = 2.0  # seconds
HEALTH_EVERY = 30.0
# whoever sends pushes waits for other people's machines most of the time
AT_ONCE = {"push": 8}
# longer than a mail server may take to answer
PATIENCE = 40.0


def work() -> None:
    """Work until SIGTERM or SIGINT; then finish what is in hand and return. To be called in the main thread.

    Beats and sweeps at the start, before the first minute has passed. What fails is logged and tried again.
    """
    stop = threading.Event()

    def told(signum: int, _frame: FrameType | None) -> None:
        log.info("%s: finishing what is in hand", signal.Signals(signum).name)
        stop.set()

    jobs = queue()
    tasks.register(jobs)
    consumer = jobs.create_consumer(workers=1, periodic=True, initial_delay=1.0, max_delay=5.0, shutdown_timeout=PATIENCE)
    consumer.start()
    # Huey has put its own handlers there, which would interrupt a mail that is being sent
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, told)
    drainers = _drainers(stop)
    drainers.append(threading.Thread(target=keep_reading, args=(stop,), name="reading"))
    for drainer in drainers:
        drainer.start()
    for first in (tasks.heartbeat, tasks.sweep_if_due):
        _safely(first)
    while not stop.wait(HEALTH_EVERY):
        consumer.check_worker_health()
    consumer.stop(graceful=True)
    for drainer in drainers:
        drainer.join(PATIENCE)
    database.dispose()


def _drainers(stop: threading.Event) -> list[threading.Thread]:
    """Threads of their own for each kind: whoever waits for a sign-in code does not wait behind forty photographs."""
    return [
        threading.Thread(target=_keep_draining, args=(kind, stop), name=f"drain-{kind}-{number}")
        for kind in HANDLERS
        for number in range(AT_ONCE.get(kind, 1))
    ]


def _keep_draining(kind: str, stop: threading.Event) -> None:
    handlers = {kind: HANDLERS[kind]}
    while not stop.is_set():
        _safely(lambda: drain(handlers, stopping=stop.is_set))
        stop.wait(DRAIN_EVERY)


def _safely(task: Callable[[], object]) -> None:
    try:
        task()
    except Exception:
        # a database that is away comes back; a worker that ended would not
        log.exception("the worker goes on after an error")
