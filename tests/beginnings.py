"""How every test gets the same clean world quickly: it is made once for each database, and put back before each test.

The engines stay from test to test, so that no statement is compiled twice.
"""

from __future__ import annotations

import shutil
import sqlite3
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.engine import make_url
from sqlmodel import SQLModel

from tamemap import db
from tamemap.config import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Beginning(Protocol):
    """A database as it was when this was made."""

    def put_back(self) -> None:
        """Make the database so again, whatever has been written since, the audit trail included."""


def beginning(url: str) -> Beginning:
    """Remember all that the database at this address, the one in the settings, holds now."""
    return SQLite(url) if url.startswith("sqlite") else PostgreSQL()


class SQLite:
    """All its pages are kept in memory, and copied back."""

    def __init__(self, url: str) -> None:
        self._path = make_url(url).database or ""
        self._kept = sqlite3.connect(":memory:", check_same_thread=False)
        here = sqlite3.connect(self._path)
        here.backup(self._kept)
        here.close()

    def put_back(self) -> None:
        # closed first: tests let other processes write here and read the file itself, which frees this process's locks
        db.engine().dispose()
        here = sqlite3.connect(self._path, timeout=30)
        here.execute("PRAGMA synchronous=OFF")
        self._kept.backup(here)
        here.close()


class PostgreSQL:
    """The few rows are kept as one script, which empties all tables first; numbers that were given are not given again."""

    def __init__(self) -> None:
        with db.engine().connect() as connection:
            self._script = ";\n".join(self._statements(connection))

    def _statements(self, connection: Any) -> Iterator[str]:
        # without triggers: the database refuses to forget audit entries, and the order does not matter
        yield "SET LOCAL session_replication_role = replica"
        names = [connection.dialect.identifier_preparer.format_table(table) for table in SQLModel.metadata.sorted_tables]
        yield from (f"DELETE FROM {name}" for name in names)  # noqa: S608
        for name in names:
            rows = connection.exec_driver_sql(f"SELECT json_agg(x)::text FROM {name} AS x").scalar()  # noqa: S608
            if rows:
                quoted = rows.replace("'", "''")
                yield f"INSERT INTO {name} SELECT * FROM json_populate_recordset(NULL::{name}, '{quoted}')"  # noqa: S608
        yield "SET LOCAL session_replication_role = DEFAULT"

    def put_back(self) -> None:
        with db.engine().begin() as connection:
            connection.connection.cursor().execute(self._script)


class Kept:
    """What takes seconds to make, rows and files: really made for the first test that wants it, and put back for the others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, tuple[Beginning, Path, Any]] = {}

    def or_made(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` answers, in a database and a data directory as they are after it; only into a clean world."""
        if name not in self._made:
            made = make()
            files = shutil.copytree(settings().data_dir, self._folder / name)
            self._made[name] = beginning(settings().database), files, deepcopy(made)
            return made
        clean, files, made = self._made[name]
        clean.put_back()
        shutil.copytree(files, settings().data_dir, dirs_exist_ok=True)
        return deepcopy(made)
