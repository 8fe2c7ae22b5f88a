"""A soak: readers, posters and recalls on two servers with PostgreSQL and Redis, for ``SOAK_MINUTES`` (5 unless told).

Every recalled flyer is looked for on every surface of both servers, at once after its recall was acknowledged and with what a
browser has kept of it (ETags): a trace of it anywhere is a leak. Beforehand it must have been found there, so that the looking is
worth something. Figures: requests, recalls, leaks by surface, wrong answers, memory at the beginning and the end.
"""

from __future__ import annotations

import asyncio
import itertools
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

from bench._parts import BOARD, MAP, Part, build_town, free_port, new_key, postgresql, ready, redis, running, server, worker
from tamemap import session
from tamemap.domain.cells import tile_of
from tests.web.browsers import LAT, LNG, form, sheet_photo

if TYPE_CHECKING:
    from collections.abc import Iterator

READERS, POSTERS, RECALLERS = 6, 2, 2
API = "/api/v1"
# what may not be kept without asking again: a recall leaves at once
ASKS_AGAIN = ("no-store", "no-cache", "max-age=0")


@dataclass
class Seen:
    """What happened."""

    requests: Counter[str] = field(default_factory=Counter)
    recalls: int = 0
    leaks: Counter[str] = field(default_factory=Counter)
    not_found_before: Counter[str] = field(default_factory=Counter)
    kept_too_long: Counter[str] = field(default_factory=Counter)


def main() -> dict[str, Any]:
    """Run it; returns the figures."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        return asyncio.run(_run(Path(folder), float(os.environ.get("SOAK_MINUTES", "5")) * 60))


async def _run(folder: Path, seconds: float) -> dict[str, Any]:
    ports = [free_port(), free_port()]
    with postgresql() as database, redis(folder) as cache:
        wishes = {"TAMEMAP_DATABASE_URL": database.address, "TAMEMAP_REDIS_URL": cache.address, "TAMEMAP_DATA_DIR": str(folder)}
        tokens = build_town(wishes | {"TAMEMAP_TRUSTED_PROXIES": "1"})
        with running(server(ports[0], folder)) as first, running(server(ports[1], folder)) as second, running(worker(folder, 1)):
            addresses = [f"http://127.0.0.1:{port}" for port in ports]
            for address in addresses:
                await ready(address)
            topic, turns = tokens.pop("topic"), itertools.cycle(tokens.values())
            seen, end = Seen(), time.monotonic() + seconds
            before = _memory(first, second)
            people = [_reader(addresses[number % 2], topic, seen, end) for number in range(READERS)]
            people += [_poster(addresses[number % 2], topic, turns, seen, end) for number in range(POSTERS)]
            people += [_recaller(addresses, turns, seen, end) for _ in range(RECALLERS)]
            await asyncio.gather(*people)
            return {
                "seconds": round(seconds),
                "requests": sum(seen.requests.values()),
                "answers": dict(seen.requests),
                "recalls": seen.recalls,
                "leaks": sum(seen.leaks.values()),
                "leaks by surface": dict(seen.leaks),
                "not found before the recall": dict(seen.not_found_before),
                "kept too long by caches": dict(seen.kept_too_long),
                "memory MB before": before,
                "memory MB after": _memory(first, second),
            }


def _memory(*servers: Part) -> str:
    """Resident memory of each server's processes together."""
    found = []
    for one in servers:
        pages = 0
        for process in (one.process.pid, *one.children()):
            with suppress(OSError):
                pages += int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
        found.append(f"{pages * os.sysconf('SC_PAGE_SIZE') / 1e6:.0f}")
    return " ".join(found)


async def _reader(address: str, topic: str, seen: Seen, end: float) -> None:
    tile = "/".join(map(str, tile_of(LAT, LNG, 12)))
    paths = (
        f"/m/{MAP}",
        f"{API}/maps/{MAP}/flyers?limit=20",
        f"{API}/maps/{MAP}/tiles/12/{tile}",
        f"/b/{BOARD}/{topic}",
        "/",
        "/search?q=市",
    )
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while time.monotonic() < end:
            await _counted(seen, client.get(random.choice(paths), headers=_from_somewhere()))  # noqa: S311
            await asyncio.sleep(0.05)


async def _poster(address: str, topic: str, turns: Iterator[str], seen: Seen, end: float) -> None:
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        while time.monotonic() < end:
            body = {"body": f"こんにちは {new_key()}"}
            await _counted(seen, client.post(f"{API}/topics/{topic}/posts", json=body, headers=_headers(next(turns))))
            await asyncio.sleep(0.7)


def _headers(token: str) -> dict[str, str]:
    return {"Idempotency-Key": new_key(), "Cookie": f"{session.COOKIE}={token}"}


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


async def _recaller(addresses: list[str], turns: Iterator[str], seen: Seen, end: float) -> None:
    """Posts a flyer at one server, sees it at both, takes it back at the other, and looks for it everywhere."""
    async with httpx.AsyncClient(timeout=30) as client:
        while time.monotonic() < end:
            here, there = random.sample(addresses, 2)
            headers, title = _headers(next(turns)), f"隠れ市{new_key()}"
            sent = form(title=title, outside="true", lat=str(LAT + random.uniform(-0.02, 0.02)))  # noqa: S311
            answer = await _counted(seen, client.post(f"{here}{API}/flyers", data=sent, files=_photo(), headers=headers))
            if answer is None or answer.status_code != 201:
                await asyncio.sleep(2)
                continue
            flyer = (await client.get(f"{there}{API}/flyers/{answer.json()['id']}", headers=headers)).json()
            surfaces = _surfaces(flyer, title, float(sent["lat"]))
            everywhere = [(one, name) for one in addresses for name in surfaces]
            kept = {(one, name): await _looked_at(client, one + surfaces[name], seen) for one, name in everywhere}
            for (_, name), (shown, _) in kept.items():
                if not _is_traced(flyer["id"], title, shown, name):
                    seen.not_found_before[name] += 1
                if shown is not None and not _asks_again(shown, name):
                    seen.kept_too_long[f"{name}: {shown.headers.get('cache-control', '')}"] += 1
            away = await _counted(seen, client.delete(f"{there}{API}/flyers/{flyer['id']}", headers=headers))
            if away is None or away.status_code >= 400:
                continue
            seen.recalls += 1
            for (one, name), (_, tag) in kept.items():
                shown, _ = await _looked_at(client, one + surfaces[name], seen, tag)
                if shown is not None and (shown.status_code == 304 or _is_traced(flyer["id"], title, shown, name)):
                    seen.leaks[name] += 1
            await asyncio.sleep(0.3)


def _photo() -> dict[str, Any]:
    """Another photograph each time: the same bytes would be the same file."""
    return {"photo": ("photo", sheet_photo() + os.urandom(16), "application/octet-stream")}


def _surfaces(flyer: dict[str, Any], title: str, lat: float) -> dict[str, str]:
    """Every address at which a flyer can be seen."""
    number, tile = flyer["id"], "/".join(map(str, tile_of(lat, LNG, 18)))
    words = title.removeprefix("隠れ市")
    surfaces = {
        "tile": f"{API}/maps/{MAP}/tiles/18/{tile}",
        "regional tile": f"{API}/maps/hitoyoshi-kuma/tiles/18/{tile}",
        "list": f"{API}/maps/{MAP}/flyers?sort=new&limit=100",
        "flyer": f"{API}/flyers/{number}",
        "document": f"/f/{number}",
        "map document": f"/m/{MAP}?q={words}",
        "preview": f"/f/{number}.jpg",
        "calendar": f"/f/{number}.ics",
        "sitemap": "/sitemap.xml",
        "search": f"/search?q={words}",
        "search of the API": f"{API}/search?q={words}",
    }
    for picture in flyer["pictures"]:
        for size, files in picture["sizes"].items():
            surfaces |= {f"picture {size} {kind}": files[kind] for kind in ("jpeg", "avif") if kind in files}
    return surfaces


async def _looked_at(client: httpx.AsyncClient, address: str, seen: Seen, tag: str = "") -> tuple[httpx.Response | None, str]:
    answer = await _counted(seen, client.get(address, headers=_from_somewhere() | ({"If-None-Match": tag} if tag else {})))
    return answer, answer.headers.get("etag", "") if answer is not None else ""


def _is_traced(number: str, title: str, answer: httpx.Response | None, name: str) -> bool:
    """Whether it can be seen there."""
    if answer is None or answer.status_code != 200:
        return False
    if name.startswith(("picture", "preview", "flyer", "document", "calendar")):
        return True
    # the search says again what was looked for, as did the map: the flyer's own address does not
    return number in answer.text


def _asks_again(answer: httpx.Response, name: str) -> bool:
    said = answer.headers.get("cache-control", "")
    # a picture may stay with its reader, never in between
    return "private" in said if name.startswith("picture") else any(one in said for one in ASKS_AGAIN)
