"""The pictures of flyers: ``/p/{name}/{size}.{suffix}``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import FileResponse

from tamemap import door
from tamemap.config import settings
from tamemap.domain.writing import reference
from tamemap.errors import TamemapError
from tamemap.gateways.storage import storage_from
from tamemap.queries.pictures import FORMATS, Stored, stored_picture
from tamemap.web.callers import credentials_of
from tamemap.web.respond import PRIVATE, plain
from tamemap.web.stored_pieces import in_pieces

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# the name is that of the content and of its face: a copy may be kept for ever, but by the reader alone, never in between
KEPT = "private, max-age=31536000, immutable"


def picture(request: Request) -> Response:
    """One size of a picture, as long as its flyer stands where that face is shown."""
    params = request.path_params
    name, suffix = reference(params["name"]), params["suffix"]
    if suffix not in {*FORMATS, "jpg"}:
        return plain(404)
    try:
        stored = door.call(stored_picture, credentials_of(request), name=name, size=params["size"], suffix=suffix)
        return _file(request, stored)
    except TamemapError as error:
        return plain(error.status)


def _file(request: Request, stored: Stored) -> Response:
    headers = {"Cache-Control": KEPT if stored.public else PRIVATE, "Content-Security-Policy": "default-src 'none'"}
    store = storage_from(settings())
    if path := store.path(stored.name):
        return FileResponse(path, headers=headers, media_type=stored.media_type)
    return in_pieces(request, store, stored.name, headers=headers, media_type=stored.media_type)
