"""Which version each map has at this moment, asked so cheaply that every reader can ask.

SQLite tells a connection by one number whether anybody else has written since: only then are versions read again. On PostgreSQL
one small read answers for all who asked before it was sent.
"""

from __future__ import annotations

import os
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from tamemap import db as database

if TYPE_CHECKING:
    from collections.abc import Collection

_POSTGRESQL = "SELECT slug, version FROM map WHERE slug = ANY(%s)"
_SQLITE = "SELECT version FROM map WHERE slug = ?"


class Watch:
    """A connection of its own to one database, for these questions only."""

    def __init__(self) -> None:
        engine = database.engine()
        self._lock = Lock()
        self._written: Any = None
        self._known: dict[str, int | None] = {}
        self.sqlite = engine.dialect.name == "sqlite"
        held = engine.raw_connection()
        held.detach()
        self._connection: Any = held.dbapi_connection
        if not self.sqlite:
            self._connection.autocommit = True

    def close(self) -> None:
        """Give the connection up; twice is once."""
        with suppress(Exception):
            self._connection.close()

    def at_once(self, slug: str) -> int | None:
        """The version that a map has now; None for no map. On SQLite, where it costs microseconds."""
        with self._lock:
            written = self._connection.execute("PRAGMA data_version").fetchone()
            if written != self._written:
                self._known.clear()
                self._written = written
            if slug not in self._known:
                found = self._connection.execute(_SQLITE, (slug,)).fetchone()
                self._known[slug] = found[0] if found else None
            return self._known[slug]

    def read(self, slugs: Collection[str]) -> dict[str, int]:
        """The versions that these maps have now, without those that do not exist. Blocks; on PostgreSQL."""
        with self._lock:
            return dict(self._connection.execute(_POSTGRESQL, (list(slugs),)).fetchall())


_watches: dict[tuple[int, str], Watch] = {}


def watch() -> Watch:
    """This process's watch over the database in the settings, made on first use."""
    engine = database.engine()
    key = (os.getpid(), str(engine.url))
    if key not in _watches:
        _watches[key] = Watch()
        event.listen(engine, "engine_disposed", lambda _engine: unwatch(key), once=True)
    return _watches[key]


def unwatch(key: tuple[int, str] | None = None) -> None:
    """Close a watch, the present one by default: the next question opens another."""
    key = key or (os.getpid(), str(database.engine().url))
    if found := _watches.pop(key, None):
        found.close()
