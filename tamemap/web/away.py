"""What is said while the database is away, or no room is left, and somebody asked it beside the door."""

from __future__ import annotations

import logging
from errno import errorcode
from typing import TYPE_CHECKING

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from starlette.concurrency import run_in_threadpool

from tamemap.door import AGAIN
from tamemap.errors import Unavailable
from tamemap.gateways.storage import AGAIN as ROOM_AGAIN
from tamemap.gateways.storage import is_full
from tamemap.urls import API
from tamemap.web.problems import language, problem
from tamemap.web.respond import error_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger("tamemap.web")


async def answer_away(request: Request, error: Exception) -> Response:
    """503 in the reader's language, with when to come again: a problem below ``/api``, elsewhere a page."""
    log.error("the database does not answer: %s", type(error).__name__)
    return await _said(request, Unavailable("database_away", retry_after=AGAIN))


async def answer_full(request: Request, error: Exception) -> Response:
    """503 ``storage_full`` where there is no room, also for what is kept only while it comes; any other error goes on."""
    if not isinstance(error, OSError) or not is_full(error):
        raise error
    log.error("there is no room: %s", errorcode[error.errno or 0])
    return await _said(request, Unavailable("storage_full", retry_after=ROOM_AGAIN))


async def _said(request: Request, away: Unavailable) -> Response:
    if request.url.path.startswith(API + "/"):
        return problem(away, language(request))
    return await run_in_threadpool(error_page, request, away)


handlers = dict.fromkeys((OperationalError, InterfaceError, NoConnectionLeft), answer_away) | {OSError: answer_full}
