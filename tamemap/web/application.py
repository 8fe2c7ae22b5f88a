"""The Starlette application in front of the screens: public documents, API, health; and the guard around everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware

from tamemap.errors import Forbidden
from tamemap.i18n import negotiate
from tamemap.web import api, away, documents, health, lost, providers, warm
from tamemap.web.origin import is_ours
from tamemap.web.problems import problem
from tamemap.web.tracing import traced

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = {"GET", "HEAD", "OPTIONS"}
# what the system shares with the installed app comes from no page at all; nothing is done with it on the server
SHARE = "/share"
# the screens that Reflex has built, served without a redirect to a slash
SCREENS = {"/post", "/notices", "/me", "/desk"}
# a page needs these; on every picture and script they would weigh more than a small one does
PAGE_HEADERS = {
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'self'",
}
# Reflex names its built files by their content; all others may change with the next version
HASHED, UNHASHED = "public, max-age=31536000, immutable", "no-cache"
# long enough for a page and the map framed in it, short enough that a new version is never mixed with an old look for long
BRIEF = "public, max-age=60"


def _kept(path: str) -> str:
    """How long caches may keep a file that says nothing about it itself."""
    if path.startswith("/assets/"):
        return HASHED
    return BRIEF if path.endswith((".css", ".js", ".svg", ".png", ".ico")) and not path.startswith("/sw") else UNHASHED


class Compressed(GZipMiddleware):
    """gzip for everything but pictures, which are compressed already."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass pictures through."""
        if scope["type"] == "http" and scope["path"].endswith((".avif", ".jpeg", ".jpg", ".webp")):
            await self.app(scope, receive, send)
            return
        await super().__call__(scope, receive, send)


def web() -> Starlette:
    """All our routes."""
    return Starlette(
        routes=[*api.routes, *documents.routes, *health.routes],
        middleware=[Middleware(health.Measured), Middleware(Compressed, minimum_size=800, compresslevel=6)],
        exception_handlers=api.exception_handlers | away.handlers,
    )


def _is_foreign(headers: Headers) -> bool:
    """Whether a browser says that another site's page sent this.

    Fetch Metadata (W3C) knows it best: a page that sends no referrer sends the Origin ``null`` to its own site too.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and headers.get("origin") in {None, "null"}:
        return site not in {"same-origin", "none"}
    return site == "cross-site" or not is_ours(headers.get("origin"), headers.get("host"))


def _is_open(scope: Scope) -> bool:
    """Whether other sites' pages may send this: nothing is done with it on the server but to answer a redirect."""
    return scope["path"] == SHARE or (scope["method"] == "POST" and bool(providers.CALLBACK.fullmatch(scope["path"])))


def guard(app: ASGIApp) -> ASGIApp:
    """Refuses unsafe methods from other sites, adds the headers that every answer carries, and numbers the requests."""

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if await warm.answered(scope, send):
            return
        headers = Headers(scope=scope)
        if scope["method"] not in SAFE and not _is_open(scope) and _is_foreign(headers):
            refused = problem(Forbidden("other_site"), negotiate(headers.get("accept-language", "")))
            await refused(scope, receive, send)
            return
        if scope["path"] in SCREENS:
            scope = {**scope, "path": scope["path"] + "/", "raw_path": scope["path"].encode() + b"/"}
        embed = scope["path"].startswith("/m/") and b"embed=1" in scope["query_string"]

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out.setdefault("X-Content-Type-Options", "nosniff")
                out.setdefault("Cache-Control", _kept(scope["path"]))
                if out.get("content-type", "").startswith("text/html"):
                    for name, value in PAGE_HEADERS.items():
                        out.setdefault(name, value)
                    if not embed:
                        out.setdefault("X-Frame-Options", "SAMEORIGIN")
            await send(message)

        await lost.answered(app, scope, receive, answer)

    return traced(guarded)
