"""Where a page of a board's topics goes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlmodel import and_, col, or_

from tamemap.domain.asking import read_cursor
from tamemap.errors import Invalid
from tamemap.models import Topic

MOST_ROWS = 2**31


def after_topic(cursor: str) -> Any:
    """What stands behind a place in the list of topics. Raises Invalid at ``cursor`` for one that is not ours."""
    pinned, written, topic_id = read_cursor(cursor, bool, str, int)
    try:
        last = datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid.at("cursor", "cursor_wrong") from None
    if not 0 <= topic_id < MOST_ROWS:
        raise Invalid.at("cursor", "cursor_wrong")
    behind = and_(
        col(Topic.pinned).is_(pinned),
        or_(Topic.last_post_at < last, and_(Topic.last_post_at == last, col(Topic.id) < topic_id)),
    )
    return or_(col(Topic.pinned).is_(False), behind) if pinned else behind
