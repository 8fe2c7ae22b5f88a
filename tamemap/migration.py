"""Bringing the tables up to date: Alembic only, forward only."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from alembic import command

INI = Path(__file__).parent.parent / "alembic.ini"


def migrate() -> None:
    """Upgrade the database in the settings to the newest tables."""
    command.upgrade(Config(str(INI)), "head")


@lru_cache(maxsize=1)
def newest() -> str:
    """The revision of the tables that this program needs."""
    return ScriptDirectory.from_config(Config(str(INI))).get_current_head() or ""
