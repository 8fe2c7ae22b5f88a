"""The rows of an SQLite database into an empty PostgreSQL: a town that has outgrown one file, by ``backup`` and ``restore``."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from sqlalchemy import bindparam
from sqlmodel import SQLModel, func, insert, select, text, update

from alembic import command
from tamemap import db as database
from tamemap.migration import INI, migrate
from tamemap.models import SearchEntry
from tamemap.services import search_index

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

AT_ONCE = 1000
# made anew: its words lie where each database looks for them
INDEX = SearchEntry.__tablename__


def load_across(dump: Path) -> None:
    """Write all rows of this SQLite file into the empty database of the settings, all or none, each under its number.

    The file may be of older tables and lie where nothing can be written. What is searched for is indexed anew.
    """
    migrate()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / dump.name
        shutil.copyfile(dump, copy)
        engine = database.make_engine(f"sqlite:///{copy}")
        with engine.connect() as source:
            ours = Config(str(INI))
            ours.attributes["connection"] = source
            command.upgrade(ours, "head")
            source.commit()
            with database.transaction(write=True) as db:
                for table in SQLModel.metadata.sorted_tables:
                    if table.name != INDEX:
                        _copy(source, db.connection(), table)
        engine.dispose()
    search_index.rebuild()


def _copy(source: Connection, target: Connection, table: Table) -> None:
    # a row may refer to a later one of its own table
    later = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    rows = source.execute(table.select().order_by(*table.primary_key)).mappings()
    referring: list[dict[str, Any]] = []
    for some in rows.partitions(AT_ONCE):
        target.execute(insert(table), [{**row, **dict.fromkeys(later)} for row in some])
        referring += [
            {"number": row["id"], **{name: row[name] for name in later}} for row in some if any(row[one] for one in later)
        ]
    if referring:
        target.execute(update(table).where(table.c.id == bindparam("number")), referring)
    if target.dialect.name == "postgresql" and "id" in table.c:
        _go_on_counting(target, table)


def _go_on_counting(target: Connection, table: Table) -> None:
    last = target.scalar(select(func.max(table.c.id)))
    if last is not None:
        quoted = target.dialect.identifier_preparer.quote(table.name)
        target.execute(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": quoted, "last": last})
