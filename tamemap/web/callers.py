"""Who sent a request: credentials from its cookies, the client's address behind trusted proxies, the guest's key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap import session
from tamemap.config import settings
from tamemap.door import GUEST, Credentials
from tamemap.errors import Forbidden
from tamemap.urls import API

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# which browser asked for a sign-in mail: its code is worth nothing in another one
BROWSER_COOKIE = "tamemap_browser"
# 128 random bits as a UUID or plain: nobody guesses another one's
RANDOM_KEY = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


def client_of(request: Request) -> str:
    """The network address of the client: behind ``trusted_proxies`` proxies the one that the outermost of them saw."""
    direct = request.client.host if request.client else ""
    hops = settings().trusted_proxies
    if not hops:
        return direct
    forwarded = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()]
    return forwarded[-hops] if len(forwarded) >= hops else direct


def credentials_of(request: Request) -> Credentials:
    """What the caller shows: a program's token (API only, RFC 6750 section 2.1), else its cookies."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and request.url.path.startswith(API + "/"):
        # an empty one is a wrong one, and no guest's
        return Credentials(client=client_of(request), bearer=token.strip()[:200] or "-")
    return Credentials.from_cookies(request.headers.get("cookie", ""), client_of(request))


def of_program(request: Request) -> Credentials:
    """Nobody's, for what is the same for everybody; only a program's token is looked at: a wrong one is told so."""
    credentials = credentials_of(request)
    return credentials if credentials.bearer else GUEST


def browser_credentials(request: Request) -> Credentials:
    """As ``credentials_of``, for signing in and out. Raises Forbidden ``token_scope_missing``: accounts are for people."""
    credentials = credentials_of(request)
    if credentials.bearer:
        raise Forbidden("token_scope_missing")
    return credentials


def with_guest_key(credentials: Credentials, idempotency_key: str = "") -> tuple[Credentials, str]:
    """The same, with a guest's key for a browser that has neither session nor key; and that new key (else empty).

    A first request that is sent again, because its answer with the cookie was lost, comes from the same guest: a random
    ``idempotency_key`` always leads to the same guest's key.
    """
    if credentials.session_token or credentials.guest_key or credentials.bearer:
        return credentials, ""
    key = session.hashed(f"guest:{idempotency_key}") if RANDOM_KEY.fullmatch(idempotency_key) else session.new_token()
    return Credentials(credentials.session_token, key, credentials.client), key


def remember_guest(response: Response, key: str) -> None:
    """Give the browser its new guest's key: with it a guest sees and takes back what they posted."""
    if key:
        _set(response, session.GUEST_COOKIE, key, session.GUEST_DAYS)


def browser_key(request: Request) -> tuple[str, bool]:
    """The key that tells this browser from all others while it signs in, and whether it is a new one (to be remembered)."""
    known = session.cookies(request.headers.get("cookie", "")).get(BROWSER_COOKIE, "")
    return (known, False) if known else (session.new_token(), True)


def remember_browser(response: Response, key: str) -> None:
    """Give the browser its key."""
    _set(response, BROWSER_COOKIE, key, session.GUEST_DAYS)


def remember_session(response: Response, token: str) -> None:
    """Sign the browser in: the session's token, out of reach of scripts and of other sites, for as long as the session lives."""
    _set(response, session.COOKIE, token, session.SESSION_DAYS)


def forget_session(response: Response) -> None:
    """Take the session's token from the browser."""
    response.delete_cookie(session.COOKIE, httponly=True, samesite="lax", secure=settings().secure)


def _set(response: Response, name: str, value: str, days: int) -> None:
    response.set_cookie(name, value, max_age=days * 86400, httponly=True, samesite="lax", secure=settings().secure)
