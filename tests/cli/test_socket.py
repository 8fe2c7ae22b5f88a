"""A server that systemd hands its socket to can be started anew without anybody noticing."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PATIENCE = 300  # seconds
# what systemd does: the socket becomes number 3, its name is in the environment, and then it is the server
HAND_OVER = """
import os, sys
os.dup2({number}, 3)
os.environ |= {{"LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid() + {other})}}
os.execv(sys.executable, [sys.executable, *{command!r}])
"""
TOLD = """
from tamemap.cli_socket import inherited, port_of
found = inherited()
print(port_of(found) if found else "none")
"""


def handed(listening: socket.socket, command: list[str], *, other: int = 0, **wishes: object) -> subprocess.Popen:
    code = HAND_OVER.format(number=listening.fileno(), other=other, command=command)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, pass_fds=[listening.fileno()], **wishes)


def told(listening: socket.socket, **wishes: object) -> tuple[str, int]:
    child = handed(listening, ["-c", TOLD], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **wishes)
    said, _ = child.communicate(timeout=PATIENCE)
    return said.strip(), child.returncode


@pytest.fixture
def listening():
    """A socket as systemd opens it."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        yield made


def test_the_socket_is_known_by_its_port(listening):
    assert told(listening) == (str(listening.getsockname()[1]), 0)


def test_a_socket_for_another_process_is_not_ours(listening):
    assert told(listening, other=1) == ("none", 0)


def test_a_socket_to_which_nobody_can_connect_is_refused():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        assert told(made)[1] == 1


@contextmanager
def serving(listening: socket.socket, folder: Path):
    """A server of this town until the end of the block."""
    own = {"TAMEMAP_DATA_DIR": str(folder), "TAMEMAP_DATABASE_URL": "", "TAMEMAP_REDIS_URL": "", "TAMEMAP_PORT": "1"}
    command = ["-m", "tamemap", "run", "--no-demo", "--no-worker"]
    with (folder / "server.log").open("a") as log:
        server = handed(listening, command, env=os.environ | own, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE) == 0


def test_what_comes_while_no_server_is_there_waits_for_the_next_one(listening, tmp_path):
    address = f"http://127.0.0.1:{listening.getsockname()[1]}/readyz?part=serving"
    answers = []

    def ask() -> None:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
            answers.append(json.load(answer)["parts"]["serving"])

    with serving(listening, tmp_path):
        ask()
    waiting = [threading.Thread(target=ask) for _ in range(5)]
    for one in waiting:
        one.start()
    with serving(listening, tmp_path):
        for one in waiting:
            one.join()
    assert answers == ["ok"] * 6
