"""Reads for the sitemap: which flyers stand where everybody sees them, in ranges of their numbers."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from sqlalchemy import Integer, exists, func, literal_column, select

from tamemap import clock
from tamemap.domain.placements import UP
from tamemap.models import Board, Flyer, Placement

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from tamemap.domain.actors import Actor

# flyers' numbers in one file: far fewer addresses than a file may have (50,000 by sitemaps.org), so that each is made in a moment
RANGE = 10_000
MINUTES = 10  # how long the index is remembered; what it leads to never is

_indexes: LRUCache[tuple[Any, ...], tuple[tuple[int, datetime], ...]] = LRUCache(maxsize=4)
_lock = Lock()


def flyer_ranges(db: Session, actor: Actor) -> tuple[tuple[int, datetime], ...]:
    """The ranges in which flyers stand, each with the time of its last change, as they were within the last ten minutes."""
    now = clock.now()
    # a million flyers take a second to look through: once in this time in each process, whoever asks
    key = (str(db.get_bind().engine.url), int(now.timestamp()) // (60 * MINUTES))
    with _lock:
        if (known := _indexes.get(key)) is None:
            number: Any = literal_column(f"placement.flyer_id / {RANGE}", Integer)  # whole numbers on either database
            query = (
                select(number, func.max(Flyer.updated_at))
                .select_from(Placement)
                .join(Flyer, Flyer.id == Placement.flyer_id)
                .where(Placement.state == UP, Placement.until > now, Flyer.deleted_at.is_(None))  # type: ignore[union-attr]
                .group_by(number)
                .order_by(number)
            )
            known = _indexes[key] = tuple((row[0], row[1]) for row in db.execute(query))
    return known


def flyers_of_range(db: Session, actor: Actor, *, number: int) -> tuple[tuple[str, datetime], ...]:
    """The flyers of a range that everybody sees now, each with the time of its last change; never remembered."""
    stands = exists().where(Placement.flyer_id == Flyer.id, Placement.state == UP, Placement.until > clock.now())
    query = (
        select(Flyer.public_id, Flyer.updated_at)  # type: ignore[call-overload]
        .where(Flyer.id >= number * RANGE, Flyer.id < (number + 1) * RANGE, Flyer.deleted_at.is_(None), stands)  # type: ignore[operator, union-attr]
        .order_by(Flyer.id)
    )
    return tuple((row[0], row[1]) for row in db.execute(query))


def open_boards(db: Session, actor: Actor) -> tuple[str, ...]:
    """The slugs of the boards that are not put away, for those who list pages."""
    return tuple(db.execute(select(Board.slug).where(Board.closed_at.is_(None)).order_by(Board.id)).scalars())  # type: ignore[union-attr, call-overload]
