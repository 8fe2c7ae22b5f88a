"""``/api/v1/uploads``: a large photo in pieces, so that a line that breaks costs one piece, and it then waits as any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from anyio import to_thread
from starlette.responses import JSONResponse
from starlette.routing import Route

from tamemap import door
from tamemap.errors import NotFound, TamemapError
from tamemap.gateways import limits
from tamemap.services import uploads
from tamemap.urls import API
from tamemap.web.api_photos import PRIVATE, prepared_photo, waiting_json
from tamemap.web.callers import credentials_of, remember_guest, with_guest_key
from tamemap.web.forms import number_of, read_bytes

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from tamemap.door import Credentials

# what the store took away meanwhile, or what is wrong with the photo itself: a new one is begun
HOPELESS = {404, 413, 415, 422}


async def put_piece(request: Request) -> Response:
    """
    summary: Send the next piece of a photo (or a PDF); an empty one asks how far it is
    description: >-
      The key is 32 random hexadecimal digits. A piece has at most 1 MiB; one that is not the next changes nothing,
      and the answer says from where to go on. When all have arrived the answer has `photos`, as that of POST /photos.
      What was begun is forgotten after a day.
    parameters:
      - {in: header, name: Upload-Length, required: true, description: bytes of the whole file, schema: {type: integer}}
      - {in: header, name: Upload-Offset, required: true, description: where this piece begins, schema: {type: integer}}
    requestBody: {content: {application/octet-stream: {schema: {type: string, format: binary}}}}
    responses:
      200: {description: "`{arrived, size, photos}`"}
      413: {description: too large}
      415: {description: no picture}
      422: {description: "damaged, or no such upload key"}
      429: {description: "too often, or too much under way"}
    """
    key = request.path_params["key"]
    credentials, new_key = with_guest_key(credentials_of(request), key)
    size, offset = number_of(request, "upload-length"), number_of(request, "upload-offset")
    limits.demand("upload pieces", credentials.client, amount=12_000, seconds=3600, code="too_often")
    if offset == 0:
        limits.demand("photos", credentials.client, amount=1200, seconds=3600, code="too_often")
    data = await read_bytes(request, most=uploads.PIECE_MOST)
    view = await door.acall(uploads.take, credentials, key=key, size=size, offset=offset, data=data)
    if view.arrived == view.size and not view.photos:
        view = await _completed(credentials, key)
    photos = [waiting_json(one) for one in view.photos] or None
    answer = JSONResponse({"arrived": view.arrived, "size": view.size, "photos": photos}, headers=PRIVATE)
    remember_guest(answer, new_key)
    return answer


async def _completed(credentials: Credentials, key: str) -> uploads.UploadView:
    names = await door.acall(uploads.whole, credentials, key=key)
    try:
        prepared = await prepared_photo(await to_thread.run_sync(uploads.joined, names))
    except TamemapError as error:
        if error.status in HOPELESS:
            await door.acall(uploads.refuse, credentials, key=key)
        if isinstance(error, NotFound):  # another request was quicker, and its answer stands
            return await door.acall(uploads.take, credentials, key=key, size=0, offset=0, data=b"")
        raise
    return await door.acall(uploads.complete, credentials, key=key, prepared=prepared)


routes = [Route(f"{API}/uploads/{{key}}", put_piece, methods=["PUT"])]
