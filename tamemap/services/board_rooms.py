"""Boards that staff make for their town's map: made, changed, put in order, put away and taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from tamemap import clock
from tamemap.db import IntegrityError
from tamemap.domain import board_rooms as rules
from tamemap.domain.writing import reference
from tamemap.errors import Conflict, Invalid, NotFound
from tamemap.models import Board, Map
from tamemap.queries.board_rooms import RoomView, ordered, rooms_of
from tamemap.queries.grounds import ground_of_map
from tamemap.services.authority import ask_first, demand
from tamemap.services.placing import raise_version

if TYPE_CHECKING:
    from sqlmodel import Session

    from tamemap.domain.actors import Actor


def make(
    db: Session, actor: Actor, *, map_slug: str, name: str, slug: str, description: str = "", writers: str = "members"
) -> RoomView:
    """Make a board; it stands behind the others. Its address (``slug``) is free in the whole installation and stays.

    Raises NotFound, Invalid at ``name``, ``slug`` (``board_slug_taken`` …), ``description`` or ``writers``, Conflict
    ``boards_too_many``, and as ``demand`` for ``board.make``.
    """
    map_ = _map(db, map_slug)
    ask_first(actor, "board.make", ground_of_map(map_))
    name, description = rules.checked_texts(name, description)
    slug = rules.checked_slug(slug)
    writers = rules.checked_writers(writers, in_town=map_.municipality_code is not None)
    others = ordered(db, map_)
    if sum(one.closed_at is None for one in others) >= rules.MOST:
        raise Conflict("boards_too_many", most=rules.MOST)
    last = max((one.position for one in others), default=-1) + 1
    try:
        with db.begin_nested():
            db.add(Board(map_id=map_.id, slug=slug, name=name, description=description, writers=writers, position=last))  # type: ignore[arg-type]
            db.flush()
    except IntegrityError:
        raise Invalid.at("slug", "board_slug_taken") from None
    demand(db, actor, "board.make", ground_of_map(map_), thing="board", thing_id=slug)
    return _room(db, map_, slug)


def change(db: Session, actor: Actor, *, board: str, name: str, description: str, writers: str) -> RoomView:
    """Change what a board says and who writes there; what stands in it stays. Raises as ``make``."""
    row, map_ = _board(db, board)
    ask_first(actor, "board.make", ground_of_map(map_))
    name, description = rules.checked_texts(name, description)
    writers = rules.checked_writers(writers, in_town=map_.municipality_code is not None)
    if (name, description, writers) != (row.name, row.description, row.writers):
        row.name, row.description, row.writers = name, description, writers
        db.add(row)
        db.flush()
        _note(db, actor, row, map_, changed=True)
    return _room(db, map_, row.slug)


def close(db: Session, actor: Actor, *, board: str) -> RoomView:
    """Put a board away: it can still be read at its address, stands in no list, and nobody writes there. Twice is once.

    Raises NotFound, Conflict ``board_is_first`` for the map's 広場, and as ``demand`` for ``board.make``.
    """
    row, map_ = _board(db, board)
    ask_first(actor, "board.make", ground_of_map(map_))
    if ordered(db, map_)[0].id == row.id:
        raise Conflict("board_is_first")
    if row.closed_at is None:
        row.closed_at = clock.now()
        db.add(row)
        # its introductions go from the map with it
        raise_version(db, map_.id)
        _note(db, actor, row, map_, ended=True)
    return _room(db, map_, row.slug)


def reopen(db: Session, actor: Actor, *, board: str) -> RoomView:
    """Take a board out again, behind the others. Twice is once. Raises NotFound, Conflict ``boards_too_many``, and as
    ``demand`` for ``board.make``."""
    row, map_ = _board(db, board)
    ask_first(actor, "board.make", ground_of_map(map_))
    if row.closed_at is not None:
        others = ordered(db, map_)
        if sum(one.closed_at is None for one in others) >= rules.MOST:
            raise Conflict("boards_too_many", most=rules.MOST)
        row.closed_at, row.position = None, max(one.position for one in others) + 1
        db.add(row)
        raise_version(db, map_.id)
        _note(db, actor, row, map_, reopened=True)
    return _room(db, map_, row.slug)


def move(db: Session, actor: Actor, *, board: str, earlier: bool) -> RoomView:
    """Let a board change places with the one before it (or after it). 広場 stays first; at an end nothing changes.

    Raises NotFound, and as ``demand`` for ``board.make``.
    """
    row, map_ = _board(db, board)
    ask_first(actor, "board.make", ground_of_map(map_))
    standing = [one for one in ordered(db, map_)[1:] if one.closed_at is None]
    at = next((number for number, one in enumerate(standing) if one.id == row.id), None)
    to = at if at is None else at + (-1 if earlier else 1)
    if at is not None and to is not None and 0 <= to < len(standing):
        standing[at], standing[to] = standing[to], standing[at]
        for number, one in enumerate(standing, 1):
            one.position = number
            db.add(one)
        db.flush()
        _note(db, actor, row, map_, changed=True)
    return _room(db, map_, row.slug)


def _note(db: Session, actor: Actor, row: Board, map_: Map, **how: bool) -> None:
    demand(db, actor, "board.make", ground_of_map(map_), thing="board", thing_id=row.slug, detail=how)


def _map(db: Session, slug: str) -> Map:
    # its boards are put in order one after the other
    row = db.exec(select(Map).where(Map.slug == reference(slug)).with_for_update()).first()
    if row is None:
        raise NotFound("map_unknown")
    return row


def _board(db: Session, slug: str) -> tuple[Board, Map]:
    row = db.exec(select(Board).where(Board.slug == reference(slug)).with_for_update()).first()
    if row is None:
        raise NotFound("board_unknown")
    return row, db.exec(select(Map).where(col(Map.id) == row.map_id)).one()


def _room(db: Session, map_: Map, slug: str) -> RoomView:
    return next(one for one in rooms_of(db, map_) if one.slug == slug)
