"""``/api/v1/photos/{id}/whole.jpeg``: a large picture of a photo as it was sent, for those who mend its corners or hide places on
it in a browser that cannot show the file itself (HEIC, PDF).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.responses import Response
from starlette.routing import Route

from tamemap import door
from tamemap.config import settings
from tamemap.domain.picture_edits import read_corners
from tamemap.errors import Invalid
from tamemap.gateways.imaging_flat import flatten
from tamemap.gateways.storage import storage_from
from tamemap.queries.picture_edits import own_original
from tamemap.urls import API
from tamemap.web.callers import credentials_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from tamemap.domain.picture_edits import Corners
    from tamemap.queries.picture_edits import EditableView

SIDE = 1600  # pixels
KEPT = {"Cache-Control": "private, max-age=600"}


async def show_whole(request: Request) -> Response:
    """
    summary: A photo as it was sent, upright, its long side at most 1600 pixels, for whoever sent it and nobody else
    parameters:
      - in: query
        name: corners
        description: "eight numbers with commas between them: the sheet within these corners laid flat, instead of the whole"
        schema: {type: string}
    responses:
      200: {description: JPEG}
      404: {description: "not yours, or gone"}
      410: {description: "taken down, or its original is forgotten"}
      422: {description: such corners cannot be}
    """
    corners = _corners(request.query_params.get("corners", ""))
    view = await door.acall(own_original, credentials_of(request), public_id=request.path_params["id"])
    data = await to_thread.run_sync(_flat, view, corners)
    return Response(data, headers=KEPT, media_type="image/jpeg")


def _corners(text: str) -> Corners | None:
    if not text:
        return None
    try:
        numbers = [float(one) for one in text.split(",")]
    except ValueError:
        raise Invalid.at("corners", "photo_corners_wrong") from None
    return read_corners([numbers[at : at + 2] for at in range(0, len(numbers), 2)])


def _flat(view: EditableView, corners: Corners | None) -> bytes:
    return flatten(storage_from(settings()).get(view.original), corners, size=SIDE, page=view.page)


routes = [Route(f"{API}/photos/{{id}}/whole.jpeg", show_whole)]
