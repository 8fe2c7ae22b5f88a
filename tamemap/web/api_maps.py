"""``/api/v1/maps`` and ``/api/v1/places``: what maps there are, what stands on them, where a place is."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

import orjson
from anyio import to_thread
from starlette.responses import Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.actors import Actor
from tamemap.domain.asking import Wanted, read_wanted
from tamemap.domain.dates import date_label, said_when
from tamemap.domain.geography import checked_point
from tamemap.errors import Invalid
from tamemap.gateways import limits
from tamemap.queries import flyers, maps, tiles
from tamemap.queries.town_places import town_places
from tamemap.services import places
from tamemap.urls import API
from tamemap.web.callers import client_of, credentials_of, of_program
from tamemap.web.problems import language
from tamemap.web.serial import card_json, map_json, place_json

if TYPE_CHECKING:
    from starlette.datastructures import QueryParams
    from starlette.requests import Request

    from tamemap.domain.shown import Point

GEOJSON = "application/geo+json"
LIST_ROUTE, TILE_ROUTE = f"{API}/maps/{{map}}/flyers", f"{API}/maps/{{map}}/tiles/{{z}}/{{x}}/{{y}}"
LATE = "public, max-age=2, stale-while-revalidate=30"
# one way to write each tile, so that it has one address
TILE_NUMBER = re.compile(r"0|[1-9][0-9]{0,7}")


def cached(request: Request, data: Any, *, public: bool, media_type: str = "application/json", late: bool = False) -> Response:
    """JSON with an ETag of its content; a cache asks again each time, so that what has left is gone at once (304 else).

    ``late``: nothing in it can be taken back (names, outlines, counts), so caches may answer themselves for a moment.
    """
    body = orjson.dumps(data)
    etag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": (LATE if late else "public, no-cache") if public else "private, no-store",
        "Vary": "Accept-Language, Cookie, Accept-Encoding",
    }
    if public and etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def wishes(params: QueryParams) -> Wanted:
    """The wishes in an address."""
    return read_wanted(params, params.getlist("category"))


async def list_maps(request: Request) -> Response:
    """
    summary: All maps, region by region, the regional map first
    responses: {200: {description: "`{items: [Map]}`"}}
    """
    found = await door.acall(maps.maps, of_program(request), counted=True)
    return cached(request, {"items": [map_json(one) for one in found]}, public=True, late=True)


async def show_map(request: Request) -> Response:
    """
    summary: One map with the outlines of its towns
    responses: {200: {description: Map}, 404: {description: no such map}}
    """
    slug = request.path_params["map"]
    found = await door.acall(maps.map_view, of_program(request), slug=slug, counted=True)
    outlines = await door.acall(maps.outlines, of_program(request), slug=slug)
    return cached(request, map_json(found) | {"outlines": outlines}, public=True, late=True)


async def list_flyers(request: Request) -> Response:
    """
    summary: The flyers standing on a map
    parameters:
      - {in: query, name: bbox, description: "w,s,e,n in degrees", schema: {type: string}}
      - {in: query, name: near, description: "lat,lng; distances are in metres from there", schema: {type: string}}
      - in: query
        name: when
        description: today, tomorrow, weekend, week, YYYY-MM-DD or YYYY-MM-DD..YYYY-MM-DD
        schema: {type: string}
      - {in: query, name: category, schema: {type: string}}
      - in: query
        name: q
        description: >-
          all words must fit (folded for width, kana and case): one fits where it stands in the flyer's text, or where it is the
          name of the town or 町字 in which the flyer lies, as 人吉市, 人吉, 熊本県人吉市, 九日町
        schema: {type: string}
      - {in: query, name: sort, schema: {type: string, enum: [soon, near, new]}}
      - in: query
        name: past
        description: "true: those that are over; `total` counts them to 10,000, with words that stand in very many to 1,000"
        schema: {type: boolean}
      - {in: query, name: limit, schema: {type: integer, minimum: 1, maximum: 100, default: 20}}
      - {in: query, name: cursor, schema: {type: string}}
    responses:
      200: {description: "`{items: [Card], next, total}`"}
      404: {description: no such map}
      422: {description: a wish that cannot be understood}
    """
    credentials, lang = credentials_of(request), language(request)
    page = await door.acall(
        flyers.flyers_of_map, credentials, slug=request.path_params["map"], wanted=wishes(request.query_params)
    )
    return cached(request, list_json(page, lang), public=not credentials.session_token)


def list_json(page: flyers.CardsPage, lang: str) -> dict[str, Any]:
    """A page of a map's list."""
    return {"items": [card_json(card, lang) for card in page.items], "next": page.next or None, "total": page.total}


async def show_tile(request: Request) -> Response:
    """
    summary: One map tile as GeoJSON, flyers as points and crowds as clusters; filters as for the list
    responses:
      200: {description: FeatureCollection}
      304: {description: unchanged}
      404: {description: no such map}
      422: {description: no such tile}
    """
    credentials, lang, slug = credentials_of(request), language(request), request.path_params["map"]
    named = [request.path_params[name] for name in "zxy"]
    if not all(TILE_NUMBER.fullmatch(one) for one in named):
        raise Invalid.at("tile", "tile_wrong")
    z, x, y = map(int, named)
    view = await door.acall(tiles.tile, credentials, slug=slug, z=z, x=x, y=y, wanted=wishes(request.query_params))
    return cached(request, tile_json(view, lang), public=not credentials.session_token, media_type=GEOJSON)


def tile_json(view: tiles.TileView, lang: str) -> dict[str, Any]:
    """A tile as GeoJSON."""
    features = [_point(one, lang) for one in view.points]
    return {"type": "FeatureCollection", "features": features + [_cluster(one) for one in view.clusters]}


def _point(one: Point, lang: str) -> dict[str, Any]:
    starts_at, ends_at = said_when(one.when)
    label = date_label(one.when, lang)
    return {
        "type": "Feature",
        "id": one.public_id,
        "geometry": {"type": "Point", "coordinates": [one.lng, one.lat]},
        "properties": {
            "id": one.public_id,
            "url": urls.flyer_page(one.public_id),
            "title": one.title,
            "category": one.category,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "all_day": one.when.all_day,
            "thumb": one.thumb or None,
            "label": label.text if label else "",
        },
    }


def _cluster(one: tiles.ClusterView) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(one.lng, 6), round(one.lat, 6)]},
        "properties": {"count": one.count, "bounds": list(one.bounds)},
    }


async def search_places(request: Request) -> Response:
    """
    summary: Places by name, the gazetteer first, then the geocoder
    parameters:
      - {in: query, name: q, required: true, schema: {type: string}}
      - {in: query, name: map, description: the town (or region) to look in first, schema: {type: string}}
    responses: {200: {description: "`{items: [Place]}`"}, 404: {description: no such map}, 429: {description: too often}}
    """
    limits.demand("places", client_of(request), amount=120, seconds=60, code="too_often")
    q, slug = request.query_params.get("q", ""), request.query_params.get("map", "")
    found = await to_thread.run_sync(lambda: places.search(Actor(), q=q, slug=slug))
    return cached(request, {"items": [place_json(one) for one in found]}, public=True, late=True)


async def keep_places(request: Request) -> Response:
    """
    summary: The gazetteer of a map, to be kept on a phone and searched without signal
    responses:
      200: {description: "towns (prefecture and name by code) and items (each a list: name, folded, kind, lat, lng, code)"}
      404: {description: no such map}
    """
    found = await door.acall(town_places, of_program(request), slug=request.path_params["map"])
    return cached(request, {"towns": found.towns, "items": found.items}, public=True)


async def near_place(request: Request) -> Response:
    """
    summary: Which town's map a point belongs to
    parameters:
      - {in: query, name: lat, required: true, schema: {type: number}}
      - {in: query, name: lng, required: true, schema: {type: number}}
    responses:
      200: {description: "`{municipality, map, above, place}`"}
      404: {description: outside every town}
      422: {description: not a position}
    """
    point = checked_point(request.query_params.get("lat"), request.query_params.get("lng"))
    located = await door.acall(maps.locate, of_program(request), point=point)
    here = located.map
    data = {
        "municipality": {"code": here.municipality_code, "name": here.municipality_name},
        "map": {"slug": here.slug, "name": here.name},
        "above": {"slug": here.above_slug, "name": here.above_name} if here.above_slug else None,
        "place": place_json(located.nearest) if located.nearest else None,
    }
    return cached(request, data, public=True)


routes = [
    Route(f"{API}/maps", list_maps),
    Route(f"{API}/maps/{{map}}", show_map),
    Route(LIST_ROUTE, list_flyers),
    Route(TILE_ROUTE, show_tile),
    Route(f"{API}/maps/{{map}}/places", keep_places),
    Route(f"{API}/places", search_places),
    Route(f"{API}/places/near", near_place),
]
