"""Who looks at which case, asked again and again by ``assets/cases.js``; and the switch of the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.domain.writing import reference
from tamemap.i18n import t
from tamemap.queries.case_looking import looking
from tamemap.services import cases
from tamemap.services.desk_keys import set_keys
from tamemap.web.callers import credentials_of
from tamemap.web.desk_audit import said
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = "/desk/cases"
NO_STORE = {"Cache-Control": PRIVATE}


@own_page
def everywhere(request: Request) -> Response:
    """Who looks at the viewer's open cases: ``{items: [{id, words}]}``."""
    lang = language(request)
    found = door.call(looking, credentials_of(request))
    items = [{"id": one.case, "words": t("care.looking", lang, name=one.name, since=said(one.since, lang))} for one in found]
    return JSONResponse({"items": items}, headers=NO_STORE)


@own_deed
async def here(request: Request) -> Response:
    """That the viewer looks at this case: ``{looking, decided}`` in words, each empty for nobody."""
    lang, public_id = language(request), reference(request.path_params["case"])
    seen = await door.acall(cases.look, credentials_of(request), public_id=public_id)
    return JSONResponse(look_words(seen, lang), headers=NO_STORE)


def look_words(seen: cases.Look, lang: str) -> dict[str, str]:
    """What is to be said about who else is at a case."""
    when = said(seen.at, lang) if seen.at is not None else ""
    decision = t(f"care.decision.{seen.decision}", lang) if seen.decision else ""
    return {
        "looking": t("care.looking_too", lang, name=seen.name, since=when) if seen.name and not decision else "",
        "decided": t("care.decided_by", lang, name=seen.name, when=when, decision=decision) if decision else "",
    }


@own_deed
async def no_more(request: Request) -> Response:
    """That the viewer has left this case."""
    await door.acall(cases.leave, credentials_of(request), public_id=reference(request.path_params["case"]))
    return Response(status_code=204, headers=NO_STORE)


@own_deed
async def keys(request: Request) -> Response:
    """Switch the keys of the desk on or off."""
    on = (await read_form(request, most_files=0)).values.get("on", "") == "1"
    await door.acall(set_keys, credentials_of(request), on=on)
    return go(HERE, said="desk_keys_on" if on else "desk_keys_off", lang=request.query_params.get("lang", ""))


routes = [
    Route(HERE + "/looking", everywhere),
    Route(HERE + "/keys", keys, methods=["POST"]),
    Route(HERE + "/{case}/looking", here, methods=["POST"]),
    Route(HERE + "/{case}/left", no_more, methods=["POST"]),
]
