"""``/api/v1/topics/{id}/follow``, ``/topics/{id}/read`` and ``/boards/{board}/follow``: following, and how far one has read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.services import following
from tamemap.urls import API
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_object, text_of
from tamemap.web.once import PRIVATE

if TYPE_CHECKING:
    from starlette.requests import Request


async def follow_topic(request: Request) -> Response:
    """
    summary: Follow a topic, or no more
    responses:
      200: {description: "`{following}`"}
      401: {description: sign in}
      403: {description: programs follow nothing}
      404: {description: no such topic}
      410: {description: taken away}
    """
    on, topic = request.method == "PUT", request.path_params["id"]
    done = await door.acall(following.follow_topic, credentials_of(request), topic=topic, on=on)
    return JSONResponse({"following": done.following}, headers=PRIVATE)


async def follow_board(request: Request) -> Response:
    """
    summary: Be told of new topics on a board, or no more
    responses:
      200: {description: "`{following}`"}
      401: {description: sign in}
      403: {description: programs follow nothing}
      404: {description: no such board}
    """
    on, board = request.method == "PUT", request.path_params["board"]
    done = await door.acall(following.follow_board, credentials_of(request), board=board, on=on)
    return JSONResponse({"following": done.following}, headers=PRIVATE)


async def mark_read(request: Request) -> Response:
    """
    summary: Remember how far one has read a topic; it never goes back
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties:
              to: {type: string, description: "the last post that one has read; without it, all of them"}
    responses:
      200: {description: "`{unread, following}`: how many posts of others stand behind it"}
      401: {description: sign in}
      403: {description: programs read nothing}
      404: {description: no such topic or post}
      410: {description: taken away}
      422: {description: fields to be mended}
    """
    data, topic = await read_object(request), request.path_params["id"]
    done = await door.acall(following.mark_read, credentials_of(request), topic=topic, to=text_of(data, "to"))
    return JSONResponse({"unread": done.unread, "following": done.following}, headers=PRIVATE)


routes = [
    Route(f"{API}/topics/{{id}}/follow", follow_topic, methods=["PUT", "DELETE"]),
    Route(f"{API}/topics/{{id}}/read", mark_read, methods=["PUT"]),
    Route(f"{API}/boards/{{board}}/follow", follow_board, methods=["PUT", "DELETE"]),
]
