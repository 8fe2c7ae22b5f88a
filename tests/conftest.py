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
from redis import Redis
from sqlalchemy import text

from alembic import command
from tamemap import clock, config, db
from tamemap.domain.actors import Actor
from tamemap.queries import pinned, place_names
from tamemap.queries.people import actor_of_person
from tests import factories, redis_server
from tests.beginnings import Kept, beginning
from tests.s3 import server
from tests.sharing import TownTogether

ROOT = Path(__file__).parent.parent
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # Sunday, 12:00 in Tokyo


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """The browser tests in one process, beside the others in the second."""
    return TownTogether(config, log)


# as an installation with PostgreSQL and Redis alone: TAMEMAP_TEST_DATABASE=postgresql bash tests/run.sh
ALL_REAL = os.environ.get("TAMEMAP_TEST_DATABASE") == "postgresql"


def _databases() -> list[str]:
    """SQLite always, unless ``ALL_REAL``; PostgreSQL when ``make test`` started one and says where."""
    found = ["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else []
    return found if ALL_REAL else ["sqlite", *found]


def pytest_collection_modifyitems(config, items):
    """What is marked ``one_database`` asks for nothing that another database answers otherwise: it runs on the first alone."""
    twice = [one for one in items if one.get_closest_marker("one_database") and _kind(one) not in {"", _databases()[0]}]
    config.hook.pytest_deselected(items=twice)
    dropped = set(twice)
    items[:] = [one for one in items if one not in dropped]


def _kind(item) -> str:
    return item.callspec.params.get("migrated", "") if hasattr(item, "callspec") else ""


def _shared_redis() -> str:
    """The Redis of an installation with all real parts, each test process in a database of its own; empty for none."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    return f"{os.environ['TAMEMAP_TEST_REDIS']}/{number}" if ALL_REAL else ""


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
        url = fresh_postgresql(os.environ["TAMEMAP_TEST_POSTGRESQL"], "test")
    _migrate(url)
    yield url, folder
    db.dispose()


def fresh_postgresql(server: str, purpose: str) -> str:
    """The address of an empty database on this server, of this process alone."""
    name = f"tamemap_{purpose}_{os.getpid()}"
    admin = db.make_engine(server + "/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server}/{name}"


@pytest.fixture(scope="session")
def first_morning(migrated):
    """The towns and the cast as every test finds them, made once: what puts the database back to it, and ``Cast``."""
    url, folder = migrated
    with pytest.MonkeyPatch.context() as patch, _installation(patch, url, folder):
        with clock.frozen_at(NOON), db.transaction(write=True) as session:
            cast = Cast(**factories.cast(session))
        return beginning(url), cast


@pytest.fixture(scope="session")
def kept(migrated, tmp_path_factory):
    """Larger worlds of this database, each made once: for fixtures that ask for ``world``, too."""
    return Kept(tmp_path_factory.mktemp("kept"))


@contextmanager
def _installation(patch, url, folder):
    """The settings of an installation with this database."""
    patch.setenv("TAMEMAP_DATABASE_URL", url)
    patch.setenv("TAMEMAP_DATA_DIR", tempfile.mkdtemp(dir=folder))
    patch.setenv("TAMEMAP_SECRET_KEY", "only-for-tests")
    patch.setenv("TAMEMAP_GEOCODER", "off")
    patch.setenv("TAMEMAP_REDIS_URL", _shared_redis())
    config.settings.cache_clear()
    try:
        yield
    finally:
        config.settings.cache_clear()


@pytest.fixture
def world(migrated, first_morning, monkeypatch):
    """A clean installation at noon on 2026-11-22 with the region's towns and the cast; yields ``Cast``."""
    clean, cast = first_morning
    with _installation(monkeypatch, *migrated):
        clean.put_back()
        # every test's world begins with the same versions: what another one's maps showed must be forgotten
        pinned.forget()
        place_names.forget()
        if shared := _shared_redis():
            with Redis.from_url(shared) as client:
                client.flushdb()
        with clock.frozen_at(NOON):
            yield cast


@dataclass(frozen=True)
class Cast:
    """The people of the tests, as actors."""

    aki: Actor
    ben: Actor
    chie: Actor
    dai: Actor
    emi: Actor
    fumi: Actor


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """The address of a store that speaks S3, as ``TAMEMAP_STORAGE_URL`` takes it."""
    with server.running(tmp_path_factory.mktemp("s3")) as address:
        yield address


@pytest.fixture(scope="session")
def redis_url():
    """The Redis that ``make test`` has started, else one that is started here; skips where none is installed."""
    with redis_server.running() as address:
        yield address


@pytest.fixture
def tx(world):
    """A writing transaction, rolled back after the test by the next clean world."""
    with db.transaction(write=True) as session:
        yield session


__all__ = ["actor_of_person"]
