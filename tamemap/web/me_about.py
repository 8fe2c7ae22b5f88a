"""``/me/about``: what fans tell about themselves, with why it is asked, each taken back alone or all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.fans import AGE_BANDS, GENDER_LIMIT, INTERESTS, PREFECTURES, TIES
from tamemap.errors import Invalid, TamemapError
from tamemap.i18n import t
from tamemap.queries.fans import FanView, my_fan
from tamemap.services import fans
from tamemap.web.callers import credentials_of
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/me/about"


@own_page
def about_page(request: Request) -> Response:
    """The forms, filled with what is told."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, sent: Sent | None = None) -> Response:
    lang = language(request)
    seen: FanView = door.call(my_fan, credentials_of(request))
    typed, lists = (sent.values, sent.lists) if sent else ({}, {})
    return show(
        request,
        "me_about.html",
        title=t("fan.title", lang),
        error=error,
        typed=typed,
        seen=seen,
        interests=lists.get("interests", ()) if sent else seen.interests,
        kinds=lists.get("kinds", ()),
        prefectures=PREFECTURES,
        ages=AGE_BANDS,
        every_interest=INTERESTS,
        every_tie=TIES,
        gender_limit=GENDER_LIMIT,
    )


@own_deed
async def tell(request: Request) -> Response:
    """Keep what stands in the form; or, by a button of its own, take one thing back, or everything."""
    sent = await read_form(request, most_files=0)
    credentials, what = credentials_of(request), sent.values.get("forget", "")
    told: dict[str, Any] = {name: sent.values.get(name, "") for name in ("prefecture", "age_band", "gender", "tie_to")}
    told |= {name: sent.lists.get(name, ()) for name in ("interests", "kinds")}
    try:
        if what:
            await door.acall(fans.forget, credentials, what=what)
        else:
            await door.acall(fans.tell, credentials, **told)
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent)
    said = {"": "fan_told", "all": "fan_forgotten_all"}.get(what, "fan_forgotten")
    return go(HERE, said=said, lang=request.query_params.get("lang", ""))


routes = [Route(HERE, about_page), Route(HERE, tell, methods=["POST"])]
