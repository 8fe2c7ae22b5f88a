"""``/desk/themes``: themes (お題) opened and changed, with their period, cover picture and closing words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.themes import Period, period_words, said_period
from tamemap.errors import Conflict, Invalid, NotFound, TamemapError
from tamemap.i18n import t
from tamemap.queries.board_rooms import BoardsDesk, boards_desk, closing_words, themes_desk
from tamemap.services import pictures, themes
from tamemap.services.themes import TIMES
from tamemap.web.api_photos import prepared_photo
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import flag_of, read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.queries.boards import TopicView
    from tamemap.web.forms import Sent

HERE = "/desk/themes"


@own_page
def themes_page(request: Request) -> Response:
    """The form for a new theme and those of the map, or (``?topic=``) one of them to be changed."""
    return _page(request, request.query_params.get("map", ""), request.query_params.get("topic", ""))


def _page(
    request: Request,
    map_slug: str,
    topic: str,
    *,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    credentials, lang = credentials_of(request), language(request)
    here: BoardsDesk = door.call(boards_desk, credentials, map_slug=map_slug)
    found = door.call(themes_desk, credentials, map_slug=here.map_slug)
    chosen = next((one for one in found if one.public_id == topic), None)
    if topic and chosen is None:
        raise NotFound("topic_unknown")
    return desk_page(
        request,
        "desk_themes.html",
        title=t("theme.desk_title", lang),
        current="boards",
        error=error,
        typed=typed,
        wide=False,
        back=(urls.with_query("/desk/boards", map=here.map_slug), t("desk_boards.title", lang)),
        now=here,
        boards=[(one.slug, one.name) for one in here.rooms if not one.closed],
        themes=found,
        topic=chosen,
        values=_values(request, chosen),
        cover_id=(typed or {}).get("cover", ""),
        period=lambda theme: period_words(theme.period, lang),
    )


def _values(request: Request, chosen: TopicView | None) -> dict[str, str]:
    """What stands in the form before anything was typed."""
    if chosen is None or chosen.theme is None:
        return said_period(Period()) | {"closing_words": ""}
    words = door.call(closing_words, credentials_of(request), topic=chosen.public_id)
    return said_period(chosen.theme.period) | {"closing_words": words}


@own_deed
async def keep_theme(request: Request) -> Response:
    """Open a theme, or keep what was changed about one. A picture that came stays, also when something else was wrong."""
    form = await read_form(request, most_files=1)
    sent, credentials = dict(form.values), credentials_of(request)
    map_slug, topic = sent.get("map", ""), sent.get("topic", "")
    # before a picture is decoded
    await door.acall(boards_desk, credentials, map_slug=map_slug)
    try:
        sent["cover"] = await kept_picture(request, form) or sent.get("cover", "")
        wanted: dict[str, Any] = {
            "period": {name: sent.get(name, "") for name in TIMES},
            "cover": sent["cover"],
            "closing_words": sent.get("closing_words", ""),
        }
        if topic:
            gone = flag_of(sent, "without_cover")
            await door.acall(themes.change_theme, credentials, topic=topic, without_cover=gone, **wanted)
        else:
            said: dict[str, Any] = {name: sent.get(name, "") for name in ("board", "title", "body")}
            await door.acall(themes.open_theme, credentials, **said, **wanted)
    except TamemapError as error:
        if not (error.errors or isinstance(error, Invalid | Conflict)):
            raise
        return await run_in_threadpool(_page, request, map_slug, topic, error=error, typed=sent)
    done = "theme_changed" if topic else "theme_opened"
    return go(urls.with_query(HERE, map=map_slug), done, request.query_params.get("lang", ""))


async def kept_picture(request: Request, form: Sent) -> str:
    """The id of the picture that came along, waiting to become a cover or a face; empty for none."""
    photos = [data for data in form.files.get("photo", ()) if data]
    if not photos:
        return ""
    prepared = await prepared_photo(photos[0])
    first = replace(prepared, pages=prepared.pages[:1])
    return (await door.acall(pictures.keep, credentials_of(request), prepared=first))[0].public_id


routes = [Route(HERE, themes_page), Route(HERE, keep_theme, methods=["POST"])]
