"""The queue in Redis, as several machines share it; and that the screens keep their states there too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huey import RedisHuey
from huey.exceptions import HueyException
from redis import Redis

from tamemap import config
from tamemap.jobs.queue import queue

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def shared(world, redis_url, monkeypatch):
    """An installation with an empty Redis."""
    monkeypatch.setenv("TAMEMAP_REDIS_URL", redis_url)
    config.settings.cache_clear()
    queue.cache_clear()
    Redis.from_url(redis_url).flushdb()
    yield redis_url
    queue.cache_clear()


def other_machine():
    """The queue as another machine makes it."""
    queue.cache_clear()
    return queue()


def test_what_one_machine_puts_in_another_one_takes_out_once(shared):
    said = []
    assert isinstance(queue(), RedisHuey)
    queue().task(name="say")(said.append)("hello")
    there = other_machine()
    there.task(name="say")(said.append)
    there.execute(there.dequeue())
    assert said == ["hello"]
    assert there.dequeue() is None


def test_a_job_that_was_not_signed_with_our_key_is_not_opened(shared, monkeypatch):
    queue().task(name="say")(print)("hello")
    monkeypatch.setenv("TAMEMAP_SECRET_KEY", "another")
    config.settings.cache_clear()
    with pytest.raises((HueyException, ValueError)):
        other_machine().dequeue()


def test_the_screens_keep_their_states_in_redis(redis_url):
    ask = "from rxconfig import config; print(config.redis_url, config.state_manager_mode)"
    environment = os.environ | {"TAMEMAP_REDIS_URL": redis_url, "REFLEX_TELEMETRY_ENABLED": "false"}
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert said.split()[-2:] == [redis_url, "redis"]
