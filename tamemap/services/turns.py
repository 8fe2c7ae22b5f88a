"""One after the other: what is counted and then decided must not be counted by two at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

from tamemap.db import is_sqlite

if TYPE_CHECKING:
    from sqlmodel import Session


def take_turn(db: Session, what: str) -> None:
    """Wait until no other transaction has its turn at ``what``; the turn ends with the caller's transaction.

    SQLite's writers take turns anyway.
    """
    if not is_sqlite(db):
        db.connection().execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what})
