"""``/api/v1/photos``: photos on their way, sent while their poster still types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.config import settings
from tamemap.errors import FieldError, Invalid, TamemapError
from tamemap.gateways import limits
from tamemap.gateways.storage import storage_from
from tamemap.queries import pictures as picture_queries
from tamemap.services import pictures
from tamemap.urls import API
from tamemap.web.callers import credentials_of, remember_guest, with_guest_key
from tamemap.web.forms import flag_of, read_form

if TYPE_CHECKING:
    from starlette.requests import Request

PRIVATE = {"Cache-Control": "private, no-store"}


async def prepared_photo(data: bytes) -> pictures.Prepared:
    """A photo decoded and stored, in a thread. A refusal names the field ``photo``."""
    try:
        return await to_thread.run_sync(pictures.prepare, data)
    except TamemapError as error:
        if not error.errors:
            error.errors = (FieldError("photo", error.code, dict(error.params)),)
        raise


async def add_photo(request: Request) -> Response:
    """
    summary: Send a photo (or a PDF of up to four pages) while the rest is still being typed
    requestBody:
      content:
        multipart/form-data:
          schema:
            type: object
            required: [photo]
            properties:
              photo: {type: string, format: binary}
              read: {type: boolean, default: true, description: "false for what is no flyer: it is then not read"}
    responses:
      201: {description: "`{photos: [{id, width, height, thumb, blur, gps, taken_at, reading}]}`"}
      413: {description: too large}
      415: {description: no picture}
      422: {description: damaged}
      429: {description: too often}
    """
    credentials, new_key = with_guest_key(credentials_of(request))
    limits.demand("photos", credentials.client, amount=1200, seconds=3600, code="too_often")
    sent = await read_form(request, most_files=1)
    photos = sent.files.get("photo", ())
    if len(photos) != 1:
        raise Invalid.at("photo", "photo_missing")
    read = "read" not in sent.values or flag_of(dict(sent.values), "read")
    prepared = await prepared_photo(photos[0])
    kept = await door.acall(pictures.keep, credentials, prepared=prepared, read=read)
    answer = JSONResponse({"photos": [waiting_json(one) for one in kept]}, 201, PRIVATE)
    remember_guest(answer, new_key)
    return answer


def waiting_json(view: pictures.WaitingView) -> dict[str, Any]:
    """A photo that waits to be posted, for whoever sent it."""
    return {
        "id": view.public_id,
        "width": view.width,
        "height": view.height,
        "blur": view.blur,
        "thumb": f"{API}/photos/{view.public_id}/320.jpeg",
        "gps": {"lat": view.gps.lat, "lng": view.gps.lng} if view.gps else None,
        "taken_at": view.taken_at.isoformat() if view.taken_at else None,
        "reading": view.reading,
    }


async def show_photo(request: Request) -> Response:
    """
    summary: The small picture of a photo that is not posted yet, for whoever sent it
    responses: {200: {description: JPEG}, 404: {description: "not yours, or gone"}}
    """
    stored = await door.acall(
        picture_queries.waiting_picture, credentials_of(request), public_id=request.path_params["id"], size=320
    )
    data = await to_thread.run_sync(lambda: storage_from(settings()).get(stored.name))
    return Response(data, headers=PRIVATE, media_type=stored.media_type)


async def drop_photo(request: Request) -> Response:
    """
    summary: Forget a photo that is not posted yet
    responses: {204: {description: forgotten}, 404: {description: "not yours, or gone"}}
    """
    await door.acall(pictures.discard, credentials_of(request), public_id=request.path_params["id"])
    return Response(status_code=204)


routes = [
    Route(f"{API}/photos", add_photo, methods=["POST"]),
    Route(f"{API}/photos/{{id}}/320.jpeg", show_photo),
    Route(f"{API}/photos/{{id}}", drop_photo, methods=["DELETE"]),
]
