"""Told to stop, the server says so to its processes first, and waits; Ctrl+C stops at once."""

from __future__ import annotations

import os
import signal
from types import SimpleNamespace

import pytest
from granian.server.mp import MPServer

from tamemap import logs
from tamemap.cli_serve import Graceful
from tamemap.config import Settings
from tamemap.web.draining import LEAVE


@pytest.fixture
def server(monkeypatch):
    """A server whose one process is this one; what happens, in order."""
    happened = []
    before = signal.signal(LEAVE, lambda number, _: happened.append("told"))
    monkeypatch.setattr(MPServer, "shutdown", lambda self, exit_code=0: happened.append("stopped"))
    made = Graceful(grace=60, target="nothing", log_enabled=False)
    made.wrks = [SimpleNamespace(_id=os.getpid)]
    # the waiting itself: a second signal would end it
    monkeypatch.setattr(made.main_loop_interrupt, "wait", lambda seconds: happened.append(f"waited {seconds:g}"))
    yield made, happened
    signal.signal(LEAVE, before)


def test_sigterm_leaves_time(server):
    made, happened = server
    made.signal_handler_interrupt(signal.SIGTERM, None)
    made.shutdown()
    assert happened == ["told", "waited 60", "stopped"]


def test_ctrl_c_does_not(server):
    made, happened = server
    made.signal_handler_interrupt(signal.SIGINT, None)
    made.shutdown()
    assert happened == ["stopped"]


def test_without_a_time_nobody_waits(server):
    made, happened = server
    made.grace = 0
    made.signal_handler_interrupt(signal.SIGTERM, None)
    made.shutdown()
    assert happened == ["stopped"]


def test_a_process_that_is_gone_is_no_trouble(server):
    made, happened = server
    made.wrks.insert(0, SimpleNamespace(_id=lambda: 2**22 - 1))
    made.signal_handler_interrupt(signal.SIGTERM, None)
    made.shutdown()
    assert happened == ["told", "waited 60", "stopped"]


def test_the_servers_own_lines_are_as_all_others():
    assert logs.of_server(Settings(log_format="text")) == {}
    assert set(logs.of_server(Settings(log_format="json"))["formatters"]) == {"generic", "access"}
