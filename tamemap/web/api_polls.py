"""``/api/v1/topics/{id}/poll`` and ``/polls/{id}``: asking, voting, ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.domain.polls import MOST
from tamemap.errors import Invalid
from tamemap.services import polls
from tamemap.urls import API
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_object, text_of
from tamemap.web.once import PRIVATE
from tamemap.web.serial_boards import topic_json

if TYPE_CHECKING:
    from starlette.requests import Request


def _list_of(data: dict[str, Any], name: str, field: str) -> list[Any]:
    found = data.get(name)
    if not isinstance(found, list) or len(found) > MOST:
        raise Invalid.at(field, "request_wrong")
    return found


async def open_poll(request: Request) -> Response:
    """
    summary: Put a poll into one's topic
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [question, options]
            properties:
              question: {type: string, maxLength: 120}
              options: {type: array, minItems: 2, maxItems: 10, items: {type: string, maxLength: 80}}
              several: {type: boolean, default: false, description: several answers may be chosen}
              results: {enum: [before, after], default: before, description: shown all the time or when it is over}
              ends_at: {type: string, description: "ISO 8601, in Tokyo where it does not say; within a year"}
    responses:
      201: {description: Topic}
      401: {description: sign in}
      403: {description: not your topic}
      404: {description: no such topic}
      409: {description: "closed, or there is one already"}
      410: {description: taken away}
      422: {description: fields to be mended}
    """
    data = await read_object(request)
    view = await door.acall(
        polls.open_poll,
        credentials_of(request),
        topic=request.path_params["id"],
        question=text_of(data, "question"),
        options=_list_of(data, "options", "options"),
        several=data.get("several") is True,
        results=text_of(data, "results") or "before",
        ends_at=text_of(data, "ends_at"),
    )
    return JSONResponse(topic_json(view), 201, PRIVATE)


async def vote(request: Request) -> Response:
    """
    summary: Vote, in place of what one chose before
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [options]
            properties: {options: {type: array, items: {type: integer}, description: positions of the answers}}
    responses:
      200: {description: Topic}
      401: {description: sign in}
      403: {description: not here}
      404: {description: no such poll}
      409: {description: over}
      410: {description: taken away}
      422: {description: fields to be mended}
    """
    data = await read_object(request)
    chosen = _list_of(data, "options", "option")
    view = await door.acall(polls.vote, credentials_of(request), poll=request.path_params["id"], options=chosen)
    return JSONResponse(topic_json(view), headers=PRIVATE)


async def close_poll(request: Request) -> Response:
    """
    summary: End a poll now
    responses:
      200: {description: Topic}
      401: {description: sign in}
      403: {description: not your topic}
      404: {description: no such poll}
      410: {description: taken away}
    """
    view = await door.acall(polls.close_poll, credentials_of(request), poll=request.path_params["id"])
    return JSONResponse(topic_json(view), headers=PRIVATE)


routes = [
    Route(f"{API}/topics/{{id}}/poll", open_poll, methods=["POST"]),
    Route(f"{API}/polls/{{id}}/vote", vote, methods=["PUT"]),
    Route(f"{API}/polls/{{id}}/close", close_poll, methods=["POST"]),
]
