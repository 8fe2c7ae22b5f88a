"""Counting what the database is asked."""

from __future__ import annotations

from contextlib import contextmanager

from sqlalchemy import event

from tamemap import db


@contextmanager
def reads():
    """The statements that the database is asked meanwhile, without BEGIN."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)
