"""``/api/v1/reports``: pointing at what should not stay as it is, from programs and from the form of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tamemap import urls
from tamemap.errors import TamemapError
from tamemap.gateways import limits
from tamemap.services import reports
from tamemap.urls import API
from tamemap.web.callers import client_of
from tamemap.web.forms import read_object, text_of
from tamemap.web.once import PRIVATE, done_once
from tamemap.web.origin import is_ours
from tamemap.web.respond import error_page

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

# pages that a report may have been sent from
REPORTABLE_PAGES = ("/f/", "/b/", "/g/")


async def report(request: Request) -> Response:
    """
    summary: Point at a flyer, a topic, a post or a group that should not stay as it is; staff of its town are told
    parameters: [{in: header, name: Idempotency-Key, schema: {type: string, maxLength: 200}}]
    requestBody:
      content:
        application/json:
          schema: &report
            type: object
            required: [thing, thing_id, reason]
            properties:
              thing: {enum: [flyer, topic, post, group]}
              thing_id: {type: string}
              reason: {enum: [wrong, over, rude, privacy, advert, other]}
              words: {type: string, maxLength: 1000, description: needed for other}
        application/x-www-form-urlencoded: {schema: *report}
    responses:
      201: {description: "`{id, again}`"}
      303: {description: "back to the page, for a browser's form"}
      404: {description: no such thing}
      409: {description: the key came with another body}
      410: {description: taken away}
      422: {description: fields to be mended}
      429: {description: too often}
    """
    by_form = prefers_page(request.headers.get("accept", ""))
    try:
        made = await _reported(request)
    except TamemapError as error:
        if not by_form:
            raise
        return await run_in_threadpool(error_page, request, error)
    if by_form:
        return RedirectResponse(made["back"], 303)
    return JSONResponse({"id": made["id"], "again": made["again"]}, 201, PRIVATE)


async def _reported(request: Request) -> dict[str, Any]:
    limits.demand("reports", client_of(request), amount=60, seconds=3600, code="reports_too_many")
    data = await read_object(request)
    fields = {name: text_of(data, name) for name in ("thing", "thing_id", "reason", "words")}

    def make(db: Session, actor: Actor) -> dict[str, Any]:
        made = reports.make(db, actor, **fields)
        return {"id": made.public_id, "again": made.again}

    return await done_once(request, data, make) | {"back": _page_of_report(request, fields["thing"], fields["thing_id"])}


def _page_of_report(request: Request, thing: str, thing_id: str) -> str:
    """The page that the reader came from, so that they stand there again; never another site's."""
    came_from = urlsplit(request.headers.get("referer", ""))
    ours = came_from.netloc and is_ours(f"{came_from.scheme}://{came_from.netloc}", request.headers.get("host"))
    page = came_from.path if ours and came_from.path.startswith(REPORTABLE_PAGES) else ""
    if thing == "flyer":
        page = urls.flyer_page(thing_id)
    return urls.with_query(page or "/", reported=1)


def prefers_page(accept: str) -> bool:
    """Whether a browser asks for a page rather than a program for JSON."""
    kinds = [part.partition(";")[0].strip() for part in accept.split(",")]
    return "text/html" in kinds and "application/json" not in kinds[: kinds.index("text/html")]


routes = [Route(f"{API}/reports", report, methods=["POST"])]
