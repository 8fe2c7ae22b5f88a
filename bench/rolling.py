"""A rolling restart under full load: two servers behind Caddy, each told to go (SIGTERM) and started again in turn.

Pictures are in an S3 store. Readers ask for pages, tiles, lists and the pictures of what was just posted, posters write with
idempotency keys, some of them flyers with a photograph, as fast as they are answered, each request once only: what Caddy cannot
pass on counts as lost, and so does a picture that was acknowledged and is not there. Figures: requests, lost ones, and the
longest that one took. The logs are kept in ``ROLLING_LOGS``, where that is set.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import shutil
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bench._parts import (
    BOARD,
    MAP,
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
    server,
    store,
)
from tamemap import session
from tests.web.browsers import form

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS, POSTERS, FLYER_POSTERS, GRACE = 16, 4, 2, 6
PATHS = (f"/m/{MAP}", f"/api/v1/maps/{MAP}/flyers", f"/api/v1/maps/{MAP}/tiles/10/883/412", f"/b/{BOARD}", "/")


@dataclass
class Seen:
    """What the people saw."""

    answers: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    pictures: deque[str] = field(default_factory=lambda: deque(maxlen=200))


def main() -> dict[str, Any]:
    """Run it; returns the figures."""
    if shutil.which("redis-server") is None or shutil.which(os.environ.get("CADDY", "caddy")) is None:
        raise SystemExit("bench/rolling needs redis-server and caddy (apt-get install redis-server caddy; or CADDY=its path)")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return asyncio.run(_run(Path(folder)))
        finally:
            if kept := os.environ.get("ROLLING_LOGS"):
                keep_logs(Path(folder), Path(kept))


async def _run(folder: Path) -> dict[str, Any]:
    ports = [free_port(), free_port()]
    with postgresql() as database, redis(folder) as cache, store(folder) as pictures:
        settings = {"TAMEMAP_DATABASE_URL": database.address, "TAMEMAP_REDIS_URL": cache.address, "TAMEMAP_DATA_DIR": str(folder)}
        settings |= {"TAMEMAP_STORAGE_URL": pictures.address}
        tokens = build_town(settings | {"TAMEMAP_GRACE_SECONDS": str(GRACE), "TAMEMAP_TRUSTED_PROXIES": "1"})
        with caddy(folder, ports) as address:
            servers = [server(port, folder) for port in ports]
            try:
                for port in ports:
                    await ready(f"http://127.0.0.1:{port}")
                return await _under_load(address, ports, servers, tokens)
            finally:
                for one in servers:
                    one.stop()


async def _under_load(address: str, ports: list[int], servers: list[Part], tokens: dict[str, str]) -> dict[str, Any]:
    seen, stop = Seen(), asyncio.Event()
    people = [asyncio.create_task(_reader(address, number, seen, stop)) for number in range(READERS)]
    topic, _, turns = tokens.pop("topic"), tokens.pop("staff"), itertools.cycle(tokens.values())
    people += [asyncio.create_task(_poster(address, topic, turns, seen, stop)) for _ in range(POSTERS)]
    people += [asyncio.create_task(_flyer_poster(address, turns, seen, stop)) for _ in range(FLYER_POSTERS)]
    begun = time.monotonic()
    await asyncio.sleep(5)
    restarts = []
    for which, port in enumerate(ports):
        told = time.monotonic()
        await asyncio.to_thread(servers[which].stop)
        gone = time.monotonic()
        servers[which].start()
        await ready(f"http://127.0.0.1:{port}")
        restarts.append({"left_after": round(gone - told, 1), "back_after": round(time.monotonic() - gone, 1)})
        await asyncio.sleep(5)
    stop.set()
    await asyncio.gather(*people)
    total = sum(seen.answers.values())
    return {
        "seconds": round(time.monotonic() - begun, 1),
        "requests": total,
        "answers": dict(seen.answers),
        "lost": sum(seen.lost.values()),
        "lost_how": dict(seen.lost),
        "longest_seconds": round(seen.longest, 2),
        "restarts": json.dumps(restarts),
    }


async def _reader(address: str, number: int, seen: Seen, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while not stop.is_set():
            number += 1
            await _once(seen, client.get(PATHS[number % len(PATHS)]))
            if seen.pictures and number % len(PATHS) == 0:
                await _picture(seen, client, random.choice(seen.pictures))  # noqa: S311


async def _picture(seen: Seen, client: httpx.AsyncClient, path: str) -> None:
    answer = await _once(seen, client.get(path))
    if answer is not None and answer.status_code == 404:
        seen.lost["a picture that was acknowledged"] += 1


async def _poster(address: str, topic: str, turns: Iterator[str], seen: Seen, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while not stop.is_set():
            body = {"body": f"こんにちは {new_key()}"}
            await _once(seen, client.post(f"/api/v1/topics/{topic}/posts", json=body, headers=_headers(turns)))


async def _flyer_poster(address: str, turns: Iterator[str], seen: Seen, stop: asyncio.Event) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while not stop.is_set():
            sent = form(title=f"市 {new_key()}", outside="true")
            answer = await _once(seen, client.post("/api/v1/flyers", data=sent, files=new_photo(), headers=_headers(turns)))
            if answer is not None and answer.status_code == 201:
                # as anybody sees it
                shown = await _once(seen, client.get(f"/api/v1/flyers/{answer.json()['id']}"))
                pictures = shown.json().get("pictures", ()) if shown is not None else ()
                seen.pictures.extend(size["jpeg"] for one in pictures for size in one["sizes"].values() if "jpeg" in size)
            await asyncio.sleep(0.3)


def _headers(turns: Iterator[str]) -> dict[str, str]:
    return {"Idempotency-Key": new_key(), "Cookie": f"{session.COOKIE}={next(turns)}"}


async def _once(seen: Seen, request: Any) -> httpx.Response | None:
    begun = time.monotonic()
    try:
        answer: httpx.Response = await request
    except httpx.HTTPError as error:
        seen.lost[type(error).__name__] += 1
        return None
    finally:
        seen.longest = max(seen.longest, time.monotonic() - begun)
    seen.answers[f"{answer.request.method} {answer.status_code}"] += 1
    if answer.status_code >= 500:
        seen.lost[f"{answer.request.method} {answer.status_code} {answer.request.url.path}"] += 1
    return answer
