"""``/api/v1/readings``: what stands on a photographed flyer, suggested to whoever sent it and to nobody else."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.config import settings
from tamemap.errors import Invalid, Unavailable
from tamemap.gateways import limits
from tamemap.gateways.imaging_flat import flatten
from tamemap.gateways.reader_setting import reading_is_on
from tamemap.gateways.storage import storage_from
from tamemap.queries import readings as reading_queries
from tamemap.services import pictures, readings
from tamemap.urls import API
from tamemap.web.api_photos import PRIVATE, prepared_photo
from tamemap.web.callers import credentials_of, remember_guest, with_guest_key
from tamemap.web.forms import read_form, read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from tamemap.queries.readings import FlatSource, ReadingView

SHEET_SIDE = 1600  # pixels
SHEET_KEPT = {"Cache-Control": "private, max-age=600"}
NOTHING = dict.fromkeys(
    ("title", "starts_at", "ends_at", "all_day", "venue", "address", "fee", "phone", "organiser")
)  # fmt: skip


async def add_reading(request: Request) -> Response:
    """
    summary: Have a photo of a flyer (or a PDF of up to four pages) read; it waits to be posted as those of /photos do
    requestBody: {content: {multipart/form-data: {schema: {type: object, properties: {photo: {type: string, format: binary}}}}}}
    responses:
      202: {description: "`{id}`: ask for it at /readings/{id} until its state is neither waiting nor reading"}
      413: {description: too large}
      415: {description: no picture}
      422: {description: damaged}
      429: {description: too often}
      503: {description: "reading is switched off here, or too much is being done at the moment"}
    """
    if not reading_is_on():
        raise Unavailable("reading_off")
    credentials, new_key = with_guest_key(credentials_of(request))
    limits.demand("photos", credentials.client, amount=1200, seconds=3600, code="too_often")
    sent = await read_form(request, most_files=1)
    photos = sent.files.get("photo", ())
    if len(photos) != 1:
        raise Invalid.at("photo", "photo_missing")
    prepared = await prepared_photo(photos[0])
    kept = await door.acall(pictures.keep, credentials, prepared=prepared, read=True)
    answer = JSONResponse({"id": kept[0].reading}, 202, PRIVATE)
    remember_guest(answer, new_key)
    return answer


async def show_reading(request: Request) -> Response:
    """
    summary: What was read so far, for whoever sent the photo
    responses:
      200: {description: Reading}
      404: {description: "not yours, or gone"}
    """
    view = await door.acall(reading_queries.reading, credentials_of(request), public_id=request.path_params["id"])
    return JSONResponse(reading_json(view), headers=PRIVATE)


def reading_json(view: ReadingView) -> dict[str, Any]:
    """A reading as the API says it; the first sheet's corners, fields and lines stand at the top, too."""
    sheets = [asdict(one) for one in view.sheets]
    first = sheets[0] if sheets else {"corners": None, "fields": NOTHING, "lines": []}
    top = {name: first[name] for name in ("corners", "fields", "lines")}
    return {"id": view.public_id, "state": view.state, "code": view.code, **top, "sheets": sheets, "photo": view.photo}


async def set_corners(request: Request) -> Response:
    """
    summary: Say where the sheet lies in the photo (or, with null, leave it to be found again); it is then read again
    requestBody:
      content:
        application/json:
          schema:
            type: object
            required: [corners]
            properties:
              sheet: {type: integer, minimum: 0, default: 0}
              corners:
                type: [array, "null"]
                description: "four [x, y] in parts of the upright photo, clockwise from the sheet's own top left"
                minItems: 4
                maxItems: 4
                items: {type: array, minItems: 2, maxItems: 2, items: {type: number}}
    responses:
      202: {description: "`{id}`: it waits to be read again, and is then this one sheet"}
      404: {description: "not yours, or gone"}
      409: {description: "a PDF has no corners"}
      422: {description: "no corners of a sheet"}
    """
    data = await read_object(request)
    if "corners" not in data:
        raise Invalid.at("corners", "photo_corners_wrong")
    sheet = data.get("sheet", 0)
    if type(sheet) is not int:
        raise Invalid.at("sheet", "reading_sheet_unknown")
    public_id = request.path_params["id"]
    credentials = credentials_of(request)
    await door.acall(readings.set_corners, credentials, public_id=public_id, corners=data["corners"], sheet=sheet)
    return JSONResponse({"id": public_id}, 202, PRIVATE)


async def show_sheet(request: Request) -> Response:
    """
    summary: A sheet laid flat, its long side at most 1600 pixels, for whoever sent the photo
    responses:
      200: {description: JPEG}
      404: {description: "not yours, or gone"}
    """
    path = request.path_params
    number = int(path["n"]) if path["n"].isdecimal() else -1
    source = await door.acall(reading_queries.flat_source, credentials_of(request), public_id=path["id"], sheet=number)
    data = await to_thread.run_sync(_flat, source)
    return Response(data, headers=SHEET_KEPT, media_type="image/jpeg")


def _flat(source: FlatSource) -> bytes:
    original = storage_from(settings()).get(source.original)
    return flatten(original, source.corners, size=SHEET_SIDE, page=source.page)


routes = [
    Route(f"{API}/readings", add_reading, methods=["POST"]),
    Route(f"{API}/readings/{{id}}", show_reading),
    Route(f"{API}/readings/{{id}}/corners", set_corners, methods=["PUT"]),
    Route(f"{API}/readings/{{id}}/sheets/{{n}}", show_sheet),
]
