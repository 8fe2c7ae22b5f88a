"""The HTTP server's processes: one that is killed is replaced, and told to stop they leave without losing a request."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import tempfile
from contextlib import suppress
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.net import SocketHolder
from granian.server.mp import MPServer
from reflex_base.constants import Env
from reflex_base.environment import environment

from tamemap import logs
from tamemap.cli_socket import inherited
from tamemap.config import settings
from tamemap.web.draining import LEAVE

log = logging.getLogger(__name__)
# connections of each process, however many there are: who reads a topic live holds one for as long as they read
AT_ONCE = 1024
# what is open when a process goes may take this long; then it is cut off
LONGEST_ANSWER = 25


class Graceful(MPServer):
    """Granian's server with a time in which it still serves while it says that it goes. A second signal ends that time."""

    def __init__(self, *, grace: float, **wishes: Any) -> None:
        super().__init__(**wishes)
        self.grace = grace
        self.told = 0

    def _init_shared_socket(self) -> None:
        """All processes listen on what was handed over, if anything was: what comes while there is no process waits there."""
        handed = inherited()
        if handed is None:
            super()._init_shared_socket()
            return
        # only children that are forked have it under its number
        multiprocessing.set_start_method("fork", force=True)
        of_unix = handed.family == socket.AF_UNIX
        # its stubs know neither the arguments nor that the names of AbstractServer ever hold anything
        holder: Any = SocketHolder(handed.fileno(), of_unix, self.backlog)  # type: ignore[call-arg]
        vars(self).update(_ssp=None, _sso=None, _sfd=handed.fileno(), _shd=holder)

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        """Remember which signal it was: whoever presses Ctrl+C does not want to wait."""
        self.told = args[0] if args else 0
        super().signal_handler_interrupt(*args, **kwargs)

    def shutdown(self, exit_code: int = 0) -> None:
        """Say that we go, serve for as long as those in front need to see it, then stop."""
        if self.grace and self.told == signal.SIGTERM:
            log.info("leaving in %g s", self.grace)
            self.main_loop_interrupt.clear()
            for worker in self.wrks:
                with suppress(ProcessLookupError):
                    os.kill(worker._id(), LEAVE)
            self.main_loop_interrupt.wait(self.grace)
        super().shutdown(exit_code)


def serve() -> None:
    """The HTTP server in this process's children; returns when it is told to stop."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    logs.configure(settings())
    with tempfile.TemporaryDirectory(prefix="tamemap-figures-", ignore_cleanup_errors=True) as folder:
        # the processes count into files of this folder, so that each of them can tell the sum
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        Graceful(
            grace=settings().grace_seconds,
            target="tamemap.tamemap:app",
            factory=True,
            address=settings().host,
            port=settings().port,
            interface=Interfaces.ASGI,
            workers=settings().workers,
            workers_kill_timeout=LONGEST_ANSWER,
            respawn_failed_workers=settings().workers > 1,
            backpressure=AT_ONCE,
            log_level=LogLevels(settings().log_level),
            log_dictconfig=logs.of_server(settings()),
        ).serve()
