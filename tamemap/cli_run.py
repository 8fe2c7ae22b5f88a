"""``run`` and ``work``: the server, and the worker beside it in a process of its own."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

from tamemap import db as database
from tamemap import logs
from tamemap.cli_serve import serve
from tamemap.cli_socket import inherited, port_of
from tamemap.cli_words import words
from tamemap.config import settings
from tamemap.demo.content import freshen_demo, load_demo
from tamemap.gateways.imaging_pool import pool
from tamemap.jobs import worker
from tamemap.migration import migrate
from tamemap.ui.build import ROOT, build, is_fresh

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from types import FrameType

log = logging.getLogger(__name__)
PARENT_EVERY = 2.0  # seconds
LONGEST_REST = 30.0
# longer than the worker takes to finish a mail in hand
PATIENCE = 45.0


def run(chosen: argparse.Namespace) -> int:
    """Serve until stopped: migrated, with the demo in an empty database, with fresh screens, with the worker beside.

    Returns 1 where the settings contradict each other or the port is taken.
    """
    if chosen.port:
        os.environ["TAMEMAP_PORT"] = str(chosen.port)
    if chosen.host:
        os.environ["TAMEMAP_HOST"] = chosen.host
    settings.cache_clear()
    os.chdir(ROOT)
    if problem := obstacle():
        print(problem, file=sys.stderr)
        return 1
    # until the server has its own handlers, a stop must still end what has been started
    signal.signal(signal.SIGTERM, _leave)
    say(words("cli.run.migrating"))
    migrate()
    if not chosen.no_demo:
        prepare_demo()
    if not is_fresh():
        say(words("cli.run.building"))
        build()
    helper = None if chosen.no_worker else Helper()
    try:
        if helper:
            helper.start()
        handed = inherited()
        port = port_of(handed) if handed else settings().port
        say(words("cli.run.ready", address=f"http://localhost:{port}"))
        serve()
    finally:
        if helper:
            helper.stop()
        database.dispose()
    return 0


def say(text: str) -> None:
    """A line for whoever waits, at once."""
    print(text, flush=True)


def obstacle() -> str | None:
    """Why the server cannot start, in words; None when it can."""
    if settings().workers > 1 and not settings().redis_url:
        return words("cli.run.workers_need_redis", workers=settings().workers)
    if inherited():
        return None
    with socket.socket(socket.AF_INET6 if ":" in settings().host else socket.AF_INET) as probe:
        # as servers do: an address that was in use a moment ago is free
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings().host, settings().port))
        except OSError as error:
            return words("cli.run.port_taken", port=settings().port, error=error.strerror)
    return None


def prepare_demo() -> None:
    """The demo into an empty database; an old one is brought to the present day."""
    started = time.monotonic()
    say(words("cli.run.demo"))
    if loaded := load_demo():
        say(words("cli.demo.loaded", flyers=loaded.flyers, topics=loaded.topics, seconds=round(time.monotonic() - started)))
    else:
        freshen_demo()
    # the children that decoded the pictures and the connections are this process's: the server makes its own
    pool().close()
    database.dispose()


def work(chosen: argparse.Namespace) -> int:
    """Work until told to stop, or until our parent is another process than the one that was named."""
    logs.configure(settings())
    if chosen.parent:
        threading.Thread(target=_watch, args=(chosen.parent,), name="parent", daemon=True).start()
    worker.work()
    return 0


def _watch(parent: int) -> None:
    # a server that was killed cannot stop its worker: the worker looks for itself
    while os.getppid() == parent:
        time.sleep(PARENT_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)


def _leave(_signum: int, _frame: FrameType | None) -> None:
    sys.exit(0)


class Helper:
    """The worker's process, started again whenever it ends by itself: at once, then after longer and longer rests."""

    def __init__(self, command: Sequence[str] = (), rest: float = 1.0) -> None:
        self.command = command or (sys.executable, "-m", "tamemap", "work", f"--parent={os.getpid()}")
        self.rest = rest
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="worker", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the worker and wait for it; killed when it does not end in time."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _keep(self) -> None:
        rest = self.rest
        while not self._stopping.is_set():
            started = time.monotonic()
            self.process = subprocess.Popen(self.command, cwd=ROOT)  # noqa: S603
            while self.process.poll() is None and not self._stopping.wait(0.2):
                pass
            if self._stopping.is_set():
                self._end(self.process)
                return
            log.error("the worker ended with %s and is started again", self.process.returncode)
            if time.monotonic() - started > LONGEST_REST:
                rest = self.rest
            self._stopping.wait(rest)
            rest = min(rest * 2, LONGEST_REST)

    @staticmethod
    def _end(process: subprocess.Popen[bytes]) -> None:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
