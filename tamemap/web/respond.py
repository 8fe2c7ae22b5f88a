"""Answers of the public documents: revalidated by ETag, guarded by a content policy, and kind where something went wrong."""

from __future__ import annotations

import base64
import hashlib
from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from tamemap import door
from tamemap.errors import Gone, NotFound, TamemapError, Unavailable
from tamemap.i18n import AVAILABLE, DEFAULT, t
from tamemap.queries.maps import maps
from tamemap.web.problems import words_of
from tamemap.web.templating import Head, render

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    from tamemap.queries.maps import MapView

# in the head of a document: there will be a script, so what needs one has its place from the first moment
EARLY = Markup("document.documentElement.classList.add('tm-js')")
# what was taken back must leave at once, so every copy asks again; an ETag makes that cheap
PUBLIC = "public, max-age=0, must-revalidate"
PRIVATE = "private, no-store"
# what stands for a while and may be taken down, by the first word of the errors' codes
HANGING = frozenset({"flyer", "topic", "post", "poll", "photo", "picture"})


def language(request: Request) -> str:
    """The language of a document: ``?lang=``, else Japanese. One address has one content, so no header decides it."""
    asked = request.query_params.get("lang", "")
    return asked if asked in AVAILABLE else DEFAULT


def document(
    request: Request,
    body: str | bytes,
    *,
    media_type: str = "text/html; charset=utf-8",
    cache: str = PUBLIC,
    policy: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer with its ETag, or 304 where the reader has it already. Weak, since it may be compressed on its way."""
    data = body.encode() if isinstance(body, str) else body
    out = {"Cache-Control": cache} | (headers or {})
    if policy:
        out["Content-Security-Policy"] = policy
    if status == 200 and cache != PRIVATE:
        out["ETag"] = f'W/"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
        if _has(request.headers.get("if-none-match", ""), out["ETag"]):
            return Response(status_code=304, headers=out)
    return Response(data, status, out, media_type)


def _has(if_none_match: str, etag: str) -> bool:
    """RFC 9110 §13.1.2, compared weakly."""
    known = {part.strip().removeprefix("W/") for part in if_none_match.split(",")}
    return "*" in known or etag.removeprefix("W/") in known


def policy(*, scripts: tuple[str, ...] = (), tiles: str = "", framed_by: str = "'self'", forms: tuple[str, ...] = ()) -> str:
    """The Content-Security-Policy of a document; ``scripts`` are the texts of its inline elements.

    ``forms``: origins to which its forms may lead on, besides ourselves: Chromium holds redirects against it too.

    Inline styles are let be: nothing that people write becomes one, and those who enlarge or recolour pages need them.
    """
    parts = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", *map(_hashed, scripts)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": f"'self' data: {_origin(tiles)}".strip(),
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "worker-src": "'self'",
        "form-action": " ".join(["'self'", *forms]),
        "base-uri": "'none'",
        "frame-ancestors": framed_by,
    }
    return "; ".join(f"{name} {value}" for name, value in parts.items())


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _origin(tiles: str) -> str:
    """The origin of a tile address, ``{s}`` in its host as a wildcard."""
    parts = urlsplit(tiles.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def page(function: Callable[[Request], Response]) -> Callable[[Request], Response]:
    """A handler whose errors become a kind page. Plain functions run in a thread, as they wait for the database."""

    @wraps(function)
    def answered(request: Request) -> Response:
        try:
            return function(request)
        except TamemapError as error:
            return error_page(request, error)

    return answered


def async_page(function: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """As ``page``, for a handler that reads a form."""

    @wraps(function)
    async def answered(request: Request) -> Response:
        try:
            return await function(request)
        except TamemapError as error:
            return await run_in_threadpool(error_page, request, error)

    return answered


def error_page(request: Request, error: TamemapError) -> Response:
    """What happened and where to go on from here: the maps."""
    lang = language(request)
    sentence = words_of(error.code, lang, error.params)
    values: dict[str, Any] = {
        "head": Head(title=t("document.error_title", lang, sentence=sentence), index=False),
        "sentence": sentence,
        "hint": t(f"document.{_hint(error)}_hint", lang),
        "maps": _maps(),
    }
    headers = {"X-Robots-Tag": "noindex"}
    if "retry_after" in error.params:
        headers["Retry-After"] = str(error.params["retry_after"])
    body = render("error.html", lang, **values)
    return document(request, body, cache=PRIVATE, policy=policy(), status=error.status, headers=headers)


def _hint(error: TamemapError) -> str:
    if not isinstance(error, NotFound | Gone):
        return "error"
    # only what hangs on a board comes to an end or is taken down
    return "gone" if error.code.split("_")[0] in HANGING else "lost"


def _maps() -> Sequence[MapView]:
    """Where to go on from here; nowhere while the database is away, which is what the page says then."""
    try:
        return door.call(maps, door.GUEST)
    except Unavailable:
        return ()


def plain(status: int) -> Response:
    """An answer without words, for what is no page."""
    return Response(status_code=status, headers={"Cache-Control": "no-store"})
