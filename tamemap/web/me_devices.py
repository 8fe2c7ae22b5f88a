"""``/me/devices`` (私の端末): where one is signed in, and an end to it; ``/me/merge``: two accounts become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.errors import Conflict, Invalid, NotFound, TamemapError
from tamemap.gateways import oidc
from tamemap.i18n import t, words
from tamemap.services import merging, sessions
from tamemap.web.board_document import said
from tamemap.web.callers import browser_key, credentials_of, forget_session
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

HERE, MERGE = "/me/devices", "/me/merge"


@own_page
def devices_page(request: Request) -> Response:
    """All devices in which the person is signed in, this one first."""
    return _page(request)


def _page(request: Request, error: TamemapError | None = None) -> Response:
    lang = language(request)
    return show(
        request,
        "me_devices.html",
        title=t("devices.title", lang),
        error=error,
        devices=door.call(sessions.mine, credentials_of(request)),
        way_of=lambda way: way_words(way, lang),
        when=lambda moment: said(moment, lang),
    )


def way_words(way: str, lang: str) -> str:
    """By which way a session was opened, in words."""
    return words(lang).get(f"ways.by.{way}") or oidc.label_of(way, lang)


@own_deed
async def end(request: Request) -> Response:
    """End one session (``end`` names it), or all others."""
    sent = (await read_form(request, most_files=0)).values
    credentials, lang = credentials_of(request), request.query_params.get("lang", "")
    if "end" not in sent:
        await door.acall(sessions.end_others, credentials)
        return go(HERE, said="devices_others_ended", lang=lang)
    try:
        ended = await door.acall(sessions.end, credentials, public_id=sent["end"])
    except NotFound as error:
        return await run_in_threadpool(_page, request, error)
    if ended.this:
        answer = go("/sign-in", lang=lang)
        forget_session(answer)
        return answer
    return go(HERE, said="devices_ended", lang=lang)


@own_page
def merge_page(request: Request) -> Response:
    """What both accounts have, what will happen, and one button."""
    return _merge_page(request, request.query_params.get("key", ""))


def _merge_page(request: Request, key: str) -> Response:
    lang = language(request)
    try:
        found = door.call(merging.preview, credentials_of(request), key=key, browser_key=browser_key(request)[0])
    except (Invalid, Conflict) as error:
        return show(request, "me_merge.html", title=t("merge.title", lang), error=error, found=None)
    return show(
        request,
        "me_merge.html",
        title=t("merge.title", lang),
        found=found,
        key=key,
        label_of=lambda name: oidc.label_of(name, lang),
    )


@own_deed
async def merge(request: Request) -> Response:
    """Make the two accounts one."""
    sent = (await read_form(request, most_files=0)).values
    key, lang = sent.get("key", ""), language(request)
    try:
        await door.acall(merging.merge, credentials_of(request), key=key, browser_key=browser_key(request)[0])
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(show, request, "me_merge.html", title=t("merge.title", lang), error=error, found=None)
    return go("/me/ways", said="merged", lang=request.query_params.get("lang", ""))


routes = [
    Route(HERE, devices_page),
    Route(HERE, end, methods=["POST"]),
    Route(MERGE, merge_page),
    Route(MERGE, merge, methods=["POST"]),
]
