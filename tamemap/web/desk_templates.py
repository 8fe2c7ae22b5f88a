"""``/desk/templates``: words that a town's staff use again and again when they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.errors import Conflict, Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.care_figures import templates
from tamemap.services import reply_templates
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/desk/templates"


@own_page
def templates_page(request: Request) -> Response:
    """The templates of the viewer's towns, and a form for one more."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    desk = desk_of(request)
    return desk_page(
        request,
        "desk_templates.html",
        title=t("care.templates", language(request)),
        current="cases",
        desk=desk,
        error=error,
        typed=typed,
        kept=door.call(templates, credentials_of(request)),
        towns=[(one.code, one.name) for one in desk.towns],
        names={one.code: one.name for one in desk.towns},
    )


@own_deed
async def change(request: Request) -> Response:
    """Keep one more, or forget one."""
    sent = (await read_form(request, most_files=0)).values
    lang = request.query_params.get("lang", "")
    if sent.get("deed") == "remove":
        await door.acall(reply_templates.remove, credentials_of(request), template=sent.get("template", ""))
        return go(HERE, said="template_gone", lang=lang)
    try:
        await door.acall(
            reply_templates.make,
            credentials_of(request),
            municipality_code=sent.get("municipality", ""),
            name=sent.get("name", ""),
            words=sent.get("words", ""),
        )
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    return go(HERE, said="template_made", lang=lang)


routes = [Route(HERE, templates_page), Route(HERE, change, methods=["POST"])]
