"""``/api/v1/search``: topics, posts and flyers by their words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.urls import API
from tamemap.web.api_boards import page_of
from tamemap.web.callers import credentials_of
from tamemap.web.once import PRIVATE
from tamemap.web.search_limit import searched
from tamemap.web.serial import moment
from tamemap.web.serial_boards import author_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from tamemap.queries.search_items import SearchItem, Snippet


async def find(request: Request) -> Response:
    """
    summary: Search topics, posts and flyers, the newest first
    parameters:
      - in: query
        name: q
        description: >-
          all words must be there, what stands in quotes in a row; folded for width, kana and case. The name of a town or 町字
          (人吉市, 人吉, 九日町) also finds the flyers that lie there
        schema: {type: string, maxLength: 400}
      - {in: query, name: map, description: only what stands on this map, schema: {type: string}}
      - {in: query, name: kind, description: may be repeated, schema: {enum: [topic, post, flyer]}}
      - {in: query, name: limit, schema: {type: integer, minimum: 1, maximum: 50, default: 20}}
      - {in: query, name: cursor, schema: {type: string}}
    responses:
      200: {description: "`{items: [SearchItem], next}`"}
      404: {description: no such map}
      422: {description: a kind or a cursor that is not ours}
      429: {description: "more than sixty a minute (`searches_too_many`)"}
    """
    asked = request.query_params
    page = await door.acall(
        searched,
        credentials_of(request),
        q=asked.get("q", ""),
        map_slug=asked.get("map", ""),
        kinds=tuple(kind for kind in asked.getlist("kind") if kind),
        **page_of(request, most=50),
    )
    return JSONResponse({"items": [item_json(one) for one in page.items], "next": page.next}, headers=PRIVATE)


def item_json(item: SearchItem) -> dict[str, Any]:
    """Something that was found; ``map`` is where it stands, ``author`` None for a flyer."""
    return {
        "kind": item.kind,
        "id": item.public_id,
        "url": urls.absolute(item.url),
        "title": snippet_json(item.title),
        "excerpt": snippet_json(item.excerpt),
        "place": item.place,
        "map": {"slug": item.map_slug, "name": item.map_name},
        "author": author_json(item.who) if item.who else None,
        "created_at": moment(item.at),
    }


def snippet_json(snippet: Snippet) -> dict[str, Any]:
    """A text and where the words stand in it."""
    return {"text": snippet.text, "marks": [list(mark) for mark in snippet.marks]}


routes = [Route(f"{API}/search", find)]
