"""Closing a map's boards to writing: at once with one switch (rough weather), and every night by a schedule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from tamemap import clock
from tamemap.domain.quiet import Closed, checked_night
from tamemap.domain.writing import check_text, reference
from tamemap.errors import NotFound
from tamemap.models import Map
from tamemap.queries.grounds import ground_of_map
from tamemap.queries.themes import map_closed
from tamemap.services.authority import ask_first, demand

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor

WORDS_LIMIT = 200


def close_writing(db: Session, actor: Actor, *, map_slug: str, words: str = "") -> Closed | None:
    """Nobody but its staff writes on the map's boards from now on; ``words`` (may be empty) say why. Reading, taking one's
    own words back and tapping go on. Doing it again changes the words only.

    Raises NotFound, Invalid at ``words``, and as ``demand`` for ``board.close_writing``.
    """
    row = _map(db, actor, map_slug)
    said = check_text(words, field="words", limit=WORDS_LIMIT) if words.strip() else ""
    if row.writing_closed_at is None or row.writing_closed_words != said:
        row.writing_closed_at, row.writing_closed_words = row.writing_closed_at or clock.now(), said
        _keep(db, actor, row, {"open": False})
    return map_closed(row)


def open_writing(db: Session, actor: Actor, *, map_slug: str) -> Closed | None:
    """Writing goes on; answers why it still rests, when it is night. Twice is once. Raises as ``close_writing``."""
    row = _map(db, actor, map_slug)
    if row.writing_closed_at is not None:
        row.writing_closed_at, row.writing_closed_words = None, ""
        _keep(db, actor, row, {"open": True})
    return map_closed(row)


def set_nights(db: Session, actor: Actor, *, map_slug: str, night_from: str, night_to: str) -> Closed | None:
    """Writing rests every night between these times of day in Tokyo (``HH:MM``; both empty: never).

    Raises NotFound, Invalid at ``night_from`` or ``night_to``, and as ``demand`` for ``board.close_writing``.
    """
    row = _map(db, actor, map_slug)
    begin, end = checked_night(night_from, night_to)
    if (begin, end) != (row.night_from, row.night_to):
        row.night_from, row.night_to = begin, end
        _keep(db, actor, row, {"nights": f"{begin}-{end}" if begin else "none"})
    return map_closed(row)


def _map(db: Session, actor: Actor, slug: str) -> Map:
    row = db.exec(select(Map).where(Map.slug == reference(slug)).with_for_update()).first()
    if row is None:
        raise NotFound("map_unknown")
    ask_first(actor, "board.close_writing", ground_of_map(row))
    return row


def _keep(db: Session, actor: Actor, row: Map, detail: dict[str, object]) -> None:
    db.add(row)
    db.flush()
    demand(db, actor, "board.close_writing", ground_of_map(row), thing="map", thing_id=row.slug, detail=detail)
