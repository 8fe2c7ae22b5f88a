"""``/me/about``: what fans tell about themselves, with why it is asked, each taken back alone or all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.fans import AGE_BANDS, GENDER_LIMIT, INTERESTS, PREFECTURES, TELLABLE, TIES
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


def _page(request: Request, *, error: TamemapError | None = None, sent: Sent | None = None, at: str = "") -> Response:
    lang = language(request)
    seen: FanView = door.call(my_fan, credentials_of(request))
    told = ("prefecture", "age_band", "gender")
    mine, tied = sent is not None and at == "self", sent is not None and at == "tie"
    lists = sent.lists if sent else {}
    return show(
        request,
        "me_about.html",
        title=t("fan.title", lang),
        error=error,
        typed=sent.values if sent else {},
        seen=seen,
        asked={name: seen_or_sent(seen, name, sent if mine else None) for name in told},
        interests=lists.get("interests", ()) if mine else seen.interests,
        kinds=lists.get("kinds", ()) if tied else (),
        tied_to=sent.values.get("municipality_code", "") if sent and tied else "",
        prefectures=PREFECTURES,
        ages=AGE_BANDS,
        every_interest=INTERESTS,
        every_tie=TIES,
        gender_limit=GENDER_LIMIT,
    )


def seen_or_sent(seen: FanView, name: str, sent: Sent | None) -> str:
    """What stands in a field: what was just typed there, else what is kept."""
    return sent.values.get(name, "") if sent else str(getattr(seen, name))


@own_deed
async def tell(request: Request) -> Response:
    """Keep the four fields; or, by a button of its own, take one thing back, or everything."""
    sent = await read_form(request, most_files=0)
    lang = request.query_params.get("lang", "")
    what = sent.values.get("forget", "")
    if what:
        try:
            await door.acall(fans.forget, credentials_of(request), what=what)
        except Invalid as error:
            return await run_in_threadpool(_page, request, error=error)
        return go(HERE, said="fan_forgotten_all" if what == "all" else "fan_forgotten", lang=lang)
    told = {name: sent.values.get(name, "") for name in TELLABLE if name != "interests"}
    try:
        await door.acall(fans.tell, credentials_of(request), **told, interests=sent.lists.get("interests", ()))
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent, at="self")
    return go(HERE, said="fan_told", lang=lang)


@own_deed
async def tie(request: Request) -> Response:
    """Keep how one is tied to a town."""
    sent = await read_form(request, most_files=0)
    kinds = sent.lists.get("kinds", ())
    try:
        if not kinds:
            raise Invalid.at("kinds", "fan_kind_missing")
        code = sent.values.get("municipality_code", "")
        await door.acall(fans.tie, credentials_of(request), municipality_code=code, kinds=kinds)
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, sent=sent, at="tie")
    return go(HERE, said="fan_tied", lang=request.query_params.get("lang", ""))


routes = [
    Route(HERE, about_page),
    Route(HERE, tell, methods=["POST"]),
    Route(f"{HERE}/tie", tie, methods=["POST"]),
]
