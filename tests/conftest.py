"""The cast: Aki posts (a resident of 人吉市), Ben curates (staff of 人吉市), Chie is a stranger (signed in, lives elsewhere),
Dai is a guest without an account, Emi is the region's operator, Fumi is staff of the neighbouring 錦町."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import text
from sqlmodel import SQLModel

from alembic import command
from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.queries.people import actor_of_person
from tests import factories

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # Sunday, 12:00 in Tokyo


def _databases() -> list[str]:
    """SQLite always; PostgreSQL when ``make test`` started one and says where."""
    return ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])]


def _migrate(url: str) -> None:
    made = db.make_engine(url)
    with made.connect() as connection:
        migration = Config(str(ROOT / "alembic.ini"))
        migration.attributes["connection"] = connection
        command.upgrade(migration, "head")
        connection.commit()
    made.dispose()


@pytest.fixture(scope="session", params=_databases())
def migrated(request, tmp_path_factory):
    """A migrated database of each kind, with the towns of the test world in it: made once per run and worker."""
    folder = tmp_path_factory.mktemp("tamemap")
    url = f"sqlite:///{folder / 'test.db'}"
    if request.param == "postgresql":
        url = _fresh_postgresql(os.environ["TAMEMAP_TEST_POSTGRESQL"])
    _migrate(url)
    return url, folder


def _fresh_postgresql(server: str) -> str:
    name = f"tamemap_test_{os.getpid()}"
    admin = db.make_engine(server + "/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server}/{name}"


@contextmanager
def _audit_trail_open(session):
    """The database refuses to forget audit entries; between two tests they must go all the same."""
    if not db.is_sqlite(session):
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield
        session.execute(text("SET LOCAL session_replication_role = DEFAULT"))
        return
    triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in triggers:
        session.execute(text(f"DROP TRIGGER {name}"))
    yield
    for _, sql in triggers:
        session.execute(text(sql))


@pytest.fixture
def world(migrated, monkeypatch):
    """A clean installation at noon on 2026-11-22 with the region's towns and the cast; yields ``Cast``."""
    url, folder = migrated
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", url)
    monkeypatch.setenv("TAMEMAP_DATA_DIR", tempfile.mkdtemp(dir=folder))
    monkeypatch.setenv("TAMEMAP_SECRET_KEY", "only-for-tests")
    monkeypatch.setenv("TAMEMAP_GEOCODER", "off")
    config.settings.cache_clear()
    with clock.frozen_at(NOON):
        with db.transaction(write=True) as session, _audit_trail_open(session):
            for table in reversed(SQLModel.metadata.sorted_tables):
                session.execute(table.delete())
        with db.transaction(write=True) as session:
            cast = Cast(**factories.cast(session))
        yield cast
    db.dispose()
    config.settings.cache_clear()


@dataclass(frozen=True)
class Cast:
    """The people of the tests, as actors."""

    aki: Actor
    ben: Actor
    chie: Actor
    dai: Actor
    emi: Actor
    fumi: Actor


@pytest.fixture
def tx(world):
    """A writing transaction, rolled back after the test by the next clean world."""
    with db.transaction(write=True) as session:
        yield session


__all__ = ["actor_of_person"]
