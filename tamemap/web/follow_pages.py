"""``/b/{board}/follow`` and ``/b/{board}/{topic}/follow``: the buttons on the pages of boards and topics, without script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.writing import reference
from tamemap.queries.push_devices import worth_inviting
from tamemap.services import following
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


@own_deed
async def follow_board(request: Request) -> Response:
    """Be told of new topics on the board, or no more."""
    on, slug = await _wish(request), reference(request.path_params["board"])
    await door.acall(following.follow_board, credentials_of(request), board=slug, on=on)
    return await _back(request, urls.board_page(slug), "board", on=on)


@own_deed
async def follow_topic(request: Request) -> Response:
    """Follow the topic, or no more."""
    on, topic = await _wish(request), reference(request.path_params["topic"])
    await door.acall(following.follow_topic, credentials_of(request), topic=topic, on=on)
    return await _back(request, urls.topic_page(reference(request.path_params["board"]), topic), "topic", on=on)


async def _wish(request: Request) -> bool:
    return bool((await read_form(request, most_files=0)).values.get("on"))


async def _back(request: Request, path: str, kind: str, *, on: bool) -> Response:
    # a calm word, not a question of the browser's: that waits for a tap on the page to which it leads
    if on and await door.acall(worth_inviting, credentials_of(request)):
        path = urls.with_query(path, push="1")
    return go(path, f"{kind}_followed" if on else f"{kind}_unfollowed", request.query_params.get("lang", ""))


routes = [
    Route("/b/{board}/follow", follow_board, methods=["POST"]),
    Route("/b/{board}/{topic}/follow", follow_topic, methods=["POST"]),
]
