"""``/api/v1/topics/{id}/flyers`` and ``/place``: what a topic carries; ``/maps/{map}/introductions``: what stands on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.queries.introductions import IntroductionView, introductions
from tamemap.services.introductions import set_place
from tamemap.services.topic_cards import set_cards
from tamemap.urls import API
from tamemap.web.api_maps import GEOJSON, cached
from tamemap.web.callers import credentials_of, of_program
from tamemap.web.forms import ids_of, read_object, text_of
from tamemap.web.once import PRIVATE
from tamemap.web.problems import language
from tamemap.web.serial_boards import introduction_json, topic_json

if TYPE_CHECKING:
    from starlette.requests import Request


async def set_topic_flyers(request: Request) -> Response:
    """
    summary: Say which flyers a topic carries as cards, in their order
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [flyers]
            properties: {flyers: {type: array, maxItems: 6, items: {type: string}}}
    responses:
      200: {description: Topic}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such topic}
      409: {description: "closed, or writing rests there (`writing_closed`, `writing_closed_night`)"}
      410: {description: taken away}
      422: {description: "too many, or not on the board's map"}
    """
    data, topic = await read_object(request), request.path_params["id"]
    view = await door.acall(set_cards, credentials_of(request), topic=topic, flyers=ids_of(data, "flyers"))
    return JSONResponse(topic_json(view, language(request)), headers=PRIVATE)


async def set_topic_place(request: Request) -> Response:
    """
    summary: Give an introduction a place on the map; without a position it has none any more
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties:
              lat: {type: [number, "null"]}
              lng: {type: [number, "null"]}
              place_name: {type: string, maxLength: 80}
    responses:
      200: {description: Topic}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: no such topic}
      409: {description: "closed, or writing rests there (`writing_closed`, `writing_closed_night`)"}
      410: {description: taken away}
      422: {description: "no introduction, or not on the board's map"}
    """
    data, topic = await read_object(request), request.path_params["id"]
    named = {name: text_of(data, name) for name in ("lat", "lng", "place_name")}
    view = await door.acall(set_place, credentials_of(request), topic=topic, **named)
    return JSONResponse(topic_json(view, language(request)), headers=PRIVATE)


async def list_introductions(request: Request) -> Response:
    """
    summary: The introductions with a place on a map, as GeoJSON, the newest first
    responses:
      200: {description: FeatureCollection}
      304: {description: unchanged}
      404: {description: no such map}
    """
    found = await door.acall(introductions, of_program(request), slug=request.path_params["map"])
    data = {"type": "FeatureCollection", "features": [_feature(one) for one in found]}
    return cached(request, data, public=True, media_type=GEOJSON)


def _feature(view: IntroductionView) -> dict[str, Any]:
    facts = introduction_json(view)
    point = {"type": "Point", "coordinates": [facts.pop("lng"), facts.pop("lat")]}
    return {"type": "Feature", "id": view.public_id, "geometry": point, "properties": facts}


routes = [
    Route(f"{API}/topics/{{id}}/flyers", set_topic_flyers, methods=["PUT"]),
    Route(f"{API}/topics/{{id}}/place", set_topic_place, methods=["PUT"]),
    Route(f"{API}/maps/{{map}}/introductions", list_introductions),
]
