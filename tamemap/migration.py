"""Bringing the tables up to date: Alembic only, forward only."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from alembic import command
from tamemap import db as database
from tamemap.errors import Conflict

INI = Path(__file__).parent.parent / "alembic.ini"


def migrate() -> None:
    """Upgrade the database in the settings to the newest tables. Raises Conflict ``tables_newer`` where a newer program has been
    there: what is older than its tables serves on, but does not begin.
    """
    with database.engine().connect() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
    if present and present not in known():
        raise Conflict("tables_newer")
    command.upgrade(Config(str(INI)), "head")


@lru_cache(maxsize=1)
def newest() -> str:
    """The revision of the tables that this program needs."""
    return ScriptDirectory.from_config(Config(str(INI))).get_current_head() or ""


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The revisions of tables that this program knows: any other one was made by a newer program."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(Config(str(INI))).walk_revisions())
