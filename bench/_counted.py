"""The web's part of Tamemap as ``bench/live.py`` serves it: beside it, how many statements its database has got so far."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.responses import JSONResponse
from starlette.routing import Route

from tamemap.web.application import guard, web

asked = 0


@event.listens_for(Engine, "before_cursor_execute")
def _note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
    # how a transaction begins asks nothing
    global asked  # noqa: PLW0603
    asked += not statement.startswith("BEGIN")


async def _count(_request: object) -> JSONResponse:
    return JSONResponse(asked)


served = web()
served.router.routes.insert(0, Route("/bench/asked", _count))
app = guard(served)
