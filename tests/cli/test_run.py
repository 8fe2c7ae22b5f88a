"""What ``run`` starts beside the server, and what keeps it from starting."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tamemap import cli, config
from tamemap.cli_run import Helper, obstacle
from tamemap.i18n import t

ROOT = Path(__file__).parent.parent.parent
# says that it is there and waits until somebody ends it
WAITER = "import os, signal; fd = os.open({path!r}, os.O_WRONLY); os.write(fd, b'here\\n'); os.close(fd); {then}"


@pytest.fixture
def pipe(tmp_path):
    """A named pipe: reading it waits for whoever writes."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def helper(pipe: Path, then: str) -> Helper:
    return Helper((sys.executable, "-c", WAITER.format(path=str(pipe), then=then)), rest=0.01)


def test_a_worker_that_dies_is_started_again(pipe):
    made = helper(pipe, "os._exit(3)")
    made.start()
    assert [pipe.read_text() for _ in range(3)] == ["here\n"] * 3
    # the next one waits at the pipe for a reader: opened for writing too, it goes on and ends
    reader = os.open(pipe, os.O_RDWR)
    made.stop()
    os.close(reader)


def test_stopping_ends_the_worker_and_starts_no_other(pipe):
    made = helper(pipe, "signal.pause()")
    made.start()
    assert pipe.read_text() == "here\n"
    made.stop()
    assert made.process.returncode == -signal.SIGTERM
    made.stop()


def test_a_helper_that_was_never_started_stops_at_once():
    Helper(("false",)).stop()


def test_a_worker_whose_server_was_killed_ends_by_itself(tmp_path):
    environment = os.environ | {"TAMEMAP_DATA_DIR": str(tmp_path), "TAMEMAP_DATABASE_URL": ""}
    # the shell starts a worker in the background and is gone before it could ever stop it
    script = f'"{sys.executable}" -m tamemap migrate && "{sys.executable}" -m tamemap work --parent=$$ & exec true'
    done = subprocess.run(
        ["sh", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True
    )
    # the pipe of its output is closed: nobody is left who could write to it
    assert "Traceback" not in done.stderr


def test_a_taken_port_is_said_before_anything_is_done(monkeypatch, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("TAMEMAP_HOST", "127.0.0.1")
        monkeypatch.setenv("TAMEMAP_PORT", "1")  # restored afterwards: run writes it
        assert cli.main(["run", "--port", str(port), "--host", "127.0.0.1"]) == 1
    said = capsys.readouterr().err
    assert str(port) in said
    assert "TAMEMAP_PORT=8001 make run" in said
    config.settings.cache_clear()


def test_several_workers_need_redis(monkeypatch):
    monkeypatch.setenv("TAMEMAP_WORKERS", "3")
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "")
    config.settings.cache_clear()
    assert obstacle() == t("cli.run.workers_need_redis", workers=3)
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "redis://localhost:6379")
    monkeypatch.setenv("TAMEMAP_HOST", "127.0.0.1")
    monkeypatch.setenv("TAMEMAP_PORT", str(_free_port()))
    config.settings.cache_clear()
    assert obstacle() is None
    config.settings.cache_clear()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
