"""``/auth/passkey/…``: what assets/passkey.js asks while a browser makes or shows a passkey. JSON in, JSON out."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from tamemap import door
from tamemap.errors import TamemapError
from tamemap.services import passkeys, ways
from tamemap.web.callers import browser_key, credentials_of, remember_browser, remember_session
from tamemap.web.forms import read_object, text_of
from tamemap.web.problems import language, problem
from tamemap.web.respond import PRIVATE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

HEADERS = {"Cache-Control": PRIVATE}
HOME = "/"


def _answering(function: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """A handler whose errors become problem+json."""

    @wraps(function)
    async def answered(request: Request) -> Response:
        try:
            return await function(request)
        except TamemapError as error:
            return problem(error, language(request))

    return answered


@_answering
async def new_options(request: Request) -> Response:
    """What the browser needs to make a passkey for who is signed in."""
    key, is_new = browser_key(request)
    made = await door.acall(passkeys.new_options, credentials_of(request), browser_key=key, lang=language(request))
    return _remembered(JSONResponse(made, headers=HEADERS), key if is_new else "")


@_answering
async def add(request: Request) -> Response:
    """Keep the passkey in ``credential``: 201 with its ``id`` and ``name``."""
    sent = await read_object(request)
    added = await door.acall(
        passkeys.add,
        credentials_of(request),
        credential=sent.get("credential"),
        browser_key=browser_key(request)[0],
        user_agent=request.headers.get("user-agent", ""),
        name=text_of(sent, "name", most=ways.PASSKEY_NAME),
        lang=language(request),
    )
    return JSONResponse({"id": added.public_id, "name": added.name}, 201, HEADERS)


@_answering
async def options(request: Request) -> Response:
    """What the browser needs to show a passkey; ``purpose`` is ``sign_in`` or ``again``, ``then`` where to go on to."""
    sent = await read_object(request)
    key, is_new = browser_key(request)
    made = await door.acall(
        passkeys.options,
        credentials_of(request),
        browser_key=key,
        purpose=text_of(sent, "purpose", most=20) or "sign_in",
        then=text_of(sent, "then"),
    )
    return _remembered(JSONResponse(made, headers=HEADERS), key if is_new else "")


@_answering
async def enter(request: Request) -> Response:
    """Sign in with the answer in ``credential``: the session's cookie, and ``then``, the path to go on to."""
    sent = await read_object(request)
    entered = await door.acall(
        passkeys.enter,
        credentials_of(request),
        credential=sent.get("credential"),
        browser_key=browser_key(request)[0],
        user_agent=request.headers.get("user-agent", ""),
    )
    answer = JSONResponse({"then": entered.then or HOME}, headers=HEADERS)
    remember_session(answer, entered.token or "")
    return answer


def _remembered(answer: Response, new_key: str) -> Response:
    if new_key:
        remember_browser(answer, new_key)
    return answer


routes = [
    Route(f"/auth/passkey/{name}", handler, methods=["POST"])
    for name, handler in (("new-options", new_options), ("add", add), ("options", options), ("enter", enter))
]
