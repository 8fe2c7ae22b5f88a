"""What a hundred readers of one topic cost: statements per new post, and milliseconds from its commit to the last of them.

A real server on loopback with a new SQLite database; the posts are written by this process, so the server learns of them from the
database alone. Statements are counted in the server's process, with all ticks between two posts. Then the same readers at home:
their State's handlers, one after the other in this process.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import statistics
import tempfile
import time
import urllib.request
from typing import Any

from sqlalchemy import event
from sqlmodel import select

from bench._serving import GRANIAN, serving
from tamemap import config, db
from tamemap.live import hub
from tamemap.migration import migrate
from tamemap.models import Post, Topic
from tamemap.services import posts
from tamemap.ui.screens.home_state import HomeState
from tests import factories
from tests.ui.harness import Tab

READERS, POSTS, IDLE = 100, 20, 6.0


def main() -> dict[str, Any]:
    """Run both; returns the figures."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"TAMEMAP_DATA_DIR": folder, "TAMEMAP_DATABASE_URL": "", "TAMEMAP_SECRET_KEY": "bench"}
        config.settings.cache_clear()
        try:
            migrate()
            with db.transaction(write=True) as tx:
                cast = factories.cast(tx)
                topic = factories.topic(tx, cast["aki"]).public_id
            return {"streams": _streams(cast, topic), "home": _home(cast, topic)}
        finally:
            db.dispose()
            config.settings.cache_clear()


def _streams(cast: dict[str, Any], topic: str) -> dict[str, Any]:
    # a server with open streams would wait for them
    with serving(*GRANIAN, "bench._counted:app", end=signal.SIGKILL) as port:
        return asyncio.run(_read(port, cast, topic))


async def _read(port: int, cast: dict[str, Any], topic: str) -> dict[str, Any]:
    came: dict[str, list[float]] = {}
    before = _asked(port)
    readers = [asyncio.create_task(_reader(port, topic, came)) for _ in range(READERS)]
    await _until(lambda: len(came.get("hello", [])) == READERS)
    opened = _asked(port) - before
    await asyncio.sleep(IDLE)
    idle = _asked(port) - before - opened
    first, slowest, every = _asked(port), [], []
    for n in range(POSTS):
        await asyncio.sleep(random.uniform(0.5, 2.0))  # noqa: S311
        post = await asyncio.to_thread(_write, cast["aki" if n % 2 else "chie"], topic, f"{n} {time.time()}")
        committed = time.perf_counter()
        await _until(lambda post=post: len(came.get(post, [])) == READERS)
        every += [(at - committed) * 1000 for at in came[post]]
        slowest.append(max(every[-READERS:]))
    total = _asked(port) - first
    for one in readers:
        one.cancel()
    return {
        "readers": READERS,
        "statements to begin": opened,
        "statements per idle s": round(idle / IDLE, 2),
        "statements per post": round(total / POSTS, 1),
        "median ms": round(statistics.median(every)),
        "median of the last reader ms": round(statistics.median(slowest)),
        "max ms": round(max(slowest)),
    }


async def _reader(port: int, topic: str, came: dict[str, list[float]]) -> None:
    """One stream: notes when it has heard of what."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
    writer.write(f"GET /b/hitoyoshi-hiroba/{topic}/live HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    while line := await reader.readline():
        if line.startswith(b"event: hello"):
            came.setdefault("hello", []).append(time.perf_counter())
        elif line.startswith(b"data: ") and b'"posts"' in line:
            for post in json.loads(line[6:])["posts"]:
                came.setdefault(post["id"], []).append(time.perf_counter())


async def _until(reached: Any) -> None:
    end = time.monotonic() + 30
    while not reached():
        if time.monotonic() > end:
            raise RuntimeError("not everybody has heard of it within 30 seconds")
        await asyncio.sleep(0.005)


def _asked(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/asked", timeout=10) as answer:
        return int(json.load(answer))


def _write(actor: Any, topic: str, body: str) -> str:
    with db.transaction(write=True) as tx:
        # ten a minute are one person's limit, which is not what is measured
        for row in tx.exec(select(Post)):
            row.created_at = row.created_at.replace(year=2020)
        return posts.write_post(tx, actor, topic=topic, body=body).public_id


def _home(cast: dict[str, Any], topic: str) -> dict[str, Any]:
    people = [one if one.person_id else None for one in cast.values()]
    tabs = [
        Tab(HomeState, people[n % len(people)], path="/?map=hitoyoshi&tab=boards")
        .send("enter")
        .send("open_topic", public_id=topic)
        for n in range(READERS)
    ]
    seat = asyncio.run(hub().sit(topic))
    counts, times = [], []
    for n in range(POSTS):
        _write(cast["chie"], topic, f"home {n}")
        with db.transaction(write=False) as tx:
            revision = tx.exec(select(Topic.revision)).one()
        asked: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_more: object, asked: list[str] = asked) -> None:
            if not statement.startswith("BEGIN"):
                asked.append(statement)

        event.listen(db.engine(), "before_cursor_execute", note)
        begun = time.perf_counter()
        # the tick that their streams cause, on the same loop in a server
        asyncio.run(hub().look())
        for tab in tabs:
            tab.send("hear", said=f"{topic} {revision}")
        times.append((time.perf_counter() - begun) * 1000)
        event.remove(db.engine(), "before_cursor_execute", note)
        counts.append(len(asked))
        if not all(f"home {n}<" in tab.posts[-1].html for tab in tabs):
            raise RuntimeError("not everybody has seen it")
    hub().leave(seat)
    return {"readers": READERS, "statements per post": statistics.mean(counts), "ms for all": round(statistics.median(times)),
            "max ms": round(max(times))}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(), indent=1, ensure_ascii=False))
