"""``/topics/{topic}/report`` and ``/posts/{post}/report``: pointing staff at what is said on the boards, by a plain form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.writing import reference
from tamemap.errors import Invalid, TamemapError, TooMany
from tamemap.i18n import t
from tamemap.queries.reports import reported
from tamemap.services import reports
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response


def _thing(request: Request) -> dict[str, str]:
    ((thing, thing_id),) = request.path_params.items()
    return {"thing": thing, "thing_id": reference(thing_id)}


@own_page
def report_page(request: Request) -> Response:
    """What is pointed at, and why; guests may, too."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang, thing = language(request), _thing(request)
    found = door.call(reported, credentials_of(request), **thing)
    return show(request, "report.html", title=t(f"report.{thing['thing']}", lang), error=error, typed=typed, place="boards",
                found=found, reasons=reports.REASONS)  # fmt: skip


@own_deed
async def report(request: Request) -> Response:
    """Tell staff, and go back to the topic, which says so. What was typed comes back when something is missing."""
    sent = (await read_form(request, most_files=0)).values
    credentials, thing = credentials_of(request), _thing(request)
    try:
        await door.acall(reports.make, credentials, **thing, reason=sent.get("reason", ""), words=sent.get("words", ""))
    except (Invalid, TooMany) as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    found = await door.acall(reported, credentials, **thing)
    return go(found.url, "reported", request.query_params.get("lang", ""))


routes = [
    Route("/topics/{topic}/report", report_page),
    Route("/topics/{topic}/report", report, methods=["POST"]),
    Route("/posts/{post}/report", report_page),
    Route("/posts/{post}/report", report, methods=["POST"]),
]
