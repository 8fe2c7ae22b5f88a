"""``/desk/mascots``: a town's mascots, which its lead makes, and who of its staff may write as them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.domain.mascots import DESCRIPTION_LIMIT, NAME_LIMIT
from tamemap.errors import Conflict, Invalid, NotFound, TamemapError
from tamemap.i18n import t
from tamemap.queries.mascots import TownMascots, mascots_desk
from tamemap.services import mascots
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.desk_themes import kept_picture
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.queries.mascots import MascotView

HERE = "/desk/mascots"


@own_page
def mascots_page(request: Request) -> Response:
    """The mascots of the viewer's towns with the form for a new one, or (``?mascot=``) one of them to be changed."""
    return _page(request, request.query_params.get("mascot", ""))


def _page(
    request: Request,
    mascot: str,
    *,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
    ticked: tuple[str, ...] | None = None,
) -> Response:
    lang = language(request)
    towns = door.call(mascots_desk, credentials_of(request))
    town, chosen = _chosen(towns, mascot)
    led = [one for one in towns if one.town.leads]
    if mascot and (town is None or not town.town.leads):
        raise NotFound("mascot_unknown")
    return desk_page(
        request,
        "desk_mascots.html",
        title=t("mascot.edit_title", lang, name=chosen.ref.name) if chosen else t("mascot.title", lang),
        current="mascots",
        error=error,
        typed=typed,
        wide=False,
        back=(HERE, t("mascot.title", lang)) if chosen else None,
        towns=towns,
        making=town or _making(request, led, typed or {}),
        chosen=chosen,
        ticked=ticked if ticked is not None else (chosen.voice_ids if chosen else ()),
        face_id=(typed or {}).get("face", ""),
        limits=(NAME_LIMIT, DESCRIPTION_LIMIT),
    )


def _making(request: Request, led: list[TownMascots], typed: Mapping[str, str]) -> TownMascots | None:
    """The town for which a mascot is made: the only one, or the one that was asked for."""
    code = typed.get("municipality") or request.query_params.get("town", "")
    return led[0] if len(led) == 1 else next((one for one in led if one.town.code == code), None)


def _chosen(towns: tuple[TownMascots, ...], mascot: str) -> tuple[TownMascots | None, MascotView | None]:
    found = ((town, one) for town in towns for one in town.mascots if one.ref.public_id == mascot)
    return next(found, (None, None))


@own_deed
async def keep_mascot(request: Request) -> Response:
    """Make a mascot, change one, retire it or bring it back. A picture that came stays, also when something else was wrong."""
    form = await read_form(request, most_files=1)
    sent, credentials, lang = dict(form.values), credentials_of(request), request.query_params.get("lang", "")
    mascot, deed, voices = sent.get("mascot", ""), sent.get("deed", ""), tuple(form.lists.get("voices", ()))[:100]
    # before a picture is decoded
    await door.acall(mascots_desk, credentials)
    try:
        if deed in {"retire", "return"}:
            service = mascots.retire if deed == "retire" else mascots.bring_back
            await door.acall(service, credentials, mascot=mascot)
            return go(HERE, f"mascot_{deed}", lang)
        sent["face"] = await kept_picture(request, form) or sent.get("face", "")
        said: dict[str, Any] = {name: sent.get(name, "") for name in ("name", "description", "face")} | {"voices": voices}
        if mascot:
            await door.acall(mascots.change, credentials, mascot=mascot, **said)
        else:
            await door.acall(mascots.make, credentials, municipality_code=sent.get("municipality", ""), **said)
    except TamemapError as error:
        if not (error.errors or isinstance(error, Invalid | Conflict)):
            raise
        return await run_in_threadpool(_page, request, mascot, error=error, typed=sent, ticked=voices)
    return go(HERE, "mascot_changed" if mascot else "mascot_made", lang)


routes = [Route(HERE, mascots_page), Route(HERE, keep_mascot, methods=["POST"])]
