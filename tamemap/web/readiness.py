"""``/readyz``: whether all parts do their work, and which does not."""

from __future__ import annotations

import logging
import shutil
from contextlib import closing
from typing import TYPE_CHECKING

from anyio import to_thread
from redis import Redis, RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.responses import JSONResponse

from tamemap import door
from tamemap.config import settings
from tamemap.errors import TamemapError
from tamemap.gateways.storage import FolderStorage, storage_from, writable
from tamemap.migration import known, newest
from tamemap.queries.health import pulse
from tamemap.web import draining

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger("tamemap.web")
NO_STORE = {"Cache-Control": "no-store"}
# three minutes without a sign of life from a worker that gives one each minute
WORKER_SILENT = 180.0
# a photograph of 20 MB becomes some 25 MB on the disk, and databases do not like a full one
LEAST_SPACE = 500_000_000
PATIENCE = 2.0  # seconds for Redis


async def readyz(request: Request) -> Response:
    """200 when every part does its work, else 503; ``parts`` says which does not.

    ``?part=serving`` asks for one part alone. ``serving`` is what proxies ask for: a process that is about to go. They must not
    turn everybody away because a worker is silent; and while the database is away we say so ourselves. Tables that are
    ``newer`` than this program hinder nothing: they are only ever added to.
    """
    wanted = request.query_params.get("part", "")
    parts = {"serving": "leaving" if draining.is_leaving() else "ok"}
    if wanted != "serving":
        parts |= await to_thread.run_sync(_looked_at)
    if wanted:
        parts = {name: state for name, state in parts.items() if name == wanted}
    ready = bool(parts) and set(parts.values()) <= {"ok", "newer"}
    return JSONResponse({"ready": ready, "parts": parts}, 200 if ready else 503, NO_STORE)


def _looked_at() -> dict[str, str]:
    parts = {"storage": _storage(), "disk": _disk()} | _database()
    return parts | ({"redis": _redis(settings().redis_url)} if settings().redis_url else {})


def _database() -> dict[str, str]:
    try:
        found = door.call(pulse, door.GUEST)
    except (TamemapError, SQLAlchemyError, OSError):
        log.exception("the database does not answer")
        return {"database": "failing", "tables": "unknown", "worker": "unknown"}
    alive = found.worker_age is not None and found.worker_age < WORKER_SILENT
    return {
        "database": "ok",
        # while machines are brought up to date one by one, the others serve on newer tables
        "tables": "ok" if found.tables == newest() else "old" if found.tables in known() | {""} else "newer",
        "worker": "ok" if alive else "silent",
    }


def _storage() -> str:
    try:
        return "ok" if writable(storage_from(settings())) else "failing"
    except (TamemapError, OSError):
        log.exception("the store cannot be written to")
        return "failing"


def _disk() -> str:
    places = [settings().data_dir]
    try:
        store = storage_from(settings())
        places += [store.root] if isinstance(store, FolderStorage) else []
        there = [next(one for one in (place.absolute(), *place.absolute().parents) if one.is_dir()) for place in places]
        return "ok" if all(shutil.disk_usage(place).free > LEAST_SPACE for place in there) else "full"
    except (TamemapError, OSError):
        return "unknown"


def _redis(url: str) -> str:
    try:
        with closing(Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)) as client:
            client.ping()
    except (RedisError, ValueError, OSError):
        log.exception("Redis does not answer")
        return "failing"
    return "ok"
