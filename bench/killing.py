"""Server processes, a whole server, a worker, the database, Redis and the store are killed in turn while people post.

People do as phones do: each post and each flyer has a key of its own and is sent again until it is acknowledged. Afterwards the
database is asked: is all that was acknowledged there (``lost``), and nothing twice (``doubled``)? While the database is away they
must be told so (503 ``database_away`` with ``Retry-After``), and all must go on by itself when it is back. ``/readyz`` is asked
in the middle of each absence and afterwards, as a monitor does: it must name the part that is away, and no other. The logs are
kept in ``KILLING_LOGS``, where that is set.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from sqlmodel import func, select

from bench._parts import (
    Part,
    build_town,
    caddy,
    free_port,
    keep_logs,
    new_key,
    new_photo,
    postgresql,
    ready,
    redis,
    running,
    server,
    store,
    worker,
)
from tamemap import db, session
from tamemap.config import settings
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, OutboxEntry, Picture, Post
from tests.web.browsers import form

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSTERS, FLYER_POSTERS, AWAY, BETWEEN = 6, 2, 5.0, 8.0


@dataclass
class Seen:
    """What was acknowledged (words or title → id), and how it went."""

    posts: dict[str, str] = field(default_factory=dict)
    flyers: dict[str, str] = field(default_factory=dict)
    again: Counter[str] = field(default_factory=Counter)
    told: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0


def main() -> dict[str, Any]:
    """Run it; returns the figures."""
    if shutil.which("redis-server") is None or shutil.which(os.environ.get("CADDY", "caddy")) is None:
        raise SystemExit("bench/killing needs redis-server and caddy (apt-get install redis-server caddy; or CADDY=its path)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return asyncio.run(_run(Path(folder)))
        finally:
            if kept := os.environ.get("KILLING_LOGS"):
                keep_logs(Path(folder), Path(kept))


async def _run(folder: Path) -> dict[str, Any]:
    ports = [free_port(), free_port()]
    with postgresql(folder / "postgresql.log") as database, redis(folder) as cache, store(folder) as pictures:
        wishes = {"TAMEMAP_DATABASE_URL": database.address, "TAMEMAP_REDIS_URL": cache.address, "TAMEMAP_DATA_DIR": str(folder)}
        wishes |= {"TAMEMAP_STORAGE_URL": pictures.address, "TAMEMAP_LOG_FORMAT": "json"}
        tokens = build_town(wishes | {"TAMEMAP_WORKERS": "2", "TAMEMAP_TRUSTED_PROXIES": "1"})
        with (
            caddy(folder, ports) as address,
            running(server(ports[0], folder)) as first,
            running(server(ports[1], folder)) as second,
            running(worker(folder, 1)) as one,
            running(worker(folder, 2)),
        ):
            for port in ports:
                await ready(f"http://127.0.0.1:{port}")
            seen, stop = Seen(), asyncio.Event()
            topic, _, turns = tokens.pop("topic"), tokens.pop("staff"), itertools.cycle(tokens.values())
            people = [asyncio.create_task(_poster(address, topic, turns, seen, stop)) for _ in range(POSTERS)]
            people += [asyncio.create_task(_flyer_poster(address, turns, seen, stop)) for _ in range(FLYER_POSTERS)]
            parts = {"whole server": second, "worker": one, "database": database, "redis": cache, "store": pictures}
            counts = await _kill_in_turn(seen, f"http://127.0.0.1:{ports[0]}", first, parts)
            stop.set()
            await asyncio.gather(*people)
            await _drained()
            return counts | _compared(seen)


async def _kill_in_turn(seen: Seen, address: str, first: Part, parts: dict[str, Part]) -> dict[str, Any]:
    """Each in its turn; how many were acknowledged in the time after it, and seconds until the next acknowledgement."""
    counts: dict[str, Any] = {}
    database = parts["database"].process
    deeds: dict[str, Callable[[], object]] = {
        "server process": lambda: os.kill(first.children()[0], signal.SIGKILL),
        **{name: part.kill for name, part in parts.items()},
        # a crash for PostgreSQL: nothing is written any more, and its log is replayed at the start
        "database": lambda: (database.send_signal(signal.SIGQUIT), database.wait(30)),
    }
    for name, deed in deeds.items():
        await asyncio.sleep(BETWEEN)
        before = len(seen.posts) + len(seen.flyers)
        await asyncio.to_thread(deed)
        await asyncio.sleep(AWAY)
        said = await _not_ready(address)
        while_away = len(seen.posts) + len(seen.flyers) - before
        if part := parts.get(name):
            part.start()
        back, had = time.monotonic(), len(seen.posts) + len(seen.flyers)
        while len(seen.posts) + len(seen.flyers) == had and time.monotonic() - back < 60:
            await asyncio.sleep(0.05)
        went_on = round(time.monotonic() - back, 1)
        while (after := await _not_ready(address)) != "all ok" and time.monotonic() - back < 60:
            await asyncio.sleep(0.5)
        counts[name] = {
            "acknowledged while away": while_away,
            "seconds until it went on": went_on,
            "readyz while away": said,
            "readyz afterwards": f"{after} ({time.monotonic() - back:.1f} s)",
        }
    await asyncio.sleep(BETWEEN)
    return counts


async def _not_ready(address: str) -> str:
    """What ``/readyz`` says of the parts that are not ok."""
    async with httpx.AsyncClient(timeout=30) as client:
        try:
            answer = await client.get(f"{address}/readyz")
        except httpx.HTTPError as error:
            return type(error).__name__
    wrong = [f"{name} {state}" for name, state in answer.json()["parts"].items() if state != "ok"]
    return f"{answer.status_code}: {', '.join(wrong)}" if wrong else "all ok"


async def _poster(address: str, topic: str, turns: Iterator[str], seen: Seen, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        while not stop.is_set():
            words, headers = f"こんにちは {new_key()}", _headers(turns)
            said = await _until_acknowledged(
                client, seen, f"/api/v1/topics/{topic}/posts", {"json": {"body": words}, "headers": headers}
            )
            seen.posts[words] = said["id"]


async def _flyer_poster(address: str, turns: Iterator[str], seen: Seen, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=20) as client:
        while not stop.is_set():
            title = f"市 {new_key()}"
            sent = {"data": form(title=title), "files": new_photo(), "headers": _headers(turns)}
            seen.flyers[title] = (await _until_acknowledged(client, seen, "/api/v1/flyers", sent))["id"]
            await asyncio.sleep(0.5)


def _headers(turns: Iterator[str]) -> dict[str, str]:
    return {"Idempotency-Key": new_key(), "Cookie": f"{session.COOKIE}={next(turns)}"}


async def _until_acknowledged(client: httpx.AsyncClient, seen: Seen, path: str, sent: dict[str, Any]) -> dict[str, Any]:
    begun = time.monotonic()
    while True:
        wait = 0.3
        try:
            answer = await client.post(path, **sent)
        except httpx.HTTPError as error:
            seen.again[type(error).__name__] += 1
        else:
            if answer.status_code in {200, 201}:
                seen.longest = max(seen.longest, time.monotonic() - begun)
                said: dict[str, Any] = answer.json()
                return said
            problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            seen.again[f"{answer.status_code} {problem.get('code', '')}"] += 1
            if problem.get("code") == "database_away":
                seen.told["with Retry-After" if "retry-after" in answer.headers else "without"] += 1
            if answer.status_code == 429:
                # they post faster than people may
                wait = 2.0
        await asyncio.sleep(wait)


async def _drained() -> None:
    """Until the workers have done all there is to do."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with suppress(Exception), db.transaction(write=False) as tx:
            undone = OutboxEntry.done_at.is_(None), OutboxEntry.kind != "mail"  # type: ignore[union-attr]
            if tx.exec(select(func.count()).select_from(OutboxEntry).where(*undone)).one() == 0:
                return
        await asyncio.sleep(1)


def _compared(seen: Seen) -> dict[str, Any]:
    """What was acknowledged, held against what there is."""
    with db.transaction(write=False) as tx:
        posts = {row.body: row.public_id for row in tx.exec(select(Post)).all()}
        bodies = Counter(tx.exec(select(Post.body)).all())
        flyers = {row.title: row.public_id for row in tx.exec(select(Flyer)).all()}
        titles = Counter(tx.exec(select(Flyer.title)).all())
        pictures = tx.exec(select(Picture).where(Picture.flyer_id.is_not(None))).all()  # type: ignore[union-attr]
        undone = tx.exec(select(func.count()).select_from(OutboxEntry).where(OutboxEntry.done_at.is_(None))).one()  # type: ignore[union-attr]
    store = storage_from(settings())
    names = {size[kind] for row in pictures for size in row.variants.values() for kind in ("jpeg", "avif")}
    names |= {row.original for row in pictures}
    return {
        "posts acknowledged": len(seen.posts),
        "flyers acknowledged": len(seen.flyers),
        "lost": sum(posts.get(words) != one for words, one in seen.posts.items())
        + sum(flyers.get(title) != one for title, one in seen.flyers.items()),
        "doubled": sum(count - 1 for count in (bodies | titles).values()),
        "pictures' files missing": sum(not store.exists(name) for name in names),
        "jobs undone": undone,
        "sent again after": dict(seen.again),
        "told that the database is away": dict(seen.told),
        "longest until acknowledged": round(seen.longest, 1),
    }
