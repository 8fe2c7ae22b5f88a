"""The caller's side of the reading process: one child, its pipes, its end. Safe from threads and after a fork."""

from __future__ import annotations

import atexit
import logging
import os
import signal
import subprocess
import sys
import threading
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tamemap.gateways.imaging_wire import WireError, read_frame, write_frame

if TYPE_CHECKING:
    from io import FileIO

MODULE = ("-m", "tamemap.gateways.reader_worker")
HOUSE = Path(__file__).resolve().parents[2]
# no settings and so no secrets; one core: reading may take longer, the town's pages may not
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VIPS_CONCURRENCY": "1",
    "MALLOC_ARENA_MAX": "2",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
}
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
LAST_WORDS = 2.0  # seconds between a closed pipe and the end of its process
STARTING = 20.0  # seconds more for the first photograph: the networks are loaded

log = logging.getLogger(__name__)


class Lost(Exception):
    """The child broke over this photograph."""


class Late(Exception):
    """The photograph took too long; the child was ended. ``spent``: it had its whole share of the processor."""

    def __init__(self, *, spent: bool) -> None:
        super().__init__()
        self.spent = spent


class Worker:
    """At most one child; who comes later waits."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._mutex = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        _all.add(self)

    def ask(self, header: dict[str, Any], data: bytes) -> dict[str, Any]:
        """The child's answer. Raises Late and Lost; the next photograph then finds a new child."""
        with self._mutex:
            for _ in range(2):  # a child that has rested may end in the very moment in which it is asked
                fresh = self._child is None or self._child.poll() is not None
                child = self._start() if fresh else cast("subprocess.Popen[bytes]", self._child)
                answer = self._asked(child, header, data, self._seconds + (STARTING if fresh else 0.0))
                if answer is not None:
                    if answer.get("retires"):
                        self._end()
                    return answer
            raise Lost

    def _asked(
        self, child: subprocess.Popen[bytes], header: dict[str, Any], data: bytes, seconds: float
    ) -> dict[str, Any] | None:
        late = threading.Event()

        def stop() -> None:
            late.set()
            child.kill()

        alarm = threading.Timer(seconds, stop)
        alarm.daemon = True
        alarm.start()
        try:
            write_frame(cast("FileIO", child.stdin), header, [data])
            return read_frame(cast("FileIO", child.stdout))[0]
        except (OSError, ValueError, WireError):
            ended = self._end(LAST_WORDS)
            spent = ended == -signal.SIGXCPU
            if late.is_set() or spent:
                log.warning("reading child was late (%s), %s bytes", "processor" if spent else "clock", len(data))
                raise Late(spent=spent) from None
            if ended == 0:
                return None
            log.warning("reading child ended with %s, kind %s, %s bytes", ended, header.get("kind"), len(data))
            raise Lost from None
        finally:
            alarm.cancel()

    def _start(self) -> subprocess.Popen[bytes]:
        self._end()
        environment = ENVIRONMENT | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self._child = subprocess.Popen(  # noqa: S603
            [sys.executable, *MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=HOUSE, env=environment, bufsize=0
        )
        return self._child

    def _end(self, patience: float = 0.0) -> int:
        """Ends the child, if there is one; its exit status (0 when it had ended of itself, or there is none)."""
        child, self._child = self._child, None
        if child is None:
            return 0
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
        child.kill()
        status = child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError, ValueError):
                pipe.close()  # type: ignore[union-attr]  # both are pipes of ours
        return status

    def process(self) -> int | None:
        """The number of the living child."""
        return self._child.pid if self._child is not None and self._child.poll() is None else None

    def close(self) -> None:
        """Ends the child."""
        with self._mutex:
            self._end()

    def abandon(self) -> None:
        """In a forked process: the child belongs to the process that made it."""
        if self._child is not None:
            self._child.returncode = 0  # keeps Popen from waiting for a process that is not its own
        self._child = None
        self._mutex = threading.Lock()


_all: weakref.WeakSet[Worker] = weakref.WeakSet()


def _after_fork() -> None:
    for worker in list(_all):
        worker.abandon()


def _at_exit() -> None:
    for worker in list(_all):
        worker.close()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
