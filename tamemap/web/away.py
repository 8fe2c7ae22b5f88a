"""What is said while the database is away and somebody asked it beside the door (services that open their own transactions)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft
from starlette.concurrency import run_in_threadpool

from tamemap.door import AGAIN
from tamemap.errors import Unavailable
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
    away = Unavailable("database_away", retry_after=AGAIN)
    if request.url.path.startswith(API + "/"):
        return problem(away, language(request))
    return await run_in_threadpool(error_page, request, away)


handlers = dict.fromkeys((OperationalError, InterfaceError, NoConnectionLeft), answer_away)
