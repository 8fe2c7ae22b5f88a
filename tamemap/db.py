"""The database engine: one per process, made on first use (workers fork after import), SQLite in WAL mode or PostgreSQL."""

from __future__ import annotations

import logging
import os
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from tamemap.config import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "cache_size=-16000",
    "mmap_size=268435456",
    # what is deleted is overwritten: who has left is not to be read out of free pages
    "secure_delete=ON",
)

slow = logging.getLogger("tamemap.slow")
SHOWN = 1000  # letters of a statement

_engines: dict[tuple[int, str], Engine] = {}

__all__ = ["IntegrityError", "Session", "checkpoint", "dispose", "engine", "in_use", "is_sqlite", "make_engine", "transaction"]


def make_engine(url: str) -> Engine:
    """A new engine for a database address; SQLite gets WAL, foreign keys, a 10 s wait for locks, and its folder is made."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        # whoever waits for a page is told after seconds, not minutes, that the database is away; and its errors name no values
        patience = {"connect_timeout": 5, "tcp_user_timeout": 15_000} | dict(parsed.query)
        made = create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=20, pool_timeout=10, hide_parameters=True,
                             connect_args=patience)  # fmt: skip
        event.listen(made, "connect", _plan_each)
        tell_slow(made)
        return made
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10}, pool_size=10, max_overflow=30,
                         hide_parameters=True)  # fmt: skip
    tell_slow(made)

    @event.listens_for(made, "connect")
    def pragmas(connection, _record):  # type: ignore[no-untyped-def]
        # we say BEGIN ourselves (below), so that reads share one snapshot and writers wait instead of failing
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(made, "begin")
    def begin(connection):  # type: ignore[no-untyped-def]
        immediate = connection.get_execution_options().get("tamemap_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    return made


def _plan_each(connection: Any, _record: object) -> None:
    # what is asked often is planned once for whatever is asked: a word as if it stood everywhere, a town's map as if it were the
    # region's. And what PostgreSQL thinks will take long it compiles: our questions to a million flyers take less than that
    connection.autocommit = True
    connection.execute("SET plan_cache_mode = force_custom_plan; SET jit = off")
    connection.autocommit = False


def tell_slow(made: Engine) -> None:
    """Write statements to the log that took longer than the settings allow: their words, never their values."""
    least = settings().slow_query_ms
    if not least:
        return

    @event.listens_for(made, "before_cursor_execute")
    def begin(_connection, _cursor, _statement, _parameters, context, _many):  # type: ignore[no-untyped-def]
        context.tamemap_begun = time.perf_counter()

    @event.listens_for(made, "after_cursor_execute")
    def end(_connection, _cursor, statement, _parameters, context, _many):  # type: ignore[no-untyped-def]
        took = (time.perf_counter() - context.tamemap_begun) * 1000
        if took >= least:
            slow.warning("slow statement, %d ms: %s", took, " ".join(statement.split())[:SHOWN], extra={"ms": round(took)})


def engine() -> Engine:
    """This process's engine for the database in the settings."""
    key = (os.getpid(), settings().database)
    if key not in _engines:
        _engines[key] = make_engine(key[1])
    return _engines[key]


def in_use() -> tuple[int, int]:
    """How many connections this process has in use, and how many it holds; it opens none."""
    made = _engines.get((os.getpid(), settings().database))
    if made is None or not isinstance(made.pool, QueuePool):
        return 0, 0
    return made.pool.checkedout(), made.pool.checkedin() + made.pool.checkedout()


def checkpoint() -> None:
    """Write SQLite's journal back into its file and empty it, so that what was deleted is gone from the disk, too.

    Nothing on PostgreSQL. Waits for readers as long as for locks; where they stay, the next time does it.
    """
    if engine().dialect.name != "sqlite":
        return
    connection = engine().raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def dispose() -> None:
    """Close this process's connections."""
    for key in [key for key in _engines if key[0] == os.getpid()]:
        _engines.pop(key).dispose()


def is_sqlite(db: Session) -> bool:
    """Whether this session talks to SQLite."""
    return db.get_bind().dialect.name == "sqlite"


@contextmanager
def transaction(*, write: bool) -> Iterator[Session]:
    """One session in one transaction, as a block: committed at the end, rolled back on any error.

    On SQLite a writing one takes the write lock at its beginning, so that two writers wait for each other
    instead of one failing in its middle.
    """
    with Session(engine().execution_options(tamemap_write=write), expire_on_commit=False) as db, db.begin():
        yield db
