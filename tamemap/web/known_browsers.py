"""The cookie by which a browser is known for the mail addresses that came in with it (see ``services.mail_codes``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import session
from tamemap.config import settings
from tamemap.services.mail_codes import KNOWN_MOST

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "tamemap_known"


def known(request: Request) -> str:
    """The marks that this browser holds, the newest first, with dots between them."""
    return session.cookies(request.headers.get("cookie", "")).get(COOKIE, "")


def remember_known(request: Request, response: Response, mark: str) -> None:
    """Let the browser keep a new mark beside the last few."""
    if not mark:
        return
    marks = [mark, *(one for one in known(request).split(".") if one.isalnum() and len(one) == len(mark) and one != mark)]
    response.set_cookie(
        COOKIE,
        ".".join(marks[:KNOWN_MOST]),
        max_age=session.GUEST_DAYS * 86400,
        httponly=True,
        samesite="lax",
        secure=settings().secure,
    )
