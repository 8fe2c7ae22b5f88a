"""``/me/residence``: saying where one lives, and proving it by a printed code or by the card in one's purse."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from tamemap import clock, door, urls
from tamemap.domain.dates import day_words
from tamemap.errors import Invalid, TamemapError, TooMany, Unauthenticated
from tamemap.gateways import oidc
from tamemap.i18n import t
from tamemap.queries.residence import ResidenceView, TownView, mine
from tamemap.services import residence, residence_codes
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page, show
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from starlette.requests import Request

HERE = residence.PAGE


@own_page
def residence_page(request: Request) -> Response:
    """What is said and proved, and how to prove it; a code from a QR stands in its field already."""
    return _page(request, typed={"code": request.query_params.get("code", "")[:400]})


def _page(request: Request, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None) -> Response:
    lang, sent = language(request), dict(typed or {})
    seen = door.call(mine, credentials_of(request), town=sent.get("municipality", ""))
    town = seen.proof.municipality_code if seen.proof else seen.municipality_code
    return show(
        request,
        "me_residence.html",
        title=t("residence.title", lang),
        error=error,
        typed=sent,
        seen=seen,
        here_town=next((one for one in seen.towns if one.code == town), None),
        proved=_days(seen, lang),
        towns=[("", [("", t("residence.elsewhere", lang))]), *_by_region(seen.towns)],
        digital=oidc.digital_configured(),
        with_code=bool(sent.get("code")),
        district_limit=residence.DISTRICT_LIMIT,
    )


def _days(seen: ResidenceView, lang: str) -> tuple[str, str]:
    """The day of the proof, and the last day on which it holds."""
    return (_day(seen.proof.proved_at, lang), _day(seen.proof.until, lang)) if seen.proof else ("", "")


def _day(moment: datetime, lang: str) -> str:
    return day_words(clock.tokyo(moment).date(), lang)


def _by_region(towns: tuple[TownView, ...]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(name, [(one.code, one.name) for one in group]) for name, group in groupby(towns, lambda one: one.region_name)]


@own_deed
async def change(request: Request) -> Response:
    """Say, prove by a printed code, or take everything back: ``deed`` says which."""
    sent = (await read_form(request, most_files=0)).values
    who, lang, deed = credentials_of(request), request.query_params.get("lang", ""), sent.get("deed", "say")
    try:
        if deed == "code":
            await door.acall(residence_codes.redeem, who, code=sent.get("code", ""))
            return go(HERE, said="residence_proved", lang=lang)
        if deed == "forget":
            await door.acall(residence.forget, who)
            return go(HERE, said="residence_forgotten", lang=lang)
        town, district = sent.get("municipality", ""), sent.get("district", "")
        said = await door.acall(residence.say, who, municipality_code=town or None, district=district)
    except Unauthenticated:
        # who was signed out meanwhile need not type the code again
        here = urls.with_query(HERE, code=sent.get("code", "")[:100], lang=lang)
        return RedirectResponse(urls.with_query("/sign-in", then=here, lang=lang), 303, {"Cache-Control": PRIVATE})
    except (Invalid, TooMany) as error:
        return await run_in_threadpool(_page, request, error=error, typed=sent)
    return go(HERE, said="residence_moved" if said.proof_dropped else "residence_said", lang=lang)


routes = [Route(HERE, residence_page), Route(HERE, change, methods=["POST"])]
