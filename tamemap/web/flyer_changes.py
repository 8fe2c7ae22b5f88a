"""What a change of a flyer is sent as: which version it is meant for, texts, fields to hide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tamemap.errors import Invalid, PreconditionFailed

if TYPE_CHECKING:
    from starlette.requests import Request


def version_of(request: Request) -> int | None:
    """The version in ``If-Match``; None without one or for ``*``. Raises PreconditionFailed for one that we never gave."""
    return version_said(request.headers.get("if-match", ""))


def version_said(value: str) -> int | None:
    """The version in such a value. Raises as ``version_of``."""
    value = value.strip()
    if value in {"", "*"}:
        return None
    if found := re.fullmatch(r'(?:W/)?"?v?(\d{1,9})"?', value):
        return int(found[1])
    raise PreconditionFailed("flyer_changed_meanwhile")


def words_of(data: dict[str, Any]) -> tuple[str, ...] | None:
    """A text for each picture in their order; one text alone is the first one's; None leaves all. Raises Invalid at ``words``."""
    words = data.get("words")
    if words is None:
        return None
    texts = [words] if isinstance(words, str) else words
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise Invalid.at("words", "text_wrong")
    return tuple(texts)


def hidden_of(data: dict[str, Any]) -> tuple[str, ...] | None:
    """The fields that only residents see; None leaves them as they are. Raises Invalid at ``hidden_outside``."""
    hidden = data.get("hidden_outside")
    if hidden is None:
        return None
    names = hidden.split(",") if isinstance(hidden, str) else hidden
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Invalid.at("hidden_outside", "hidden_outside_wrong")
    return tuple(names)
