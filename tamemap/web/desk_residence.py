"""``/desk/residence-codes``: batches of printed codes, as a table for a printing house and as sheets of cards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.config import settings
from tamemap.domain.dates import day_words
from tamemap.domain.residence import said_code
from tamemap.errors import Invalid, TamemapError
from tamemap.formats.residence_sheet import Card, qr, sheets, table
from tamemap.i18n import t
from tamemap.queries.residence import batch, codes_desk
from tamemap.services import residence, residence_codes
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request

HERE = "/desk/residence-codes"
# fifty sheets: a browser lays them out within seconds
AT_ONCE = 500
USUAL = timedelta(days=180)
USES = {"household": 5, "newsletter": 5000}


@own_page
def codes_page(request: Request) -> Response:
    """The batches of the viewer's towns, and the form for a new one (``?new=household|newsletter``)."""
    return _page(request)


def _page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang, sent, today = language(request), dict(typed or {}), clock.today()
    kind = sent.get("kind") or request.query_params.get("new", "")
    kind = kind if kind in residence_codes.KINDS else "household"
    return desk_page(
        request,
        "desk_residence.html",
        title=t("residence_codes.title", lang),
        current="residence_codes",
        error=error,
        typed=sent,
        seen=door.call(codes_desk, credentials_of(request)),
        kind=kind,
        kinds=tuple(residence_codes.KINDS),
        most=residence_codes.KINDS[kind],
        usual_uses=USES[kind],
        days=(today, today + residence_codes.AHEAD, today + USUAL),
        last_day=lambda moment: _last_day(moment, lang),
        no_address=not settings().base_url,
    )


def _last_day(expires_at: datetime, lang: str) -> str:
    """The last day of a batch that ends at the midnight after it."""
    return day_words(clock.tokyo(expires_at - timedelta(seconds=1)).date(), lang)


@own_deed
async def change(request: Request) -> Response:
    """Make a batch, or end one: ``deed`` says which."""
    sent = (await read_form(request, most_files=0)).values
    who, lang = credentials_of(request), request.query_params.get("lang", "")
    if sent.get("deed") == "end":
        await door.acall(residence_codes.end, who, public_id=sent.get("batch", ""))
        return go(HERE, said="residence_batch_ended", lang=lang)
    try:
        await door.acall(
            residence_codes.make,
            who,
            municipality_code=sent.get("municipality", ""),
            **{name: sent.get(name, "") for name in ("kind", "name", "amount", "uses_each", "ends_on")},
        )
    except Invalid as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    return go(HERE, said="residence_batch_made", lang=lang)


@own_page
def codes_csv(request: Request) -> Response:
    """All codes of a batch as a table, for the town's printing house."""
    lang = language(request)
    found = door.call(residence_codes.hand_out, credentials_of(request), public_id=request.path_params["batch"], kind="csv")
    headings = [t(f"residence_codes.csv.{name}", lang) for name in ("number", "code", "url", "uses_left")]
    name = f"residence-codes-{found.municipality_code}-{found.public_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": PRIVATE, "X-Robots-Tag": "noindex"}
    return Response(table(_cards(found), headings), 200, headers, "text/csv; charset=utf-8")


def _cards(found: residence_codes.HandedOut) -> tuple[Card, ...]:
    return tuple(Card(one.number, said_code(one.code), one.url, one.uses_left) for one in found.codes)


@own_page
def codes_print(request: Request) -> Response:
    """Sheets of cards, at most five hundred cards at once (``?from=&to=``)."""
    lang, who, public_id = language(request), credentials_of(request), request.path_params["batch"]
    amount = door.call(batch, who, public_id=public_id).amount
    first = min(max(1, _number(request, "from", 1)), amount)
    last = min(max(first, _number(request, "to", first + AT_ONCE - 1)), first + AT_ONCE - 1, amount)
    found = door.call(residence_codes.hand_out, who, public_id=public_id, first=first, last=last, kind="print")
    return show(
        request,
        "residence_sheet.html",
        title=t("residence_codes.print_title", lang, name=found.name),
        scripts=("/print.js",),
        found=found,
        sheets=sheets(_cards(found)),
        qr=qr,
        address=urls.absolute(residence.PAGE).partition("://")[2],
        no_address=not settings().base_url,
        until=_last_day(found.expires_at, lang),
        first=first,
        last=last,
        parts=_parts(f"{HERE}/{found.public_id}/print", amount),
    )


def _number(request: Request, name: str, usual: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else usual


def _parts(path: str, amount: int) -> tuple[tuple[int, int, str], ...]:
    """The parts in which a large batch is printed: first number, last number, address."""
    starts = range(1, amount + 1, AT_ONCE) if amount > AT_ONCE else ()
    spans = [(start, min(start + AT_ONCE - 1, amount)) for start in starts]
    return tuple((start, end, urls.with_query(path, **_span(start, end))) for start, end in spans)


def _span(start: int, end: int) -> dict[str, Any]:
    return {"from": start, "to": end}


routes = [
    Route(HERE, codes_page),
    Route(HERE, change, methods=["POST"]),
    Route(HERE + "/{batch}.csv", codes_csv),
    Route(HERE + "/{batch}/print", codes_print),
]
