"""A soak: readers, posters, recalls on two servers with PostgreSQL, Redis and an S3 store, ``SOAK_MINUTES`` (5 unless told).

Each flyer leaves in one of three ways (its poster takes it back, staff recall it, its tick is taken away and then it is taken
back) at one server, and is looked for on every surface of both, at once after that was acknowledged and with what a browser has
kept of it (ETags): a trace of it anywhere is a leak. Every look is a new connection and made twice, so that it meets several of
the ``SOAK_WORKERS`` (2) processes of each server. Beforehand it must have been found there, so that the looking is worth
something; which also warms what these processes keep. Figures: requests, recalls, leaks by surface, memory of each process.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from bench._memory import memory, side_by_side
from bench._parts import (
    BOARD,
    MAP,
    build_town,
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
from bench._surfaces import API, surfaces
from tamemap import session
from tamemap.domain.cells import tile_of
from tests.web.browsers import LAT, LNG, form

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench._parts import Part
    from bench._surfaces import Surface

READERS, POSTERS, RECALLERS, LOOKS, AT_ONCE, REST = 6, 2, 3, 2, 6, 60
WAYS = ("by its poster", "by staff", "untick first")
ORIGIN = "http://tamemap.example"


@dataclass
class Seen:
    """What happened."""

    requests: Counter[str] = field(default_factory=Counter)
    recalls: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    leaks: Counter[str] = field(default_factory=Counter)
    not_found_before: Counter[str] = field(default_factory=Counter)
    kept_too_long: Counter[str] = field(default_factory=Counter)
    not_recalled: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Town:
    """Where people go: the servers, a topic, the people's and the staff's sessions; until when."""

    addresses: list[str]
    topic: str
    staff: str
    turns: Iterator[str]
    end: float

    @property
    def open(self) -> bool:
        """Whether there is time left."""
        return time.monotonic() < self.end


def main() -> dict[str, Any]:
    """Run it; returns the figures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            return asyncio.run(_run(Path(folder), float(os.environ.get("SOAK_MINUTES", "5")) * 60))
        finally:
            if kept := os.environ.get("SOAK_LOGS"):
                keep_logs(Path(folder), Path(kept))


async def _run(folder: Path, seconds: float) -> dict[str, Any]:
    ports = [free_port(), free_port()]
    with postgresql(folder / "postgresql.log") as database, redis(folder) as cache, store(folder) as pictures:
        wishes = {"TAMEMAP_DATABASE_URL": database.address, "TAMEMAP_REDIS_URL": cache.address, "TAMEMAP_DATA_DIR": str(folder)}
        wishes |= {"TAMEMAP_STORAGE_URL": pictures.address, "TAMEMAP_TRUSTED_PROXIES": "1", "TAMEMAP_BASE_URL": ORIGIN}
        tokens = build_town(wishes | {"TAMEMAP_WORKERS": os.environ.get("SOAK_WORKERS", "2")})
        topic, staff = tokens.pop("topic"), tokens.pop("staff")
        with (
            running(server(ports[0], folder)) as first,
            running(server(ports[1], folder)) as second,
            running(worker(folder, 1)) as jobs,
        ):
            addresses = [f"http://127.0.0.1:{port}" for port in ports]
            for address in addresses:
                await ready(address)
            town = Town(addresses, topic, staff, itertools.cycle(tokens.values()), time.monotonic() + seconds)
            seen, parts = Seen(), {"server 1": first, "server 2": second, "worker": jobs, "PostgreSQL": database, "Redis": cache}
            return await _soak(town, seen, parts, seconds)


async def _soak(town: Town, seen: Seen, parts: dict[str, Part], seconds: float) -> dict[str, Any]:
    samples: list[dict[str, float]] = []
    people = [_reader(town.addresses[number % 2], town, seen) for number in range(READERS)]
    people += [_poster(town.addresses[number % 2], town, seen) for number in range(POSTERS)]
    people += [_recaller(town, seen) for _ in range(RECALLERS)]
    await asyncio.gather(_measured(parts, samples, town, seconds / 30), *people)
    samples.append(memory(parts))
    await asyncio.sleep(REST)
    return {
        "seconds": round(seconds),
        "requests": sum(seen.requests.values()),
        "answers": dict(seen.requests),
        "recalls": seen.recalls.total(),
        "recalls by way": dict(seen.recalls),
        "looks after a recall": seen.looks,
        "leaks": seen.leaks.total(),
        "leaks by surface": dict(seen.leaks),
        "not found before the recall": dict(seen.not_found_before),
        "kept too long by caches": dict(seen.kept_too_long),
        "not recalled": dict(seen.not_recalled),
        "memory MB": side_by_side(samples),
        f"memory MB {REST} s after": {name: round(mb) for name, mb in memory(parts).items()},
    }


async def _measured(parts: dict[str, Part], samples: list[dict[str, float]], town: Town, every: float) -> None:
    while town.open:
        samples.append(memory(parts))
        await asyncio.sleep(min(every, max(0.1, town.end - time.monotonic())))


async def _reader(address: str, town: Town, seen: Seen) -> None:
    tile = "/".join(map(str, tile_of(LAT, LNG, 12)))
    maps = f"{API}/maps/{MAP}"
    paths = (
        *(f"/m/{MAP}", "/m/hitoyoshi-kuma", f"/m/{MAP}.jpg", f"{maps}/flyers?limit=20", f"{maps}/tiles/12/{tile}", maps),
        *(
            f"/b/{BOARD}/{town.topic}",
            f"/b/{BOARD}",
            f"{API}/boards/{BOARD}/topics",
            "/",
            "/search?q=市",
            "/sitemap.xml",
            "/about",
        ),
    )
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while town.open:
            await _counted(seen, client.get(random.choice(paths), headers=_from_somewhere()))  # noqa: S311
            await asyncio.sleep(0.05)


async def _poster(address: str, town: Town, seen: Seen) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while town.open:
            body = {"body": f"こんにちは {new_key()}"}
            headers = _headers(next(town.turns))
            await _counted(seen, client.post(f"{API}/topics/{town.topic}/posts", json=body, headers=headers))
            await asyncio.sleep(0.7)


def _headers(token: str) -> dict[str, str]:
    return _from_somewhere() | {"Idempotency-Key": new_key(), "Cookie": f"{session.COOKIE}={token}"}


def _from_somewhere() -> dict[str, str]:
    """As a proxy in front says it: each request is another visitor's, so that nobody has searched too often."""
    return {"X-Forwarded-For": f"198.18.{random.randrange(256)}.{random.randrange(256)}"}  # noqa: S311  addresses for measuring


async def _counted(seen: Seen, request: Any) -> httpx.Response | None:
    try:
        answer: httpx.Response = await request
    except httpx.HTTPError as error:
        seen.requests[type(error).__name__] += 1
        return None
    seen.requests[f"{answer.request.method} {answer.status_code}"] += 1
    return answer


async def _recaller(town: Town, seen: Seen) -> None:
    # each look is a connection of its own: which process answers is anybody's guess
    async with httpx.AsyncClient(timeout=30, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        for way in itertools.cycle(WAYS):
            if not town.open:
                return
            await _Recall(client, town, seen).run(way)
            await asyncio.sleep(0.2)


class _Recall:
    """One flyer's life: posted at one server, talked about, seen everywhere, taken away at the other, looked for everywhere."""

    def __init__(self, client: httpx.AsyncClient, town: Town, seen: Seen) -> None:
        self.client, self.town, self.seen = client, town, seen
        self.here, self.there = random.sample(town.addresses, 2)
        self.headers = _headers(next(town.turns))
        self.title = f"隠れ市{new_key()}"
        self.tags: dict[tuple[str, str], str] = {}
        self.found: set[tuple[str, str]] = set()
        self.at_once = asyncio.Semaphore(AT_ONCE)

    async def run(self, way: str) -> None:
        sent = form(title=self.title, outside="true", lat=str(LAT + random.uniform(-0.02, 0.02)))  # noqa: S311
        answer = await self._said(self.here, "POST", "/flyers", data=sent, files=new_photo())
        carrying = {"title": f"話 {new_key()}", "body": f"みてください {new_key()}", "flyers": [answer["id"]] if answer else []}
        topic = await self._said(self.here, "POST", f"/boards/{BOARD}/topics", json=carrying) if answer else None
        if answer is None or topic is None:
            await asyncio.sleep(2)
            return
        async with asyncio.TaskGroup() as group:
            heard = [asyncio.Event() for _ in self.town.addresses * LOOKS]
            address = f"/b/{BOARD}/{topic['id']}/live"
            sitters = [group.create_task(self._sit(one + address, heard[at]))
                       for at, one in enumerate(self.town.addresses * LOOKS)]  # fmt: skip
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await asyncio.gather(*(one.wait() for one in heard))
            await self._talked_about(way, answer["id"], topic["id"])
            for one in sitters:
                one.cancel()

    async def _talked_about(self, way: str, number: str, topic: str) -> None:
        said = await self._said(self.here, "POST", f"/topics/{topic}/posts", json={"body": f"これです {ORIGIN}/f/{number}"})
        # those who sit there hear of it with the next tick
        await asyncio.sleep(1.5)
        shown = await self._said(self.there, "GET", f"/flyers/{number}")
        if said is None or shown is None:
            return
        everywhere = surfaces(shown, self.title, topic, 1)
        await self._look(everywhere, before=True)
        if way == "untick first":
            if await self._said(self.there, "DELETE", f"/flyers/{number}/outside") is None:
                return
            await self._look([one for one in everywhere if one.above], before=False)
        self.headers |= {"Idempotency-Key": new_key()}
        if way == "by staff":
            self.headers = _headers(self.town.staff)
            decision = {"decision": "recall", "placement": "all", "reason": "日付がちがいます"}
            gone = await self._said(self.there, "POST", f"/desk/flyers/{number}/decision", json=decision)
        else:
            gone = await self._said(self.there, "DELETE", f"/flyers/{number}")
        if gone is not None:
            self.seen.recalls[way] += 1
            await self._look(everywhere, before=False)

    async def _said(self, address: str, method: str, path: str, **sent: Any) -> dict[str, Any] | None:
        """What the API answers to somebody signed in; None where it did not."""
        self.headers |= {"Idempotency-Key": new_key()}
        answer = await _counted(self.seen, self.client.request(method, f"{address}{API}{path}", headers=self.headers, **sent))
        if answer is None or answer.status_code >= 400:
            code = answer.json().get("code", "") if answer is not None and "json" in answer.headers["content-type"] else ""
            self.seen.not_recalled[f"{method} {path.split('/')[1]} {answer.status_code if answer else 0} {code}"] += 1
            return None
        return answer.json() if answer.content else {}

    async def _sit(self, address: str, heard: asyncio.Event) -> None:
        """Reads the topic live all the while, so that a process keeps it in mind."""
        with suppress(httpx.HTTPError):
            async with self.client.stream("GET", address, headers=_from_somewhere()) as answer:
                async for _line in answer.aiter_lines():
                    heard.set()

    async def _look(self, everywhere: Any, *, before: bool) -> None:
        looks = [(one, surface) for one in self.town.addresses for surface in everywhere for _ in range(LOOKS)]
        random.shuffle(looks)
        await asyncio.gather(*(self._looked(address, surface, before=before) for address, surface in looks))

    async def _looked(self, address: str, surface: Surface, *, before: bool) -> None:
        key = (address, surface.name)
        tag = {} if before or not self.tags.get(key) else {"If-None-Match": self.tags[key]}
        async with self.at_once:
            status, text, answer = await self._got(address, surface, tag)
        if answer is None:
            return
        if before:
            self.tags[key] = answer.headers.get("etag", "")
            if not surface.traced(status, text):
                self.seen.not_found_before[surface.name] += 1
            if not surface.asks_again(answer):
                self.seen.kept_too_long[f"{surface.name}: {answer.headers.get('cache-control', '')}"] += 1
            return
        self.seen.looks += 1
        if status == 304 or surface.traced(status, text):
            self.seen.leaks[surface.name] += 1

    async def _got(self, address: str, surface: Surface, tag: dict[str, str]) -> tuple[int, str, httpx.Response | None]:
        headers = _from_somewhere() | surface.headers() | tag
        if surface.stream:
            return await self._heard(address + surface.path, headers)
        asked = {"json": surface.asked} if surface.asked is not None else {}
        request = self.client.request("POST" if asked else "GET", address + surface.path, headers=headers, **asked)
        answer = await _counted(self.seen, request)
        return (answer.status_code, answer.text if surface.marks else "", answer) if answer is not None else (0, "", None)

    async def _heard(self, address: str, headers: dict[str, str]) -> tuple[int, str, httpx.Response | None]:
        """A stream up to its first news, or for as long as those take that are there already."""
        said = ""
        try:
            async with self.client.stream("GET", address, headers=headers) as answer:
                self.seen.requests[f"stream {answer.status_code}"] += 1
                with suppress(TimeoutError):
                    async with asyncio.timeout(1.0):
                        async for line in answer.aiter_lines():
                            said += "".join(json.loads(line[6:]).get("posts", []) and [line]) if line.startswith("data: ") else ""
                            if said:
                                break
                return answer.status_code, json.dumps(json.loads(said[6:]), ensure_ascii=False) if said else "", answer
        except httpx.HTTPError as error:
            self.seen.requests[type(error).__name__] += 1
            return 0, "", None
