"""The worker as a process of its own, as ``python -m tamemap work`` runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tamemap import config

ROOT = Path(__file__).parent.parent.parent
# the clock of another process does not stand still: it mails at once what was due at noon of the test's day or before
PROGRAM = """
import logging, sys
from datetime import timedelta
from tamemap import clock, db
from tamemap.jobs import handlers, worker
from tamemap.services import outbox

def say(payload):
    print("sent", payload["n"], flush=True)

handlers.HANDLERS["mail"] = say
with db.transaction(write=True) as session:
    for n in (1, 2):
        outbox.put(session, "mail", {"n": n}, due_at=clock.now() - timedelta(seconds=3 - n))
worker.work()
print("ended", flush=True)
"""


@pytest.fixture
def process(world, migrated):
    """A worker on the test's database."""
    env = os.environ | {"TAMEMAP_DATABASE_URL": migrated[0], "TAMEMAP_DATA_DIR": str(config.settings().data_dir)}
    started = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    yield started
    if started.poll() is None:
        started.kill()
    started.wait()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_it_sends_what_is_due_and_ends_when_told(process, signum):
    assert process.stdout is not None
    assert [process.stdout.readline() for _ in range(2)] == ["sent 1\n", "sent 2\n"]
    process.send_signal(signum)
    assert process.communicate(timeout=60)[0] == "ended\n"
    assert process.returncode == 0
