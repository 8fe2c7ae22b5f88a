"""Tiles and lists of a map for whoever is not signed in: bytes out of memory, checked against the map's version at each request.

What a map shows leaves it at once: before the bytes go out (or a 304 says that they still hold), the database is asked which
version is in force. The question is cheap (``queries.versions``), and nobody is answered by one that was asked before they came.
The first reader of a tile of a map that this process knows at that version gets it out of memory, at once. Otherwise the answer
is made in a thread, and all who ask for the same meanwhile wait for that one.

It stands in front of the application as plain ASGI: each layer less is time. What it does not know, the routes answer.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import time
from dataclasses import dataclass
from functools import lru_cache, partial
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson
from anyio import CapacityLimiter, to_thread
from cachetools import LRUCache
from starlette.datastructures import QueryParams

from tamemap import clock, door
from tamemap.i18n import negotiate
from tamemap.queries import flyers, tiles
from tamemap.queries.versions import Watch, unwatch, watch
from tamemap.session import COOKIE
from tamemap.urls import API
from tamemap.web import health, processes
from tamemap.web.api_maps import GEOJSON, LIST_ROUTE, TILE_ROUTE, list_json, tile_json, wishes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from starlette.types import Scope, Send

    from tamemap.domain.asking import Wanted

BEGINNING = f"{API}/maps/"
ADDRESS = re.compile(rf"{BEGINNING}([a-z0-9-]{{1,40}})/(?:flyers|tiles/(0|[1-9]\d?)/(0|[1-9]\d{{0,7}})/(0|[1-9]\d{{0,7}}))")
# bytes of answers that each process keeps, and answers that are being made at a time: more only stand in each other's way
ROOM, MAKERS = 48_000_000, 4
# what is smaller is not worth packing
PACKED_FROM = 800
NOSNIFF = (b"x-content-type-options", b"nosniff")
SIGNED_IN = COOKIE.encode()


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """An answer: true at this version of its map between two moments (Unix time). ``one_face``: for whoever asks."""

    version: int
    since: float
    until: float
    one_face: bool
    etag: bytes
    head: tuple[tuple[bytes, bytes], ...]
    unchanged: tuple[tuple[bytes, bytes], ...]
    plain: bytes
    packed: bytes

    def holds(self, version: int) -> bool:
        """Whether it is still true."""
        return self.version == version and self.since <= clock.now().timestamp() < self.until


@dataclass(slots=True)
class Asked:
    """What a request's headers say of it; ``bare`` False: the routes must answer."""

    lang: str = "ja"
    packed: bool = False
    known: bytes = b""
    signed_in: bool = False
    bare: bool = True


_kept: LRUCache[tuple[str, bytes, str], Kept] = LRUCache(ROOM, lambda one: len(one.plain) + len(one.packed) + 2000)
_lock = Lock()


def forget() -> None:
    """As if nobody had asked yet: for a database that has been put back."""
    with _lock:
        _kept.clear()


async def answered(scope: Scope, send: Send) -> bool:
    """Answer a GET of a tile or a list; False where that is for the routes, and then nothing has been sent."""
    path = scope["path"]
    if not path.startswith(BEGINNING) or scope["method"] != "GET" or (found := ADDRESS.fullmatch(path)) is None:
        return False
    begun = time.perf_counter()
    asked = _asked(scope["headers"])
    if not asked.bare:
        return False
    try:
        version = await _version(found[1])
        if version is None:
            return False
        key = (path, scope["query_string"], asked.lang)
        kept = _kept.get(key)
        known = kept is not None and kept.holds(version)
        (processes.WARM if known else processes.MADE).inc()
        if not known:
            kept = None if asked.signed_in else await _fresh(key, found, version)
    except Exception:  # the routes say what is wrong, be it with the wishes or with the database
        return False
    if kept is None or (asked.signed_in and not kept.one_face):
        return False
    status = await _send(send, kept, asked)
    health.note_early(LIST_ROUTE if found[2] is None else TILE_ROUTE, status, time.perf_counter() - begun)
    return True


def _asked(headers: Collection[tuple[bytes, bytes]]) -> Asked:
    asked = Asked()
    for name, value in headers:
        if name == b"cookie":
            asked.signed_in = asked.signed_in or SIGNED_IN in value
        elif name == b"accept-encoding":
            asked.packed = b"gzip" in value and b"gzip;q=0" not in value
        elif name == b"if-none-match":
            asked.known = value
        elif name == b"accept-language":
            asked.lang = _language(value)
        elif name in {b"authorization", b"origin", b"range"}:
            asked.bare = False
    return asked


@lru_cache(maxsize=500)
def _language(header: bytes) -> str:
    return negotiate(header.decode("latin-1"))


async def _send(send: Send, kept: Kept, asked: Asked) -> int:
    if asked.known and (kept.etag in asked.known or asked.known.strip() == b"*"):
        await send({"type": "http.response.start", "status": 304, "headers": [*kept.unchanged]})
        await send({"type": "http.response.body", "body": b""})
        return 304
    head, body = [*kept.head], kept.plain
    if asked.packed and kept.packed:
        body = kept.packed
        head.append((b"content-encoding", b"gzip"))
    head.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": body})
    return 200


class _Turn:
    """A question to the database that is about to be sent, for all who come before that."""

    def __init__(self) -> None:
        self.slugs: set[str] = set()
        self.task: asyncio.Task[dict[str, int]] | None = None


_turns: dict[asyncio.AbstractEventLoop, tuple[_Turn | None, asyncio.Task[Any] | None]] = {}


async def _version(slug: str) -> int | None:
    now = watch()
    if now.sqlite:
        try:
            return now.at_once(slug)
        except Exception:
            unwatch()
            raise
    loop = asyncio.get_running_loop()
    turn, running = _turns.get(loop, (None, None))
    if turn is None:
        turn = _Turn()
        turn.task = loop.create_task(_ask(now, turn, running))
        _turns[loop] = (turn, running)
    turn.slugs.add(slug)
    assert turn.task is not None  # noqa: S101
    return (await asyncio.shield(turn.task)).get(slug)


async def _ask(now: Watch, turn: _Turn, before: asyncio.Task[Any] | None) -> dict[str, int]:
    if before is not None:
        await asyncio.wait([before])
    loop = asyncio.get_running_loop()
    # who comes from here on may ask after something that this question does not see yet
    _turns[loop] = (None, turn.task)
    try:
        return await to_thread.run_sync(now.read, turn.slugs)
    except Exception:
        unwatch()
        raise
    finally:
        if _turns.get(loop) == (None, turn.task):
            del _turns[loop]


_flights: dict[tuple[Any, ...], asyncio.Task[Any]] = {}
_makers: list[CapacityLimiter] = []


async def _fresh(key: tuple[str, bytes, str], found: re.Match[str], version: int) -> Kept:
    """The answer made anew, or by somebody else since this ``version`` was in force. Raises what the reading raises."""
    wanted = wishes(QueryParams(key[1]))
    if tiles.stands_now(wanted, clock.now()) and not tiles.is_at_hand(found[1], version, wanted):
        bring = partial(door.call, tiles.bring_to_hand, door.GUEST, slug=found[1], wanted=wanted)
        await _once((found[1], version, wanted.words), bring)
    if (at_once := _from_memory(key, found, version, wanted, at_once=True)) is not None:
        return _keep(key, at_once)
    kept: Kept = await _once(key, partial(_made, key, found, version, wanted))
    if kept.version < version:
        kept = await _once(key, partial(_made, key, found, version, wanted))
    return _keep(key, kept)


async def _once(what: tuple[Any, ...], work: Callable[[], Any]) -> Any:
    """What that work answers, done in a thread once for all who want the same at the same time."""
    flight = (asyncio.get_running_loop(), *what)
    if (task := _flights.get(flight)) is None:
        if not _makers:
            _makers.append(CapacityLimiter(MAKERS))
        task = _flights[flight] = asyncio.create_task(to_thread.run_sync(work, limiter=_makers[0]))
        task.add_done_callback(lambda _done: _flights.pop(flight, None))
    return await asyncio.shield(task)


def _keep(key: tuple[str, bytes, str], kept: Kept) -> Kept:
    with _lock:
        if kept.until > kept.since:
            _kept[key] = kept
        else:
            _kept.pop(key, None)
    return kept


def _from_memory(
    key: tuple[str, bytes, str], found: re.Match[str], version: int, wanted: Wanted, *, at_once: bool
) -> Kept | None:
    """A tile without asking the database; None where it must be asked, or (``at_once``) where it takes longer."""
    if found[2] is None:
        return None
    with clock.frozen_at(clock.now()):
        since = clock.now().timestamp()
        z, x, y = map(int, found.groups()[1:])
        view = tiles.tile_at_hand(found[1], version, z=z, x=x, y=y, wanted=wanted, at_once=at_once)
        return _packed(tile_json(view, key[2]), view.truth, GEOJSON, since) if view else None


def _made(key: tuple[str, bytes, str], found: re.Match[str], version: int, wanted: Wanted) -> Kept:
    if (known := _from_memory(key, found, version, wanted, at_once=False)) is not None:
        return known
    slug, lang = found[1], key[2]
    since = clock.now().timestamp()
    if found[2] is None:
        page = door.call(flyers.flyers_of_map, door.GUEST, slug=slug, wanted=wanted)
        return _packed(list_json(page, lang), page.truth, "application/json", since)
    z, x, y = map(int, found.groups()[1:])
    view = door.call(tiles.tile, door.GUEST, slug=slug, z=z, x=x, y=y, wanted=wanted)
    return _packed(tile_json(view, lang), view.truth, GEOJSON, since)


def _packed(data: dict[str, Any], true: flyers.Truth, media_type: str, since: float) -> Kept:
    plain = orjson.dumps(data)
    etag = b'W/"%s"' % hashlib.sha256(plain).hexdigest()[:24].encode()
    vary = b"Accept-Language, Accept-Encoding" if true.one_face else b"Accept-Language, Cookie, Accept-Encoding"
    unchanged = (
        (b"etag", etag),
        (b"cache-control", b"public, no-cache"),
        (b"vary", vary),
        (b"x-content-type-options", b"nosniff"),
    )
    return Kept(
        version=true.version,
        since=since,
        until=true.until.timestamp(),
        one_face=true.one_face,
        etag=etag.removeprefix(b"W/"),
        head=((b"content-type", media_type.encode()), *unchanged),
        unchanged=unchanged,
        plain=plain,
        packed=gzip.compress(plain, 5) if len(plain) >= PACKED_FROM else b"",
    )
