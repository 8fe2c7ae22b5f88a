"""``/me/push…``: this browser's part in notices on devices: switching it on, proving that one arrives, taking it away.

The page ``/me/notices`` and its script, and the service worker, send here. Only our own scripts read the answers, so they stand
in no description of the API.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tamemap import door
from tamemap.errors import TamemapError
from tamemap.queries import push_devices as found
from tamemap.services import push_devices
from tamemap.web.callers import credentials_of
from tamemap.web.forms import read_form, read_object, text_of
from tamemap.web.own_pages import go, own_deed
from tamemap.web.problems import problem
from tamemap.web.respond import PRIVATE, language

if TYPE_CHECKING:
    from starlette.requests import Request

HERE = "/me/push"
NOTICES = "/me/notices"


def _answer(device: found.Device) -> Response:
    said = {"id": device.public_id, "test": device.test}
    return JSONResponse(said, headers={"Cache-Control": PRIVATE})


async def _address(request: Request) -> dict[str, str]:
    """The subscription as browsers write it (PushSubscription.toJSON). Raises Invalid."""
    sent = await read_object(request)
    keys: dict[str, Any] = sent["keys"] if isinstance(sent.get("keys"), dict) else {}
    names = ("p256dh", "auth")
    return {"endpoint": text_of(sent, "endpoint"), **{name: text_of(keys, name) for name in names}}


async def switch_on(request: Request) -> Response:
    """Show notices in this browser."""
    try:
        address = await _address(request)
        label, lang = request.headers.get("user-agent", ""), language(request)
        made = await door.acall(push_devices.switch_on, credentials_of(request), **address, user_agent=label, lang=lang)
    except TamemapError as error:
        return problem(error, language(request))
    return _answer(made)


async def renew(request: Request) -> Response:
    """The service worker says that its push service has given it another address (``old``: the one until now)."""
    try:
        sent = await read_object(request)
        old, address = text_of(sent, "old"), await _address(request)
        made = await door.acall(push_devices.renew, credentials_of(request), old=old, **address)
    except TamemapError as error:
        return problem(error, language(request))
    return _answer(made)


async def state(request: Request) -> Response:
    """How the test message of one device is doing."""
    try:
        one = await door.acall(found.device, credentials_of(request), public_id=request.path_params["device"])
    except TamemapError as error:
        return problem(error, language(request))
    return _answer(one)


async def send_test(request: Request) -> Response:
    """Send one device a test message."""
    try:
        one = await door.acall(push_devices.send_test, credentials_of(request), public_id=request.path_params["device"])
    except TamemapError as error:
        return problem(error, language(request))
    return _answer(one)


async def arrived(request: Request) -> Response:
    """The service worker says the word that the test message carried. Whoever can say it has got it, signed in or not."""
    try:
        word = text_of(await read_object(request), "word", most=100)
        known = await door.acall(push_devices.arrived, credentials_of(request), word=word)
    except TamemapError as error:
        return problem(error, language(request))
    return Response(status_code=204 if known else 404, headers={"Cache-Control": PRIVATE})


@own_deed
async def switch_off(request: Request) -> Response:
    """Take one device away, by a form that works without script."""
    sent = (await read_form(request, most_files=0)).values
    await door.acall(push_devices.switch_off, credentials_of(request), public_id=sent.get("device", ""))
    return go(NOTICES, said="push_off", lang=request.query_params.get("lang", ""))


POST = ["POST"]
routes = [
    Route(HERE, switch_on, methods=POST),
    Route(f"{HERE}/renew", renew, methods=POST),
    Route(f"{HERE}/arrived", arrived, methods=POST),
    Route(f"{HERE}/off", switch_off, methods=POST),
    Route(HERE + "/{device}", state),
    Route(HERE + "/{device}/test", send_test, methods=POST),
]
