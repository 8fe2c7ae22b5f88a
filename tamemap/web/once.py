"""Writes with an ``Idempotency-Key``: what comes twice is done once."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tamemap import door
from tamemap.db import IntegrityError
from tamemap.services import once
from tamemap.web.callers import credentials_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

PRIVATE = {"Cache-Control": "private, no-store"}


async def done_once(request: Request, data: dict[str, Any], act: Callable[[Session, Actor], dict[str, Any]]) -> dict[str, Any]:
    """Do a write once per ``Idempotency-Key``; two of the same at the same moment are one, too."""
    keyed: dict[str, Any] = {
        "act": act,
        "key": request.headers.get("idempotency-key", ""),
        "route": f"{request.method} {request.url.path}",
        "body_hash": hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest(),
    }
    try:
        return await door.acall(once.once, credentials_of(request), **keyed)
    except IntegrityError:
        return await door.acall(once.once, credentials_of(request), **keyed)
