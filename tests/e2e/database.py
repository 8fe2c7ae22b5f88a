"""The database and the Redis of an installation that browsers come to, as ``TAMEMAP_TEST_DATABASE`` wishes them, and its rows."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from redis import Redis
from sqlalchemy import inspect, text

from tamemap import db
from tests.conftest import ALL_REAL, fresh_postgresql

if TYPE_CHECKING:
    from pathlib import Path

# away from those of the tests' processes (0, 1) and of single tests (from 9)
REDIS_NUMBERS = {"providers": 7, "town": 8}


def settings_of(name: str, folder: Path) -> dict[str, str]:
    """The settings of an installation with an empty database of this name: SQLite in the folder and no Redis, or, where all is
    tested with real parts, PostgreSQL, an empty Redis and two server processes that share them."""
    if not ALL_REAL:
        return {"TAMEMAP_DATA_DIR": str(folder), "TAMEMAP_DATABASE_URL": "", "TAMEMAP_REDIS_URL": ""}
    redis = f"{os.environ['TAMEMAP_TEST_REDIS']}/{REDIS_NUMBERS[name]}"
    with Redis.from_url(redis) as client:
        client.flushdb()
    return {
        "TAMEMAP_DATA_DIR": str(folder),
        "TAMEMAP_DATABASE_URL": fresh_postgresql(os.environ["TAMEMAP_TEST_POSTGRESQL"], name),
        "TAMEMAP_REDIS_URL": redis,
        "TAMEMAP_WORKERS": "2",
    }


class Rows:
    """The rows of the database of an installation with these settings, read and changed beside the server that runs on it."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.url = settings["TAMEMAP_DATABASE_URL"] or f"sqlite:///{settings['TAMEMAP_DATA_DIR']}/tamemap.db"
        self.engine = db.make_engine(self.url).execution_options(tamemap_write=True)

    def read(self, query: str, **values: Any) -> list[tuple]:
        """The rows that a query finds, with ``:name`` for its values."""
        with self.engine.execution_options(tamemap_write=False).connect() as connection:
            return [tuple(row) for row in connection.execute(text(query), values)]

    def change(self, statement: str, **values: Any) -> None:
        """Carry out one statement."""
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)

    def tables(self) -> list[str]:
        """The names of all tables."""
        return inspect(self.engine).get_table_names()


def parsed(column: Any) -> Any:
    """What a column of JSON holds: SQLite gives its text, PostgreSQL the thing."""
    return json.loads(column) if isinstance(column, str) else column
