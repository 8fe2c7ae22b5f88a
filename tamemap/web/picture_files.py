"""The pictures of flyers: ``/p/{name}/{size}.{suffix}``, and ``/f/{flyer}.jpg`` for those who share a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import FileResponse, Response

from tamemap import door
from tamemap.config import settings
from tamemap.domain.writing import reference
from tamemap.errors import NotFound, TamemapError
from tamemap.gateways.storage import storage_from
from tamemap.queries.flyer import flyer
from tamemap.queries.pictures import FORMATS, Stored, stored_picture
from tamemap.web.callers import credentials_of
from tamemap.web.flyer_document import PREVIEW, cache_for
from tamemap.web.respond import PRIVATE, document, plain

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.requests import Request

    from tamemap.domain.actors import Actor

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
        return _file(stored)
    except TamemapError as error:
        return plain(error.status)


def _file(stored: Stored) -> Response:
    headers = {"Cache-Control": KEPT if stored.public else PRIVATE, "Content-Security-Policy": "default-src 'none'"}
    store = storage_from(settings())
    if path := store.path(stored.name):
        return FileResponse(path, headers=headers, media_type=stored.media_type)
    return Response(store.get(stored.name), headers=headers, media_type=stored.media_type)


def preview(request: Request) -> Response:
    """The first picture of a flyer as JPEG."""
    try:
        stored = door.call(_first, credentials_of(request), public_id=reference(request.path_params["flyer"]))
        data = storage_from(settings()).get(stored.name)
    except TamemapError as error:
        return plain(error.status)
    cache = cache_for(request) if stored.public else PRIVATE
    return document(request, data, media_type="image/jpeg", cache=cache, headers={"Vary": "Cookie"})


def _first(db: Session, actor: Actor, *, public_id: str) -> Stored:
    pictures = flyer(db, actor, public_id=public_id).pictures
    if not pictures or not pictures[0].sizes:
        raise NotFound("picture_gone")
    size = pictures[0].at_least(PREVIEW).size
    return stored_picture(db, actor, name=pictures[0].name, size=size, suffix="jpeg")
