"""What a browser sends to a State's method, checked: any method can be called by anybody with anything.

Each function answers the value or raises ``Invalid`` (``request_wrong``), which becomes words like every other error.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection

PUBLIC_ID = re.compile(r"[2-9a-hjkmnp-z]{12}")
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
CODE = re.compile(r"\d{6}")
CURSOR = re.compile(r"[A-Za-z0-9_-]{0,400}")
LONGEST = 40_000


def _wrong() -> Invalid:
    return Invalid("request_wrong")


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _wrong()
    return value


def public_id(value: object) -> str:
    """The public id of a flyer, topic, post or report."""
    return _matching(PUBLIC_ID, value)


def slug(value: object) -> str:
    """The slug of a map or a board."""
    return _matching(SLUG, value)


def cursor(value: object) -> str:
    """A cursor of ours, perhaps empty."""
    return _matching(CURSOR, value)


def code(value: object, *, empty: bool = False) -> str:
    """The six-digit code of a municipality; with ``empty`` also none."""
    return "" if empty and value == "" else _matching(CODE, value)


def flag(value: object) -> bool:
    """Yes or no, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise _wrong()
    return value


def one_of(value: object, choices: Collection[str]) -> str:
    """One of these words."""
    if not isinstance(value, str) or value not in choices:
        raise _wrong()
    return value


def public_ids(value: object, *, most: int = 50) -> tuple[str, ...]:
    """Some public ids, each once, at least one."""
    if not isinstance(value, list | tuple) or not 0 < len(value) <= most:
        raise _wrong()
    return tuple(dict.fromkeys(public_id(one) for one in value))


def photo_ids(value: object, *, most: int = 4) -> tuple[str, ...]:
    """The ids of waiting photos, with commas between them; perhaps none."""
    return public_ids(value.split(","), most=most) if isinstance(value, str) and value else ()


def form(value: object, *names: str) -> dict[str, str]:
    """These fields of a submitted form as text; a field that was not sent is empty, others are dropped."""
    if not isinstance(value, dict):
        raise _wrong()
    fields = {name: value.get(name) or "" for name in names}
    if not all(isinstance(text, str) and len(text) <= LONGEST for text in fields.values()):
        raise _wrong()
    return fields
