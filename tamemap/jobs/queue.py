"""The Huey queue: SQLite in the data directory, or Redis. It only keeps time: what must not be lost goes into the outbox."""

from __future__ import annotations

from functools import lru_cache

from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from tamemap.config import settings


@lru_cache(maxsize=1)
def queue() -> Huey:
    """The queue of this installation, made on first use; messages are signed, for Huey unpickles what it finds.

    ``queue.cache_clear()`` makes it anew.
    """
    serializer = SignedSerializer(secret=settings().secret().decode(), salt="tamemap.jobs")
    if settings().redis_url:
        return RedisHuey("tamemap", url=settings().redis_url, serializer=serializer, results=False)
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteHuey("tamemap", filename=str(settings().data_dir / "jobs.db"), serializer=serializer, results=False, fsync=False)
