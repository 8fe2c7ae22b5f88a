"""``/decisions/{id}``: what staff decided about something of one's own, why, and the way to object, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.cases import own_decision
from tamemap.services import objections
from tamemap.web.callers import credentials_of
from tamemap.web.desk_audit import said
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response


@own_page
def decision_page(request: Request) -> Response:
    """The decision."""
    return _page(request, reference(request.path_params["decision"]))


def _page(
    request: Request, public_id: str, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    lang = language(request)
    found = door.call(own_decision, credentials_of(request), public_id=public_id)
    title = t("care.own_title", lang, kind=t(f"care.kind.{found.kind}", lang))
    return show(request, "decision.html", title=title, error=error, typed=typed, own=found,
                said_at=lambda moment: said(moment, lang))  # fmt: skip


@own_deed
async def object_to(request: Request) -> Response:
    """Object."""
    public_id = reference(request.path_params["decision"])
    sent = (await read_form(request, most_files=0)).values
    try:
        await door.acall(objections.make, credentials_of(request), decision=public_id, words=sent.get("words", ""))
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_page, request, public_id, error=error, typed=sent)
    return go(f"/decisions/{public_id}", said="objection_sent", lang=request.query_params.get("lang", ""))


routes = [
    Route("/decisions/{decision}", decision_page),
    Route("/decisions/{decision}", object_to, methods=["POST"]),
]
