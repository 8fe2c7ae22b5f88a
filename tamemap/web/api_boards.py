"""``/api/v1/boards``, ``/topics`` and ``/posts``: reading what people write, writing, reacting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.errors import Invalid
from tamemap.queries import boards as board_queries
from tamemap.queries import posts as post_queries
from tamemap.queries.post_history import post_history
from tamemap.services import boards, posts
from tamemap.urls import API
from tamemap.web.callers import credentials_of
from tamemap.web.forms import ids_of, read_object, text_of
from tamemap.web.once import PRIVATE, done_once
from tamemap.web.problems import language
from tamemap.web.serial_boards import board_json, history_json, post_json, topic_json

if TYPE_CHECKING:
    from starlette.requests import Request


def page_of(request: Request, *, most: int) -> dict[str, Any]:
    """``cursor`` and ``limit`` in the address. Raises Invalid at ``limit``."""
    try:
        limit = int(request.query_params.get("limit") or 20)
    except ValueError:
        limit = 0
    if not 1 <= limit <= most:
        raise Invalid.at("limit", "limit_wrong", limit=most)
    return {"cursor": request.query_params.get("cursor") or None, "limit": limit}


async def list_boards(request: Request) -> Response:
    """
    summary: The boards beside a map
    responses: {200: {description: "`{items: [Board]}`"}, 404: {description: no such map}}
    """
    found = await door.acall(board_queries.boards_of_map, credentials_of(request), slug=request.path_params["map"])
    return JSONResponse({"items": [board_json(one) for one in found]}, headers=PRIVATE)


async def list_topics(request: Request) -> Response:
    """
    summary: The topics of a board, pinned ones first, then by their latest post
    parameters:
      - {in: query, name: limit, schema: {type: integer, minimum: 1, maximum: 50, default: 20}}
      - {in: query, name: cursor, schema: {type: string}}
    responses:
      200: {description: "`{items: [Topic], next}`"}
      404: {description: no such board}
      422: {description: a cursor that is not ours}
    """
    page = await door.acall(
        board_queries.topics, credentials_of(request), board=request.path_params["board"], **page_of(request, most=50)
    )
    return JSONResponse({"items": [topic_json(one, language(request)) for one in page.items], "next": page.next}, headers=PRIVATE)


async def open_topic(request: Request) -> Response:
    """
    summary: Open a topic with its first post
    parameters: [{in: header, name: Idempotency-Key, schema: {type: string, maxLength: 200}}]
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [title, body]
            properties:
              kind: {enum: [talk, theme, question, proposal, introduction, flyer], default: talk}
              title: {type: string, maxLength: 80}
              body: {type: string, maxLength: 8000, description: Markdown}
              flyer: {type: string, description: a flyer that stands on the board's map}
              pictures: {type: array, maxItems: 4, items: {type: string}, description: ids of photos that you have sent}
              group: {type: string, description: "the slug of the group in whose name it is written, or mascot: and an id"}
              flyers: {type: array, maxItems: 6, items: {type: string}, description: flyers that it carries as cards}
              lat: {type: number, description: "of an introduction, with lng: its place on the board's map"}
              lng: {type: number}
              place_name: {type: string, maxLength: 80, description: what people call that place}
    responses:
      201: {description: Topic}
      401: {description: sign in}
      403: {description: not here}
      404: {description: no such board}
      409: {description: "writing rests (`writing_closed`, `writing_closed_night`), or the key came with another body"}
      422: {description: fields to be mended}
      429: {description: too often}
    """
    data, board = await read_object(request), request.path_params["board"]
    wanted: dict[str, Any] = {
        "kind": text_of(data, "kind") or "talk",
        "title": text_of(data, "title"),
        "body": text_of(data, "body", most=40_000),
        "flyer": text_of(data, "flyer") or None,
        "group": text_of(data, "group"),
        "pictures": ids_of(data, "pictures"),
        "flyers": ids_of(data, "flyers"),
    } | {name: text_of(data, name) for name in ("lat", "lng", "place_name")}
    lang = language(request)
    topic = await done_once(
        request, data, lambda db, actor: topic_json(boards.open_topic(db, actor, board=board, **wanted), lang)
    )
    return JSONResponse(topic, 201, PRIVATE | {"Location": urls.topic_page(board, topic["id"])})


async def list_posts(request: Request) -> Response:
    """
    summary: A topic and its posts, the oldest first
    parameters:
      - {in: query, name: limit, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
      - {in: query, name: cursor, schema: {type: string}}
    responses:
      200: {description: "`{topic: Topic, items: [Post], next}`"}
      404: {description: no such topic}
      410: {description: taken away}
      422: {description: a cursor that is not ours}
    """
    credentials, topic = credentials_of(request), request.path_params["id"]
    view = await door.acall(board_queries.topic, credentials, public_id=topic)
    page = await door.acall(post_queries.posts, credentials, topic=topic, **page_of(request, most=100))
    data = {"topic": topic_json(view, language(request)), "items": [post_json(one) for one in page.items], "next": page.next}
    return JSONResponse(data, headers=PRIVATE)


async def write_post(request: Request) -> Response:
    """
    summary: Answer in a topic
    parameters: [{in: header, name: Idempotency-Key, schema: {type: string, maxLength: 200}}]
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [body]
            properties:
              body: {type: string, maxLength: 8000, description: Markdown}
              group: {type: string, description: "the slug of the group in whose name it is written, or mascot: and an id"}
    responses:
      201: {description: Post}
      401: {description: sign in}
      403: {description: not here}
      404: {description: no such topic}
      409: {description: "closed, not open yet, or writing rests there (`writing_closed`, `writing_closed_night`)"}
      410: {description: taken away}
      422: {description: fields to be mended}
      429: {description: too often}
    """
    data, topic = await read_object(request), request.path_params["id"]
    said: dict[str, Any] = {"body": text_of(data, "body", most=40_000), "group": text_of(data, "group")}
    said |= {"pictures": ids_of(data, "pictures"), "quoted": text_of(data, "quoted")}
    post = await done_once(request, data, lambda db, actor: post_json(posts.write_post(db, actor, topic=topic, **said)))
    return JSONResponse(post, 201, PRIVATE)


async def change_post(request: Request) -> Response:
    """
    summary: Change one's own words
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [body]
            properties: {body: {type: string, maxLength: 8000, description: Markdown}}
    responses:
      200: {description: Post}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such post}
      409: {description: "closed, or writing rests there (`writing_closed`, `writing_closed_night`)"}
      410: {description: taken away}
      422: {description: fields to be mended}
    """
    data = await read_object(request)
    view = await door.acall(
        posts.edit_post,
        credentials_of(request),
        post=request.path_params["id"],
        body=text_of(data, "body", most=40_000),
    )
    return JSONResponse(post_json(view), headers=PRIVATE)


async def list_versions(request: Request) -> Response:
    """
    summary: A post and what it said before it was changed, the latest first
    responses:
      200: {description: "`{post: Post, versions: [Version]}`"}
      404: {description: no such post}
      410: {description: taken away}
    """
    found = await door.acall(post_history, credentials_of(request), public_id=request.path_params["id"])
    return JSONResponse(history_json(found), headers=PRIVATE)


async def remove_post(request: Request) -> Response:
    """
    summary: Take a post away; staff say why, and its author is told
    parameters:
      - {in: query, name: reason, description: as well in the body, schema: {type: string, maxLength: 500}}
      - in: query
        name: rule
        description: by which staff take it away; as well in the body
        schema: &rule
          enum: [personal_data, harassment, advertising, wrong_facts, off_topic, unlawful, other]
          default: other
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties: {reason: {type: string, maxLength: 500}, rule: *rule}
    responses:
      204: {description: "taken away, now or before"}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such post}
      410: {description: its topic was taken away}
      422: {description: "a reason is missing, or a rule is not ours"}
    """
    data = dict(request.query_params) | await read_object(request)
    await door.acall(
        posts.remove_post,
        credentials_of(request),
        post=request.path_params["id"],
        reason=text_of(data, "reason"),
        rule=text_of(data, "rule"),
    )
    return Response(status_code=204, headers=PRIVATE)


async def react(request: Request) -> Response:
    """
    summary: Tap a reaction on, or off again
    parameters: [{in: query, name: kind, description: as well in the body, schema: {enum: [like, thanks, join, cheer]}}]
    requestBody: {content: {application/json: {schema: {type: object, properties: {kind: {enum: [like, thanks, join, cheer]}}}}}}
    responses:
      200: {description: Post}
      401: {description: sign in}
      404: {description: no such post}
      410: {description: taken away}
      422: {description: no such reaction}
    """
    data = dict(request.query_params) | await read_object(request)
    view = await door.acall(
        posts.react,
        credentials_of(request),
        post=request.path_params["id"],
        kind=text_of(data, "kind"),
        on=request.method == "POST",
    )
    return JSONResponse(post_json(view), headers=PRIVATE)


routes = [
    Route(f"{API}/maps/{{map}}/boards", list_boards),
    Route(f"{API}/boards/{{board}}/topics", list_topics),
    Route(f"{API}/boards/{{board}}/topics", open_topic, methods=["POST"]),
    Route(f"{API}/topics/{{id}}/posts", list_posts),
    Route(f"{API}/topics/{{id}}/posts", write_post, methods=["POST"]),
    Route(f"{API}/posts/{{id}}", change_post, methods=["PATCH"]),
    Route(f"{API}/posts/{{id}}/history", list_versions),
    Route(f"{API}/posts/{{id}}", remove_post, methods=["DELETE"]),
    Route(f"{API}/posts/{{id}}/reactions", react, methods=["POST", "DELETE"]),
]
