"""Whether something may be written on a board at this moment: the one place that all writing asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap import clock
from tamemap.errors import Conflict
from tamemap.queries.themes import closed_for, period_of, topic_closed

if TYPE_CHECKING:
    from tamemap.domain.actors import Actor
    from tamemap.models import Board, Map, Topic


def demand_open(actor: Actor, board: Board, map_: Map, topic: Topic | None = None) -> None:
    """Raise Conflict unless new words, or other words, may be written there now. Taking back and tapping need not ask.

    Codes: ``board_closed`` (put away), ``topic_closed`` (by hand or by the end of its period), ``theme_coming`` with ``when``,
    ``writing_closed`` with staff's ``words`` and ``writing_closed_night`` with ``until`` (not for the map's staff).
    """
    if topic is not None and topic_closed(topic, board):
        raise Conflict("topic_closed")
    if board.closed_at is not None:
        raise Conflict("board_closed")
    if topic is not None and period_of(topic).coming(clock.now()) and topic.opens_at is not None:
        raise Conflict("theme_coming", when=f"{clock.tokyo(topic.opens_at):%-m/%-d %-H:%M}")
    if closed := closed_for(actor, map_):
        raise Conflict(closed.code, **closed.params)
