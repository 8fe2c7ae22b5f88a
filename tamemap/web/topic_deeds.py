"""What may be done to a whole topic on its page: closing it, opening it again, taking it away with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid
from tamemap.queries.boards import board
from tamemap.services.boards import close_topic, remove_topic
from tamemap.services.topic_deeds import reopen_topic
from tamemap.web.board_document import topic_page
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form
from tamemap.web.own_pages import go, own_deed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


@own_deed
async def change_topic(request: Request) -> Response:
    """Close the topic, open it again, or take it away."""
    sent = (await read_form(request, most_files=0)).values
    credentials, lang = credentials_of(request), request.query_params.get("lang", "")
    slug, topic = (reference(request.path_params[name]) for name in ("board", "topic"))
    deed, reason, rule = (sent.get(name, "") for name in ("deed", "reason", "rule"))
    try:
        if deed == "remove":
            here = await door.acall(board, credentials, slug=slug)
            await door.acall(remove_topic, credentials, topic=topic, reason=reason, rule=rule)
            return go(urls.with_query("/desk/boards", map=here.map_slug), "topic_removed", lang)
        if deed not in {"close", "reopen"}:
            raise Invalid.at("deed", "form_broken")
        if deed == "close":
            await door.acall(close_topic, credentials, topic=topic, reason=reason, rule=rule)
        else:
            await door.acall(reopen_topic, credentials, topic=topic)
    except (Invalid, Conflict) as error:
        return await run_in_threadpool(topic_page, request, error=error)
    return go(urls.topic_page(slug, topic), f"topic_{deed}", lang)


routes = [Route("/b/{board}/{topic}", change_topic, methods=["POST"])]
