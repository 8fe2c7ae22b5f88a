"""``/stop/…``: the address in every gathered mail that ends them: a button for people, one POST for mail programs (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from tamemap import door
from tamemap.i18n import t
from tamemap.services import unsubscribing
from tamemap.web.own_pages import own_deed, own_page, show
from tamemap.web.respond import language

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def _asked(request: Request) -> dict[str, str]:
    return {"person": request.path_params["person"], "word": request.path_params["word"]}


@own_page
def stop_page(request: Request) -> Response:
    """What will end, and the button: looking alone ends nothing, as mail programs look at addresses by themselves."""
    return _page(request, over=not door.call(unsubscribing.stoppable, door.GUEST, **_asked(request)))


@own_deed
async def stop(request: Request) -> Response:
    """End them. A mail program sends ``List-Unsubscribe=One-Click`` here and reads nothing but the status."""
    await door.acall(unsubscribing.stop, door.GUEST, **_asked(request))
    return await run_in_threadpool(_page, request, over=True)


def _page(request: Request, *, over: bool) -> Response:
    return show(request, "stop_mails.html", title=t("stop.title", language(request)), over=over, path=request.url.path)


PATH = "/stop/{person}/{word}"
routes = [Route(PATH, stop_page), Route(PATH, stop, methods=["POST"])]
