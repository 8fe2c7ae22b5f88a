"""Our pages without the screens, with the styles: what the browser tests of signing in by providers look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.staticfiles import StaticFiles

from tamemap.web.application import guard, web

ASSETS = Path(__file__).parent.parent.parent / "assets"
_pages, _files = guard(web()), StaticFiles(directory=ASSETS)


async def app(scope: Any, receive: Any, send: Any) -> None:
    """The files of ``assets/`` first, as the real server has them."""
    found = scope["type"] == "http" and scope["path"] != "/" and (ASSETS / scope["path"].lstrip("/")).is_file()
    if scope["type"] == "lifespan":
        return
    await (_files if found else _pages)(scope, receive, send)
