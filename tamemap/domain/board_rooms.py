"""What a board (掲示板) that staff make is: its address, its name, who writes there."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from tamemap.domain.groups import RESERVED as OURS
from tamemap.domain.writing import check_text
from tamemap.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Collection

# residents are those of a town; staff: read-only for all others
WRITERS = ("members", "residents", "staff")
NAME_LIMIT, DESCRIPTION_LIMIT = 40, 400
SLUG_LEAST, SLUG_MOST = 3, 40
MOST = 20
"""Boards of one map that stand open at a time: more than a phone can show, and than a town can read."""

# parts of board addresses that are, or may become, pages of ours
RESERVED = OURS | {"answers", "all", "feed", "search", "theme", "themes", "topic", "topics"}
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def checked_slug(text: str) -> str:
    """The last part of a board's address: 3 to 40 of a–z, 0–9 and single hyphens inside.

    Raises Invalid at ``slug``: ``board_slug_wrong``, ``board_slug_reserved``.
    """
    slug = unicodedata.normalize("NFKC", text).strip().lower()
    if not SLUG_LEAST <= len(slug) <= SLUG_MOST or not _SLUG.fullmatch(slug):
        raise Invalid.at("slug", "board_slug_wrong", least=SLUG_LEAST, most=SLUG_MOST)
    if slug in RESERVED:
        raise Invalid.at("slug", "board_slug_reserved")
    return slug


def suggested_slug(map_slug: str, taken: Collection[str]) -> str:
    """An address that is free: the map's with the next number."""
    number = 2
    while f"{map_slug}-{number}" in taken:
        number += 1
    return f"{map_slug}-{number}"


def checked_texts(name: str, description: str) -> tuple[str, str]:
    """Name and description (may be empty), tidied. Raises Invalid at ``name`` or ``description``."""
    tidy = check_text(name, field="name", limit=NAME_LIMIT)
    said = check_text(description, field="description", limit=DESCRIPTION_LIMIT, lines=True) if description.strip() else ""
    return tidy, said


def checked_writers(writers: str, *, in_town: bool) -> str:
    """Who writes. Raises Invalid at ``writers``: ``board_writers_wrong``, and ``board_no_residents`` on a map of no town."""
    if writers not in WRITERS:
        raise Invalid.at("writers", "board_writers_wrong")
    if writers == "residents" and not in_town:
        raise Invalid.at("writers", "board_no_residents")
    return writers
