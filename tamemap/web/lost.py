"""What is said at an address where nothing is, whoever would have answered there: ours, or the built screens of Reflex."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request

from tamemap.errors import NotFound
from tamemap.urls import API
from tamemap.web.respond import error_page

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


def _is_visit(scope: Scope) -> bool:
    """Whether a person asks for a page, not a page for its parts or a program for data."""
    if scope["method"] not in {"GET", "HEAD"} or scope["path"].startswith(API + "/"):
        return False
    return "text/html" in Headers(scope=scope).get("accept", "")


async def answered(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The application's answer; to a person at an address without anything, our page that leads on to the maps (404)."""
    if not _is_visit(scope):
        await app(scope, receive, send)
        return
    is_lost = False

    async def sifted(message: Message) -> None:
        nonlocal is_lost
        if message["type"] == "http.response.start":
            # our own pages of this status say what is not there, and forbid their being indexed
            is_lost = message["status"] == 404 and "x-robots-tag" not in Headers(raw=message["headers"])
        if not is_lost:
            await send(message)

    await app(scope, receive, sifted)
    if is_lost:
        page = await run_in_threadpool(error_page, Request(scope), NotFound("address_unknown"))
        await page(scope, receive, send)
