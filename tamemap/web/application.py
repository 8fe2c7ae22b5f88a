"""The Starlette application in front of the screens: public documents, API, health; and the guard around everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from tamemap.errors import Forbidden, TamemapError
from tamemap.i18n import negotiate
from tamemap.web import api, documents, health
from tamemap.web.origin import is_ours
from tamemap.web.problems import answer_problem, problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = {"GET", "HEAD", "OPTIONS"}
# the screens that Reflex has built, served without a redirect to a slash
SCREENS = {"/post", "/notices", "/me", "/desk"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'self'",
}


def web() -> Starlette:
    """All our routes."""
    return Starlette(
        routes=[*api.routes, *documents.routes, *health.routes],
        middleware=[Middleware(GZipMiddleware, minimum_size=800, compresslevel=6)],
        exception_handlers={TamemapError: answer_problem},
    )


def guard(app: ASGIApp) -> ASGIApp:
    """Refuses unsafe methods from other sites, and adds the headers that every answer carries."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and not is_ours(headers.get("origin"), headers.get("host")):
            refused = problem(Forbidden("other_site"), negotiate(headers.get("accept-language", "")))
            await refused(scope, receive, send)
            return
        if scope["path"] in SCREENS:
            scope = scope | {"path": scope["path"] + "/", "raw_path": scope["path"].encode() + b"/"}
        embed = scope["path"].startswith("/m/") and b"embed=1" in scope["query_string"]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if not embed:
                    out.setdefault("X-Frame-Options", "SAMEORIGIN")
            await send(message)

        await app(scope, receive, answer)

    return guarded
