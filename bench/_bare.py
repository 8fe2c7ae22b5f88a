"""The application as ``bench/maps.py`` serves it, and beside it, in the same process, a bare Starlette route of any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from reflex_base.constants import Env
from reflex_base.environment import environment
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

environment.REFLEX_ENV_MODE.set(Env.PROD)
environment.REFLEX_SKIP_COMPILE.set(True)

from tamemap.tamemap import app as whole  # noqa: E402  Reflex reads its environment when it is made

CARD = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [130.756789, 32.212345]},
        "properties": {"count": 12, "bounds": [130.75, 32.21, 130.76, 32.22]}}  # fmt: skip
_made: dict[int, Any] = {}


async def _bare(request: Request) -> JSONResponse:
    size = int(request.path_params["size"])
    if size not in _made:
        _made[size] = {"type": "FeatureCollection", "features": [CARD] * round(size / len(orjson.dumps(CARD)))}
    return JSONResponse(_made[size])


bare = Starlette(routes=[Route("/bare/{size}", _bare)])
ours = whole()


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Nothing stands in front of the bare route, everything that people meet in front of ours."""
    here = bare if scope["type"] == "http" and scope["path"].startswith("/bare/") else ours
    await here(scope, receive, send)
