"""Where a request comes from: our own pages, or another site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from tamemap.config import settings


def is_ours(origin: str | None, host: str | None) -> bool:
    """Whether an ``Origin`` is the host that was asked, or the public address. No Origin at all is no browser of another site."""
    if not origin:
        return True
    return origin.rstrip("/") == settings().origin or (urlsplit(origin).netloc or "?") == host


def same_origin(origin: str | None, environ: dict[str, Any]) -> bool:
    """Engine.IO's question whether a page of that origin may open the socket."""
    return is_ours(origin, environ.get("HTTP_HOST"))
