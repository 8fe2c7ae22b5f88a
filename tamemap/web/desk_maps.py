"""``/desk/maps``: what a town decides for its map: guests, and what needs proof of residence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.permissions import PROVABLE
from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.map_settings import all_settings
from tamemap.services import map_settings
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import flag_of, read_form
from tamemap.web.own_pages import own_deed, own_page
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = "/desk/maps"


@own_page
def maps_page(request: Request) -> Response:
    """The settings of the maps of the viewer's towns, one form each."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None) -> Response:
    found = door.call(all_settings, credentials_of(request))
    asked = request.query_params.get("map", "")
    here = next((one for one in found if one.slug == asked), found[0])
    return desk_page(
        request,
        "desk_maps.html",
        title=t("map_settings.title", language(request)),
        current="maps",
        error=error,
        all_maps=[(one.slug, one.name, urls.with_query(HERE, map=one.slug)) for one in found],
        now=here,
        provable=tuple(PROVABLE),
    )


@own_deed
async def change(request: Request) -> Response:
    """Keep the settings of one map."""
    sent = await read_form(request, most_files=0)
    slug = sent.values.get("map", "")
    try:
        await door.acall(
            map_settings.change,
            credentials_of(request),
            slug=slug,
            guests_may_post=flag_of(dict(sent.values), "guests_may_post"),
            hold_guests=flag_of(dict(sent.values), "hold_guests"),
            proof_for=sent.lists.get("proof_for", ()),
        )
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error)
    address = urls.with_query(HERE, map=slug, said="map_set", lang=request.query_params.get("lang", ""))
    return RedirectResponse(address, 303, {"Cache-Control": PRIVATE})


routes = [Route(HERE, maps_page), Route(HERE, change, methods=["POST"])]
