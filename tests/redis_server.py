"""A Redis on loopback for the tests: nothing of it is kept."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def running() -> Iterator[str]:
    """The address of an empty Redis; the test is skipped where no ``redis-server`` is installed."""
    if given := os.environ.get("TAMEMAP_TEST_REDIS"):
        # away from those that whole installations are tested with, and from those of the other process of the tests
        number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
        yield f"{given}/{9 + number % 7}"
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        try:
            server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "LC_ALL": "C"})
        except FileNotFoundError:
            pytest.skip("no redis-server here")
        try:
            assert server.stdout is not None
            for line in server.stdout:
                if "Ready to accept" in line:
                    break
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()
            server.wait()
