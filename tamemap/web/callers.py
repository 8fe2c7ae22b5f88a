"""Who sent a request: credentials from its cookies, the client's address behind trusted proxies, the guest's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import session
from tamemap.config import settings
from tamemap.door import Credentials

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response


def client_of(request: Request) -> str:
    """The network address of the client: behind ``trusted_proxies`` proxies the one that the outermost of them saw."""
    direct = request.client.host if request.client else ""
    hops = settings().trusted_proxies
    if not hops:
        return direct
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    return forwarded[-hops] if len(forwarded) >= hops else direct


def credentials_of(request: Request) -> Credentials:
    """What the caller shows."""
    return Credentials.from_cookies(request.headers.get("cookie", ""), client_of(request))


def with_guest_key(credentials: Credentials) -> tuple[Credentials, str]:
    """The same, with a guest's key for a browser that has neither session nor key; and that new key (else empty)."""
    if credentials.session_token or credentials.guest_key:
        return credentials, ""
    key = session.new_token()
    return Credentials(credentials.session_token, key, credentials.client), key


def remember_guest(response: Response, key: str) -> None:
    """Give the browser its new guest's key: with it a guest sees and takes back what they posted."""
    if key:
        response.set_cookie(
            session.GUEST_COOKIE, key, max_age=session.GUEST_DAYS * 86400, httponly=True, samesite="lax", secure=settings().secure
        )
