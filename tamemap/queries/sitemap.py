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

# flyers' numbers in one file: far fewer addresses than a file may have (50,000 by sitemaps.org): each is made in a moment.
# An index of the table is made for this number
RANGE = 10_000
MINUTES = 10  # how long the index is remembered; what it leads to never is

_indexes: LRUCache[tuple[Any, ...], tuple[tuple[int, datetime], ...]] = LRUCache(maxsize=4)
_lock = Lock()


def flyer_ranges(db: Session, actor: Actor) -> tuple[tuple[int, datetime], ...]:
    """The ranges in which flyers stand, each with the time at which one of its flyers was changed last (be it one that has left),
    as they were within the last ten minutes."""
    now = clock.now()
    # what stands is looked through, a hundred thousand flyers in a tenth of a second: once in this time in each process
    key = (str(db.get_bind().engine.url), int(now.timestamp()) // (60 * MINUTES))
    with _lock:
        if (known := _indexes.get(key)) is None:
            # whole numbers on either database, in the words of the index
            number: Any = literal_column(f"placement.flyer_id / {RANGE}", Integer).label("number")
            stands = Placement.state == literal_column(f"'{UP}'")
            standing = select(number).select_from(Placement).where(stands, Placement.until > now).distinct().subquery()
            its_range: Any = literal_column(f"(flyer.id / {RANGE})", Integer)
            changed = select(func.max(Flyer.updated_at)).where(its_range == standing.c.number).scalar_subquery()
            query = select(standing.c.number, changed).order_by(standing.c.number)
            known = _indexes[key] = tuple((row[0], row[1]) for row in db.execute(query))
    return known


def flyers_of_range(db: Session, actor: Actor, *, number: int) -> tuple[tuple[str, datetime], ...]:
    """The flyers of a range that everybody sees now, each with the time of its last change; never remembered."""
    first, end = number * RANGE, (number + 1) * RANGE
    # said of the placements, too: PostgreSQL would gather all that stand
    near = (Placement.flyer_id >= first, Placement.flyer_id < end)
    stands = exists().where(Placement.flyer_id == Flyer.id, *near, Placement.state == UP, Placement.until > clock.now())
    query = (
        select(Flyer.public_id, Flyer.updated_at)  # type: ignore[call-overload]
        .where(Flyer.id >= first, Flyer.id < end, Flyer.deleted_at.is_(None), stands)  # type: ignore[operator, union-attr]
        .order_by(Flyer.id)
    )
    return tuple((row[0], row[1]) for row in db.execute(query))


def open_boards(db: Session, actor: Actor) -> tuple[str, ...]:
    """The slugs of the boards that are not put away, for those who list pages."""
    return tuple(db.execute(select(Board.slug).where(Board.closed_at.is_(None)).order_by(Board.id)).scalars())  # type: ignore[union-attr, call-overload]
