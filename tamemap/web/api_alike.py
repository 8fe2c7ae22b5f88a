"""``/api/v1/maps/{map}/alike`` and ``/api/v1/flyers/{id}/join``: is this flyer up already, and then one stays one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.dates import asked_span
from tamemap.domain.geography import parse_near
from tamemap.gateways import limits
from tamemap.queries.alike import alike
from tamemap.services.joining import join
from tamemap.services.pictures import MOST
from tamemap.urls import API
from tamemap.web.api_photos import PRIVATE
from tamemap.web.callers import credentials_of
from tamemap.web.problems import language
from tamemap.web.serial import card_json

if TYPE_CHECKING:
    from starlette.requests import Request


async def show_alike(request: Request) -> Response:
    """
    summary: Flyers on a map that may be the one in hand (300 metres around on the same days, or looking the same)
    parameters:
      - {in: query, name: photo, description: "ids of waiting photos of one's own, with commas", schema: {type: string}}
      - {in: query, name: near, description: "lat,lng", schema: {type: string}}
      - {in: query, name: when, description: "YYYY-MM-DD[..YYYY-MM-DD]; without: nothing near", schema: {type: string}}
    responses:
      200: {description: "`{items: [Card]}`, each with `why` (picture or near); what looks the same first"}
      404: {description: no such map}
      422: {description: fields to be mended}
      429: {description: too often}
    """
    credentials = credentials_of(request)
    limits.demand("alike", credentials.client, amount=1200, seconds=3600, code="too_often")
    params = request.query_params
    found = await door.acall(
        alike,
        credentials,
        slug=request.path_params["map"],
        photos=tuple(one for one in params.get("photo", "").split(",")[:MOST] if one),
        near=parse_near(params["near"]) if params.get("near") else None,
        when=asked_span(params.get("when", "")),
    )
    lang = language(request)
    return JSONResponse({"items": [card_json(one.card, lang) | {"why": one.why} for one in found]}, headers=PRIVATE)


async def join_flyer(request: Request) -> Response:
    """
    summary: Say that the flyer in hand is this one, which is up already; its poster is thanked
    responses:
      200: {description: "`{id, title, url, told}`"}
      404: {description: no such flyer}
      410: {description: taken away}
      422: {description: it is one's own}
      429: {description: too often}
    """
    credentials = credentials_of(request)
    limits.demand("join", credentials.client, amount=60, seconds=3600, code="too_often")
    joined = await door.acall(join, credentials, public_id=request.path_params["id"])
    url = urls.absolute(urls.flyer_page(joined.public_id))
    return JSONResponse({"id": joined.public_id, "title": joined.title, "url": url, "told": joined.told}, headers=PRIVATE)


routes = [Route(f"{API}/maps/{{map}}/alike", show_alike), Route(f"{API}/flyers/{{id}}/join", join_flyer, methods=["POST"])]
