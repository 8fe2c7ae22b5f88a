"""The server's side of the imaging children: at most two, made when first needed, replaced when they break or retire.

Safe to use from threads and after a fork: a forked process starts with no children of its own.
"""

from __future__ import annotations

import atexit
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tamemap import errors
from tamemap.gateways.imaging_wire import WireError, read_frame, write_frame

if TYPE_CHECKING:
    from io import FileIO

CHILDREN = 2
SECONDS = 20.0  # for one photograph, by the clock on the wall
QUEUE_SECONDS = 60.0  # after that a photograph that waits for a child is sent away
LAST_WORDS = 2.0  # seconds between a closed pipe and the end of its process
WORKER = ("-m", "tamemap.gateways.imaging_worker")
HOUSE = Path(__file__).resolve().parents[2]
# the child gets no settings and so no secrets; libvips is kept to one core, glibc to one heap
ENVIRONMENT = {"VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "1", "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")
ERRORS = {"Invalid": errors.Invalid, "TooLarge": errors.TooLarge, "Unsupported": errors.Unsupported}
CODES = ("photo_", "pdf_")

log = logging.getLogger(__name__)
Answer = tuple[dict[str, Any], list[bytes]]


class Child:
    """One process and its pipes."""

    def __init__(self, lock: int) -> None:
        environment = ENVIRONMENT | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, *WORKER, str(lock)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=HOUSE,
            env=environment,
            pass_fds=(lock,),
            bufsize=0,
        )
        self.questions = cast("FileIO", self.process.stdin)
        self.answers = cast("FileIO", self.process.stdout)

    def ask(self, header: dict[str, Any], data: bytes, seconds: float) -> Answer | None:
        """The answer; None when the child had ended of itself before. Raises Invalid when it breaks or is too slow."""
        late = threading.Event()

        def stop() -> None:
            late.set()
            self.process.kill()

        alarm = threading.Timer(seconds, stop)
        alarm.daemon = True
        alarm.start()
        try:
            write_frame(self.questions, header, [data])
            return read_frame(self.answers)
        except (OSError, ValueError, WireError):
            ended = self._ended()
            if ended == 0:
                return None
            log.warning("imaging child ended with %s, kind %s, %s bytes", ended, header.get("kind"), len(data))
            slow = late.is_set() or ended == -signal.SIGXCPU
            raise errors.Invalid("photo_too_slow" if slow else "photo_unreadable") from None
        finally:
            alarm.cancel()

    def _ended(self) -> int:
        """The exit status; a child that speaks nonsense and lives on is stopped."""
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(LAST_WORDS)
        self.process.kill()
        return self.process.wait()

    def end(self) -> None:
        """Ends the process for good."""
        self.process.kill()
        self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Closes our ends of the pipes and leaves the process alone."""
        for pipe in (self.questions, self.answers):
            with suppress(OSError, ValueError):
                pipe.close()


class Pool:
    """At most ``children`` processes; whoever comes later waits for one to be free."""

    def __init__(self, children: int = CHILDREN, seconds: float = SECONDS, patience: float = QUEUE_SECONDS) -> None:
        self.seconds, self.patience = seconds, patience
        self._free = threading.BoundedSemaphore(children)
        self._mutex = threading.Lock()
        self._idle: list[Child] = []
        self._all: set[Child] = set()
        self._lock_file: Any = None

    def ask(self, header: dict[str, Any], data: bytes) -> Answer:
        """Has one photograph made. Raises the child's refusal, Invalid when it broke, Unavailable("photo_busy")."""
        if not self._free.acquire(timeout=self.patience):
            raise errors.Unavailable("photo_busy")
        try:
            answer = self._ask(header, data)
        finally:
            self._free.release()
        if refusal := answer[0].get("error"):
            raise _refused(refusal)
        return answer

    def _ask(self, header: dict[str, Any], data: bytes) -> Answer:
        for _ in range(1 + CHILDREN):  # an idle child may end in the very moment in which it is picked
            child = self._take()
            try:
                answer = child.ask(header, data, self.seconds)
            except BaseException:
                self._drop(child)
                raise
            if answer is None:
                self._drop(child)
                continue
            if answer[0].get("retires"):
                self._drop(child)
            else:
                with self._mutex:
                    self._idle.append(child)
            return answer
        raise errors.Invalid("photo_unreadable")

    def _take(self) -> Child:
        with self._mutex:
            while self._idle:
                child = self._idle.pop()
                if child.process.poll() is None:
                    return child
                self._all.discard(child)
                child.forget()
            if self._lock_file is None:
                self._lock_file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  lives as long as the pool
            child = Child(self._lock_file.fileno())
            self._all.add(child)
            return child

    def _drop(self, child: Child) -> None:
        child.end()
        with self._mutex:
            self._all.discard(child)

    def processes(self) -> list[int]:
        """The process numbers of the living children (for measuring and for tests)."""
        with self._mutex:
            return [child.process.pid for child in self._all if child.process.poll() is None]

    def close(self) -> None:
        """Ends all children."""
        with self._mutex:
            gone, self._all, self._idle = self._all, set(), []
            lock_file, self._lock_file = self._lock_file, None
        for child in gone:
            child.end()
        if lock_file:
            lock_file.close()

    def abandon(self) -> None:
        """In a forked process: lets go of the children, which belong to the process that made them."""
        for child in self._all:
            child.process.returncode = 0  # keeps Popen from waiting for a process that is not its own
            child.forget()
        if self._lock_file:
            self._lock_file.close()


def _refused(refusal: list[Any]) -> errors.TamemapError:
    name, code, params = refusal
    if name not in ERRORS or not str(code).startswith(CODES):
        return errors.Invalid("photo_unreadable")
    numbers: dict[str, Any] = {key: value for key, value in params.items() if isinstance(value, int)}
    return ERRORS[name](code, **numbers)


_pool = Pool()


def pool() -> Pool:
    """The pool of this process."""
    return _pool


def _after_fork() -> None:
    global _pool  # noqa: PLW0603  one per process is the point
    _pool.abandon()
    _pool = Pool()


def _at_exit() -> None:
    _pool.close()


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
