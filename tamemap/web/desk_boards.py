"""``/desk/boards``: a map's boards made and put in order, and writing on them closed with one switch or every night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.board_rooms import WRITERS
from tamemap.domain.quiet import closed_words
from tamemap.errors import Conflict, Gone, Invalid, NotFound, TamemapError
from tamemap.i18n import t
from tamemap.queries.board_rooms import BoardsDesk, boards_desk
from tamemap.queries.boards import board
from tamemap.services import board_rooms, quiet
from tamemap.services.topic_deeds import restore_topic
from tamemap.web.board_document import said
from tamemap.web.callers import credentials_of
from tamemap.web.desk import desk_page
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed, own_page
from tamemap.web.respond import language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

HERE = "/desk/boards"
EDIT = "/desk/boards/edit"
DEEDS: dict[str, Callable[[Mapping[str, str]], tuple[Callable[..., Any], dict[str, Any]]]] = {
    "close_writing": lambda sent: (quiet.close_writing, {"map_slug": sent.get("map", ""), "words": sent.get("words", "")}),
    "open_writing": lambda sent: (quiet.open_writing, {"map_slug": sent.get("map", "")}),
    "nights": lambda sent: (
        quiet.set_nights,
        {"map_slug": sent.get("map", "")} | {name: sent.get(name, "") for name in ("night_from", "night_to")},
    ),
    "close": lambda sent: (board_rooms.close, {"board": sent.get("board", "")}),
    "reopen": lambda sent: (board_rooms.reopen, {"board": sent.get("board", "")}),
    "up": lambda sent: (board_rooms.move, {"board": sent.get("board", ""), "earlier": True}),
    "down": lambda sent: (board_rooms.move, {"board": sent.get("board", ""), "earlier": False}),
    "restore": lambda sent: (restore_topic, {"topic": sent.get("topic", "")}),
}
"""What the page does: the service and what it is handed."""


@own_page
def boards_page(request: Request) -> Response:
    """The boards of one of the viewer's maps, and whether people may write there."""
    return _page(request, request.query_params.get("map", ""))


def _page(
    request: Request, map_slug: str, *, error: TamemapError | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    found, lang = door.call(boards_desk, credentials_of(request), map_slug=map_slug), language(request)
    return desk_page(
        request,
        "desk_boards.html",
        title=t("desk_boards.title", lang),
        current="boards",
        error=error,
        typed=typed,
        now=found,
        all_maps=[(slug, name, urls.with_query(HERE, map=slug)) for slug, name in found.maps],
        resting=closed_words(found.quiet, lang),
        since=said(found.closed_since, lang) if found.closed_since else "",
    )


@own_deed
async def change_boards(request: Request) -> Response:
    """One deed of ``DEEDS``."""
    sent = (await read_form(request, most_files=0)).values
    deed, map_slug = sent.get("deed", ""), sent.get("map", "")
    try:
        if deed not in DEEDS:
            raise Invalid.at("deed", "form_broken")
        service, wanted = DEEDS[deed](sent)
        await door.acall(service, credentials_of(request), **wanted)
    except (Invalid, Conflict, Gone) as error:
        return await run_in_threadpool(_page, request, map_slug, error=error, typed=sent)
    return go(urls.with_query(HERE, map=map_slug), f"boards_{deed}", request.query_params.get("lang", ""))


@own_page
def edit_page(request: Request) -> Response:
    """The form for a new board (``?map=``) or for one that stands (``?board=``)."""
    return _edit(request, request.query_params.get("map", ""), request.query_params.get("board", ""))


def _edit(
    request: Request,
    map_slug: str,
    slug: str,
    *,
    error: TamemapError | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    credentials, lang = credentials_of(request), language(request)
    if slug:
        map_slug = door.call(board, credentials, slug=slug).map_slug
    found: BoardsDesk = door.call(boards_desk, credentials, map_slug=map_slug)
    room = next((one for one in found.rooms if one.slug == slug), None)
    if slug and room is None:
        raise NotFound("board_unknown")
    return desk_page(
        request,
        "desk_board_edit.html",
        title=t("desk_boards.edit_title", lang, name=room.name) if room else t("desk_boards.new_title", lang, map=found.map_name),
        current="boards",
        error=error,
        typed=typed,
        wide=False,
        room=room,
        map_slug=found.map_slug,
        suggested=found.suggested,
        writers=[(one, t(f"desk_boards.writers.{one}", lang)) for one in WRITERS if one != "residents" or found.in_town],
    )


@own_deed
async def keep_board(request: Request) -> Response:
    """Make a board, or keep what was changed about one."""
    sent = (await read_form(request, most_files=0)).values
    said_of = {name: sent.get(name, "") for name in ("name", "description", "writers")}
    slug, credentials = sent.get("board", ""), credentials_of(request)
    try:
        if slug:
            await door.acall(board_rooms.change, credentials, board=slug, **said_of)
        else:
            made = {"map_slug": sent.get("map", ""), "slug": sent.get("slug", "")}
            await door.acall(board_rooms.make, credentials, **made, **said_of)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(_edit, request, sent.get("map", ""), slug, error=error, typed=sent)
    done = "boards_changed" if slug else "boards_made"
    return go(urls.with_query(HERE, map=sent.get("map", "")), done, request.query_params.get("lang", ""))


routes = [
    Route(HERE, boards_page),
    Route(HERE, change_boards, methods=["POST"]),
    Route(EDIT, edit_page),
    Route(EDIT, keep_board, methods=["POST"]),
]
