"""Words on the terminal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tamemap import i18n

if TYPE_CHECKING:
    from tamemap.errors import TamemapError


def language() -> str:
    """English where the terminal says so, else Japanese: a server's ``C.UTF-8`` says nothing."""
    asked = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if asked.lower().startswith("en") else i18n.DEFAULT


def words(key: str, **params: object) -> str:
    """The words for a key, in the terminal's language."""
    return i18n.t(key, language(), **params)


def error_words(error: TamemapError) -> str:
    """What went wrong, and at which fields."""
    lines = [words(f"errors.{error.code}", **error.params)]
    if len(error.errors) > 1:
        lines += [f"  {one.field}: {words(f'errors.{one.code}', **one.params)}" for one in error.errors]
    return "\n".join(lines)
