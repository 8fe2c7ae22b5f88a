"""What lies in a store without files, sent on piece by piece: the whole, or the part that a browser asks for (RFC 9110 §14)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from starlette.requests import Request

    from tamemap.gateways.storage import Pieces, Storage

# one part; whoever asks for several gets the whole
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)


def in_pieces(request: Request, store: Storage, name: str, *, headers: Mapping[str, str], media_type: str) -> Response:
    """The content of that name, or the wished part of it; 304 for who has it, 416 where no part is. To be called in a thread.

    Raises NotFound and Unavailable as the store does: before anything is sent.
    """
    # a name is that of the content: the same name, the same bytes
    tag = f'"{name}"'
    heads = {**headers, "ETag": tag, "Accept-Ranges": "bytes"}
    if _has(request.headers.get("if-none-match", ""), tag):
        # what is gone is not confirmed
        store.size(name)
        return Response(status_code=304, headers=heads)
    wished = RANGE.fullmatch(request.headers.get("range", "").replace(" ", "").lower())
    if wished and wished[0] != "bytes=-" and request.headers.get("if-range", tag) == tag:
        size = store.size(name)
        first, end = _span(wished[1], wished[2], size)
        if not first < min(end, size):
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        heads["Content-Range"] = f"bytes {first}-{end - 1}/{size}"
        return _answer(request, store, name, heads | {"Content-Type": media_type}, (first, end - first))
    return _answer(request, store, name, heads | {"Content-Type": media_type})


def _has(known: str, tag: str) -> bool:
    return known.strip() == "*" or tag in (one.strip().removeprefix("W/") for one in known.split(","))


def _span(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(int(last) + 1, size) if last else size


def _answer(request: Request, store: Storage, name: str, headers: dict[str, str], part: tuple[int, int] = (0, 0)) -> Response:
    status, (first, count) = 206 if part[1] else 200, part
    if request.method == "HEAD":
        headers["Content-Length"] = str(count or store.size(name))
        return Response(status_code=status, headers=headers)
    found = store.pieces(name, first, count)
    headers["Content-Length"] = str(found.size)
    return StreamingResponse(_sent(found), status, headers=headers)


async def _sent(found: Pieces) -> AsyncIterator[bytes]:
    try:
        async for piece in iterate_in_threadpool(found.parts):
            yield piece
    finally:
        found.parts.close()
