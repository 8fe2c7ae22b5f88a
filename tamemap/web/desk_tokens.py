"""``/desk/tokens`` and ``/g/{slug}/tokens``: the keys by which programs of a town or a group use the API."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import clock, door, session, urls
from tamemap.domain.dates import day_words
from tamemap.errors import Conflict, Forbidden, Invalid
from tamemap.i18n import t
from tamemap.queries import tokens as token_queries
from tamemap.services import tokens
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_of, desk_page
from tamemap.web.forms import Sent, read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.errors import TamemapError

DESK = "/desk/tokens"
DAYS = 180


@own_page
def desk_tokens(request: Request) -> Response:
    """The keys of a town, and the form for another one."""
    return _desk(request, request.query_params.get("town", ""))


def _desk(request: Request, code: str, **values: Any) -> Response:
    desk, lang = desk_of(request), language(request)
    led = [town for town in desk.towns if town.leads]
    town = next((one for one in led if code in {"", one.code}), None)
    if town is None:
        raise Forbidden("not_allowed_lead_only")
    found = door.call(token_queries.town_tokens, credentials_of(request), municipality_code=town.code)
    shared = _shared(request, tokens.TOWN_SCOPES, found, urls.with_query(DESK, town=town.code))
    return desk_page(request, "tokens.html", title=t("tokens.title", lang), current="tokens", desk=desk, led=led, town=town,
                     **shared | values)  # fmt: skip


@own_page
def group_tokens(request: Request) -> Response:
    """The keys of a group, for its owners."""
    return _group(request, request.path_params["slug"])


def _group(request: Request, slug: str, **values: Any) -> Response:
    lang = language(request)
    found = door.call(token_queries.group_tokens, credentials_of(request), group=slug)
    shared = _shared(request, tokens.GROUP_SCOPES, found.tokens, f"/g/{found.slug}/tokens")
    back = (f"/g/{found.slug}", t("tokens.back_to_group", lang, name=found.name))
    return show(request, "tokens.html", title=t("tokens.title", lang), back=back, town=None, led=[], **shared | values)


def _shared(request: Request, scopes: tuple[str, ...], found: tuple[token_queries.TokenView, ...], path: str) -> dict[str, Any]:
    lang = language(request)
    return {
        "scopes": scopes,
        "ticked": (),
        "tokens": found,
        "path": path,
        "made": None,
        "days": DAYS,
        "once": session.new_token(),
        "day": lambda moment: _day(moment, lang),
        "api": urls.absolute(urls.API),
    }


def _day(moment: datetime, lang: str) -> str:
    return day_words(clock.tokyo(moment).date(), lang)


@own_deed
async def make_for_town(request: Request) -> Response:
    """Make a key for a town; its text is shown in this answer, and never again."""
    code = request.query_params.get("town", "")
    return await _make(request, partial(_desk, request, code), municipality_code=code)


@own_deed
async def make_for_group(request: Request) -> Response:
    """Make a key for a group."""
    slug = request.path_params["slug"]
    return await _make(request, partial(_group, request, slug), group=slug)


async def _make(request: Request, answer: partial[Response], **place: str) -> Response:
    sent = await read_form(request, most_files=0)
    scopes = sent.lists.get("scopes", ())
    try:
        made = await door.acall(tokens.make, credentials_of(request), name=sent.values.get("name", ""), scopes=scopes,
                                days=_days(sent), once=sent.values.get("once", ""), **place)  # fmt: skip
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(partial(answer, **_wrong(error, sent.values, scopes)))
    return await run_in_threadpool(partial(answer, made=made))


def _wrong(error: TamemapError, typed: Mapping[str, str], scopes: tuple[str, ...]) -> dict[str, Any]:
    # what was made already is not offered to be made once more
    kept = {} if error.code == "token_made_already" else {"typed": typed, "ticked": scopes}
    return {"error": error, **kept}


def _days(sent: Sent) -> int:
    said = sent.values.get("days", "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


@own_deed
async def end_for_town(request: Request) -> Response:
    """End a key of a town."""
    await _end(request)
    return go(urls.with_query(DESK, town=request.query_params.get("town", "")), said="token_ended",
              lang=request.query_params.get("lang", ""))  # fmt: skip


@own_deed
async def end_for_group(request: Request) -> Response:
    """End a key of a group."""
    await _end(request)
    return go(f"/g/{request.path_params['slug']}/tokens", said="token_ended", lang=request.query_params.get("lang", ""))


async def _end(request: Request) -> None:
    sent = (await read_form(request, most_files=0)).values
    await door.acall(tokens.end, credentials_of(request), public_id=sent.get("token", ""))


POST = ["POST"]
routes = [
    Route(DESK, desk_tokens),
    Route(DESK, make_for_town, methods=POST),
    Route(f"{DESK}/end", end_for_town, methods=POST),
    Route("/g/{slug}/tokens", group_tokens),
    Route("/g/{slug}/tokens", make_for_group, methods=POST),
    Route("/g/{slug}/tokens/end", end_for_group, methods=POST),
]
