"""``PUT /api/v1/topics/{id}/answer``: staff answer for the town."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.services import answers
from tamemap.urls import API
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_object, text_of
from tamemap.web.once import PRIVATE
from tamemap.web.serial_boards import topic_json

if TYPE_CHECKING:
    from starlette.requests import Request


async def set_answer(request: Request) -> Response:
    """
    summary: Answer a proposal or a question for the town; the answer stands in an official post as well
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [state]
            properties:
              state: {enum: [received, considering, adopted, declined]}
              words: {type: string, maxLength: 1000, description: "beside the answer; needed with declined"}
              post_body: {type: string, maxLength: 6000, description: "Markdown, goes on in the official post"}
    responses:
      200: {description: Topic}
      401: {description: sign in}
      403: {description: for staff of the town}
      404: {description: no such topic}
      409: {description: "no proposal or question, or back to received"}
      410: {description: taken away}
      422: {description: fields to be mended}
    """
    data = await read_object(request)
    view = await door.acall(
        answers.answer,
        credentials_of(request),
        topic=request.path_params["id"],
        state=text_of(data, "state"),
        words=text_of(data, "words", most=5_000),
        post_body=text_of(data, "post_body", most=30_000),
    )
    return JSONResponse(topic_json(view), headers=PRIVATE)


routes = [Route(f"{API}/topics/{{id}}/answer", set_answer, methods=["PUT"])]
