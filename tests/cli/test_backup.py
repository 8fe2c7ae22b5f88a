"""A backup brings everything back, into an empty installation and only there."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import text
from sqlmodel import SQLModel, func, select

from tamemap import cli, config, db
from tamemap.config import settings
from tamemap.gateways.storage import storage_from
from tamemap.models import Flyer, Person, Picture
from tamemap.services import flyers, pictures
from tests.factories import HITOYOSHI, OFFICES

TABLES = SQLModel.metadata.sorted_tables


@pytest.fixture
def lived_in(world, monkeypatch, tmp_path):
    """An installation in which Aki has posted a flyer, with a key of its own in its data directory."""
    monkeypatch.setenv("TAMEMAP_SECRET_KEY", "")
    config.settings.cache_clear()
    Image.new("RGB", (640, 900), "orange").save(tmp_path / "flyer.png")
    prepared = pictures.prepare((tmp_path / "flyer.png").read_bytes())
    lat, lng = OFFICES[HITOYOSHI]
    raw = {"title": "控えの市", "category": "market", "lat": str(lat), "lng": str(lng)}
    with db.transaction(write=True) as session:
        waiting = pictures.keep(session, world.aki, prepared=prepared)
        flyers.post(session, world.aki, raw=raw, picture_ids=(waiting[0].public_id,), may_post=True, outside=True)
    return world


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """Turns to another, empty installation of the same kind."""
    made = []

    def turn() -> None:
        monkeypatch.setenv("TAMEMAP_DATA_DIR", str(tmp_path / "elsewhere"))
        url = settings().database
        if url.startswith("sqlite"):
            url = f"sqlite:///{tmp_path / 'elsewhere' / 'tamemap.db'}"
        else:
            server, _, name = url.rpartition("/")
            made.append((server, f"{name}_elsewhere"))
            _admin(server, f"DROP DATABASE IF EXISTS {name}_elsewhere", f"CREATE DATABASE {name}_elsewhere")
            url = f"{url}_elsewhere"
        monkeypatch.setenv("TAMEMAP_DATABASE_URL", url)
        config.settings.cache_clear()

    yield turn
    db.dispose()
    for server, name in made:
        _admin(server, f"DROP DATABASE {name} WITH (FORCE)")


def _admin(server: str, *statements: str) -> None:
    engine = db.make_engine(f"{server}/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def everything() -> dict[str, list[tuple]]:
    """All rows of all tables."""
    with db.transaction(write=False) as session:
        return {table.name: sorted(map(tuple, session.execute(table.select())), key=repr) for table in TABLES}


def test_everything_comes_back(lived_in, elsewhere, tmp_path, capsys):
    before, folder = everything(), tmp_path / "backup"
    secret, push_key = settings().secret(), settings().push_private()
    with db.transaction(write=False) as session:
        picture = session.exec(select(Picture)).one()
    names = {picture.original, picture.variants["320"]["jpeg"], picture.variants["320"]["avif"]}
    bytes_before = {name: storage_from(settings()).get(name) for name in names}
    assert cli.main(["backup", str(folder)]) == 0
    elsewhere()
    assert cli.main(["restore", str(folder)]) == 0
    assert everything() == before
    assert (settings().secret(), settings().push_private()) == (secret, push_key)
    store = storage_from(settings())
    assert {name: store.get(name) for name in names} == bytes_before
    # an original has not become public on its way
    assert store.path(picture.original) is None
    assert len(before["flyer"]) == 1
    assert len(before["placement"]) == 2


def test_only_its_owner_can_read_it(lived_in, tmp_path):
    folder = tmp_path / "backup"
    cli.main(["backup", str(folder)])
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.iterdir())}
    assert modes["backup"] == 0o700
    assert modes["secret_key"] == 0o600
    assert next(mode for name, mode in modes.items() if name.startswith("database.")) == 0o600


def test_a_folder_with_something_in_it_is_not_written_to(lived_in, tmp_path, capsys):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    assert cli.main(["backup", str(tmp_path / "photos")]) == 1
    assert "もう何か入っています" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_nothing_is_restored_over_an_installation_in_use(lived_in, tmp_path, capsys):
    cli.main(["backup", str(tmp_path / "backup")])
    with db.transaction(write=True) as session:
        session.exec(select(Flyer)).one().title = "控えのあとの市"
    before = everything()
    assert cli.main(["restore", str(tmp_path / "backup")]) == 1
    assert "上書きはしません" in capsys.readouterr().err
    # not even when only the rows are in the way
    shutil.rmtree(settings().data_dir / "store")
    assert cli.main(["restore", str(tmp_path / "backup")]) == 1
    assert everything() == before


def test_another_key_is_not_replaced(lived_in, elsewhere, tmp_path, capsys):
    cli.main(["backup", str(tmp_path / "backup")])
    elsewhere()
    other = settings().secret()
    assert cli.main(["restore", str(tmp_path / "backup")]) == 1
    assert "鍵" in capsys.readouterr().err
    assert settings().secret() == other


@pytest.mark.parametrize("manifest", [None, "not json", '{"format": 99, "database": "sqlite"}', "[]"])
def test_what_is_no_backup_is_refused(world, elsewhere, tmp_path, capsys, manifest):
    folder = tmp_path / "backup"
    folder.mkdir()
    if manifest is not None:
        (folder / "manifest.json").write_text(manifest)
    elsewhere()
    assert cli.main(["restore", str(folder)]) == 1
    assert "控えのフォルダではありません" in capsys.readouterr().err


def test_a_backup_of_another_database_or_of_a_newer_tamemap_is_refused(lived_in, elsewhere, tmp_path, capsys):
    folder = tmp_path / "backup"
    cli.main(["backup", str(folder)])
    manifest = json.loads((folder / "manifest.json").read_text())
    elsewhere()
    (folder / "manifest.json").write_text(json.dumps(manifest | {"revision": "9999", "tamemap": "7.0"}))
    assert cli.main(["restore", str(folder)]) == 1
    assert "（7.0）" in capsys.readouterr().err
    if manifest["database"] == "sqlite":
        (folder / "manifest.json").write_text(json.dumps(manifest | {"database": "postgresql"}))
        (folder / "database.sql").write_bytes(b"")
        assert cli.main(["restore", str(folder)]) == 1
        assert "postgresql" in capsys.readouterr().err


def test_a_key_from_the_environment_stays_there(world, tmp_path, capsys):
    assert cli.main(["backup", str(tmp_path / "backup")]) == 0
    assert "TAMEMAP_SECRET_KEY" in capsys.readouterr().out
    assert not (tmp_path / "backup" / "secret_key").exists()


def test_postgresqls_tools_that_are_missing_are_named(world, monkeypatch, tmp_path, capsys):
    if settings().database.startswith("sqlite"):
        monkeypatch.setenv("TAMEMAP_DATABASE_URL", "postgresql://nobody:hush@127.0.0.1:1/none")
        config.settings.cache_clear()
        monkeypatch.setattr("tamemap.cli_backup.present_revision", lambda: "0001")
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert cli.main(["backup", str(tmp_path / "backup")]) == 1
    assert "pg_dump" in capsys.readouterr().err
    assert not (tmp_path / "backup" / "manifest.json").exists()


def test_a_database_that_does_not_answer_says_so_without_its_password(monkeypatch, tmp_path, capsys, world):
    if shutil.which("pg_dump"):
        monkeypatch.setenv("TAMEMAP_DATABASE_URL", "postgresql://nobody:hush@127.0.0.1:1/none")
        config.settings.cache_clear()
        monkeypatch.setattr("tamemap.cli_backup.present_revision", lambda: "0001")
        assert cli.main(["backup", str(tmp_path / "backup")]) == 1
        said = capsys.readouterr().err
        assert "127.0.0.1" in said
        assert "hush" not in said + os.environ.get("PGPASSWORD", "")


def test_the_restored_installation_goes_on(lived_in, elsewhere, tmp_path):
    cli.main(["backup", str(tmp_path / "backup")])
    elsewhere()
    cli.main(["restore", str(tmp_path / "backup")])
    with db.transaction(write=True) as session:
        session.add(Person(name="Gen", mail="gen@example.jp", created_at=session.exec(select(func.max(Flyer.created_at))).one()))
    with db.transaction(write=False) as session:
        assert session.exec(select(func.count()).select_from(Person)).one() == 6
