"""Opaque tokens: the session cookie, the guest's key, sign-in links. What is stored is only ever a hash of them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from http.cookies import CookieError, SimpleCookie

from tamemap.config import settings

COOKIE = "tamemap_session"
GUEST_COOKIE = "tamemap_guest"
SESSION_DAYS = 90
GUEST_DAYS = 365


def new_token() -> str:
    """A fresh token of 256 random bits, safe in cookies and addresses."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A fresh six-digit code."""
    return f"{secrets.randbelow(1_000_000):06d}"


def hashed(token: str) -> str:
    """What the database keeps of a token (hex SHA-256 keyed with the installation's secret)."""
    return hmac.new(settings().secret(), token.encode(), hashlib.sha256).hexdigest()


def same(first: str, second: str) -> bool:
    """Whether two hashes are equal, in constant time."""
    return hmac.compare_digest(first.encode(), second.encode())


def cookies(header: str) -> dict[str, str]:
    """The cookies of a ``Cookie`` header; a broken header holds none."""
    try:
        return {name: morsel.value for name, morsel in SimpleCookie(header).items()}
    except CookieError:
        return {}
