"""``/api/v1/photos/{id}/edit``: a picture straightened, or places on it made unreadable, before it is posted and afterwards."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door, urls
from tamemap.domain.picture_edits import read_edit
from tamemap.gateways import limits
from tamemap.queries.picture_edits import editable
from tamemap.services import picture_edit
from tamemap.urls import API
from tamemap.web.callers import credentials_of
from tamemap.web.flyer_changes import version_of
from tamemap.web.forms import read_object

if TYPE_CHECKING:
    from starlette.requests import Request

    from tamemap.services.picture_edit import EditedView

PRIVATE = {"Cache-Control": "private, no-store"}
THUMB = 320


async def edit_photo(request: Request) -> Response:
    """
    summary: Cut the sheet out of a photo and make places on it unreadable; `{}` gives the photo back as it was sent
    description: >-
      The whole edit is sent each time and stands in place of the former one. The original stays private. On a posted flyer the
      pictures get new addresses at once, the former ones are gone, and the flyer's version rises.
    parameters: [{in: header, name: If-Match, description: the version of the flyer that it is on, schema: {type: string}}]
    requestBody:
      content:
        application/json:
          schema:
            type: object
            properties:
              corners:
                type: array
                nullable: true
                description: "four [x, y], fractions of the upright original, clockwise from the sheet's own top left"
                items: {type: array, items: {type: number}}
              blur:
                type: array
                description: "boxes [x, y, width, height], fractions of what is then shown; at most 40"
                items: {type: array, items: {type: number}}
    responses:
      200: {description: "`{id, width, height, thumb, blur, corners, boxes, flyer, version}`"}
      401: {description: sign in}
      403: {description: not yours}
      404: {description: "not yours, or gone"}
      409: {description: edited by somebody else at the same moment}
      410: {description: "taken down, or its original is forgotten"}
      412: {description: changed meanwhile}
      422: {description: such corners or boxes cannot be}
      429: {description: too often}
    """
    credentials, public_id = credentials_of(request), request.path_params["id"]
    data = await read_object(request)
    edit = read_edit(data.get("corners"), data.get("blur"))
    view = await door.acall(editable, credentials, public_id=public_id)
    prepared = None
    if view.edit != edit:
        limits.demand("photo_edits", credentials.client, amount=1200, seconds=3600, code="too_often")
        prepared = await to_thread.run_sync(lambda: picture_edit.prepare(view, edit=edit))
    kept = await door.acall(
        picture_edit.keep, credentials, public_id=public_id, edit=edit, prepared=prepared, version=version_of(request)
    )
    return JSONResponse(_edited_json(kept), headers=PRIVATE)


def _edited_json(view: EditedView) -> dict[str, Any]:
    # the address of a waiting picture stays the same; what is added makes browsers fetch it anew
    changed = zlib.crc32(view.resident_name.encode())
    waiting = f"{API}/photos/{view.public_id}/{THUMB}.jpeg?v={changed:08x}"
    return {
        "id": view.public_id,
        "width": view.width,
        "height": view.height,
        "thumb": urls.picture(view.resident_name, THUMB, "jpeg") if view.flyer else waiting,
        "blur": view.blur,
        "corners": view.edit.corners,
        "boxes": view.edit.blur,
        "flyer": view.flyer or None,
        "version": view.version or None,
    }


routes = [Route(f"{API}/photos/{{id}}/edit", edit_photo, methods=["PUT"])]
