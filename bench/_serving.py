"""A server on loopback for the time of a measurement."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parent.parent
GRANIAN = ("granian", "--interface", "asgi")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*program: str, environment: Mapping[str, str] | None = None, end: int = signal.SIGTERM) -> Iterator[int]:
    """The port on which this Python module (and its arguments) answers; it gets the signal ``end`` when the block is left."""
    port = free_port()
    command = [sys.executable, "-m", *program, "--host", "127.0.0.1", "--port", str(port)]
    settings, quiet = {**os.environ, **(environment or {})}, subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=settings, stdout=quiet, stderr=quiet)
    try:
        _wait(port)
        yield port
    finally:
        server.send_signal(end)
        server.wait(30)


def _wait(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the server did not start")
