"""Bringing the tables up to date: Alembic only, forward only."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config

from alembic import command

INI = Path(__file__).parent.parent / "alembic.ini"


def migrate() -> None:
    """Upgrade the database in the settings to the newest tables."""
    command.upgrade(Config(str(INI)), "head")
