"""Each request has a number: taken from ``X-Request-Id`` where a proxy gave a decent one, told in the answer and in the log."""

from __future__ import annotations

import logging
import secrets
import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from tamemap.logs import GIVEN, request_id
from tamemap.web import draining

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("tamemap.request")
HEADER = "X-Request-Id"
# what watchers ask every second: told where it is not well, or else it would be most of the log
WATCHED = frozenset({"/healthz", "/readyz"})


def traced(app: ASGIApp) -> ASGIApp:
    """Numbers requests, and writes a line about each: its route, never its address, and nobody's name."""

    async def numbered(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if GIVEN.fullmatch(given) else secrets.token_hex(8)
        mark, begun, status = request_id.set(number), time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                out = MutableHeaders(scope=message)
                out[HEADER] = number
                if draining.is_leaving():
                    # the proxy opens its next line to another process
                    out["Connection"] = "close"
            await send(message)

        try:
            await app(scope, receive, answer)
        finally:
            route = getattr(scope.get("route"), "path", "") or "elsewhere"
            took = round((time.perf_counter() - begun) * 1000, 1)
            level = logging.DEBUG if route in WATCHED and status == HTTPStatus.OK else logging.INFO
            log.log(level, "request", extra={"method": scope["method"], "route": route, "status": status, "ms": took})
            request_id.reset(mark)

    return numbered
