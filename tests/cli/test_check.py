"""``check`` shows every setting, hides what is secret, and finds what is wrong."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tamemap import cli, clock, config, db
from tamemap.cli_check import without_password
from tamemap.config import Settings, settings
from tamemap.domain.actors import SYSTEM
from tamemap.gateways.push import public_key
from tamemap.i18n import t
from tamemap.services import housekeeping
from tests.conftest import NOON


@pytest.fixture
def checked(world, monkeypatch, capsys):
    """Runs ``check`` with these variables; answers the exit status and what was said."""

    def run(**variables: str) -> tuple[int, str]:
        for name, value in variables.items():
            monkeypatch.setenv(f"TAMEMAP_{name.upper()}", value)
        config.settings.cache_clear()
        status = cli.main(["check"])
        return status, capsys.readouterr().out

    yield run
    config.settings.cache_clear()


def wrong(key: str, **params: object) -> str:
    return f"[{t('cli.check.wrong')}] {t('cli.check.' + key, **params)}"


def warned(key: str, **params: object) -> str:
    return f"[{t('cli.check.warning')}] {t('cli.check.' + key, **params)}"


def fine(key: str, **params: object) -> str:
    return f"[{t('cli.check.fine')}] {t('cli.check.' + key, **params)}"


def test_an_installation_in_order_has_nothing_wrong(checked):
    with db.transaction(write=True) as session:
        housekeeping.beat(session, SYSTEM, name="worker")
    status, said = checked()
    assert status == 0
    assert said.endswith(t("cli.check.all_fine") + "\n")
    assert fine("towns", maps=5, flyers=0) in said
    assert fine("geocoder_off") in said
    assert fine("worker_fine", seconds=0) in said
    assert warned("base_url_unset") in said


def test_every_setting_is_shown(checked):
    _, said = checked()
    assert [name for name in Settings.model_fields if f"TAMEMAP_{name.upper()} " not in said] == []


def test_no_password_and_no_key_is_shown(checked):
    _, said = checked(secret_key="k3y-hush", mail_url="smtp://town:m4il-hush@127.0.0.1:1", redis_url="redis://:r3dis-hush@127.0.0.1:1/0",
                      database_url="postgresql://town:d4ta-hush@127.0.0.1:1/tamemap")  # fmt: skip
    assert "hush" not in said
    assert "smtp://town:***@127.0.0.1:1" in said
    assert "postgresql+psycopg://town:***@127.0.0.1:1/tamemap" in said


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("smtp://a:b@host:25", "smtp://a:***@host:25"),
        ("smtp://a@host", "smtp://a@host"),
        ("redis://:p@ss@host/0", "redis://:***@host/0"),
        ("s3://bucket?secret=1", "s3://bucket?***"),
        ("file:///srv/store", "file:///srv/store"),
    ],
)
def test_addresses_lose_their_passwords(address, shown):
    assert without_password(address) == shown


def test_a_misspelt_setting_is_found(checked, monkeypatch, tmp_path):
    status, said = checked(base_ulr="https://tamemap.example.jp")
    assert status == 1
    assert wrong("setting_unknown", name="TAMEMAP_BASE_ULR") in said
    monkeypatch.delenv("TAMEMAP_BASE_ULR")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("TAMEMAP_POTR=80\n")
    assert wrong("setting_unknown", name="TAMEMAP_POTR") in checked()[1]


def test_a_setting_that_cannot_be_read_is_named(checked):
    status, said = checked(port="eighty", geocoder="google")
    assert status == 1
    assert f"[{t('cli.check.wrong')}] TAMEMAP_PORT：" in said
    assert f"[{t('cli.check.wrong')}] TAMEMAP_GEOCODER：" in said
    assert t("cli.check.some_wrong", count=2) in said


def test_a_database_that_is_away_or_old_is_found(checked, tmp_path):
    status, said = checked(database_url="postgresql://town@127.0.0.1:1/tamemap")
    assert status == 1
    assert t("cli.check.database_away", why="") in said
    status, said = checked(database_url=f"sqlite:///{tmp_path / 'none.db'}")
    assert status == 1
    assert wrong("database_old") in said
    assert not (tmp_path / "none.db").exists()


def test_tables_of_a_newer_program_are_found_and_nothing_begins_on_them(checked, tmp_path, capsys):
    with closing(sqlite3.connect(tmp_path / "new.db")) as newer:
        newer.executescript("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('9999')")
    status, said = checked(database_url=f"sqlite:///{tmp_path / 'new.db'}")
    assert (status, wrong("database_newer") in said) == (1, True)
    assert cli.main(["migrate"]) == 1
    assert capsys.readouterr().err == t("errors.tables_newer") + "\n"


def test_a_data_directory_that_cannot_be_written_to_is_found(checked, tmp_path):
    (tmp_path / "file").write_text("in the way")
    status, said = checked(data_dir=str(tmp_path / "file" / "var"), database_url="")
    assert status == 1
    assert t("cli.check.data_readonly", path=tmp_path / "file" / "var", why="") in said


def test_a_key_that_others_can_read_is_found(checked):
    path = settings().data_dir / "secret_key"
    path.write_text("open")
    path.chmod(0o644)
    assert warned("secret_open", path=path) in checked()[1]


def test_a_mail_server_is_asked_whether_it_is_there(checked):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert fine("mail_fine", host="127.0.0.1", port=port) in checked(mail_url=f"smtp://127.0.0.1:{port}")[1]
    status, said = checked(mail_url=f"smtp://127.0.0.1:{port}")
    assert status == 1
    assert t("cli.check.mail_away", host="127.0.0.1", port=port, why="") in said
    assert checked(mail_url="pigeon://loft")[0] == 1
    assert warned("mail_none") in checked(mail_url="null:")[1]
    assert warned("mail_folder", path=settings().data_dir / "mail") in checked(mail_url="")[1]


@pytest.mark.parametrize(
    ("address", "status", "finding"),
    [
        ("https://tamemap.example.jp/", 0, fine("base_url_fine", url="https://tamemap.example.jp/")),
        ("http://tamemap.example.jp", 0, warned("base_url_http", url="http://tamemap.example.jp")),
        ("http://localhost:8000", 0, fine("base_url_fine", url="http://localhost:8000")),
        ("https://example.jp/tamemap", 1, wrong("base_url_wrong", url="https://example.jp/tamemap")),
        ("tamemap.example.jp", 1, wrong("base_url_wrong", url="tamemap.example.jp")),
    ],
)
def test_the_public_address_is_looked_at(checked, address, status, finding):
    found, said = checked(base_url=address)
    assert (found, finding in said) == (status, True)


def test_a_proxy_in_front_of_https_is_asked_for(checked):
    assert warned("proxies") in checked(base_url="https://tamemap.example.jp")[1]
    assert warned("proxies") not in checked(base_url="https://tamemap.example.jp", trusted_proxies="1")[1]


def test_tiles_redis_and_storage_are_looked_at(checked):
    assert wrong("tiles_wrong") in checked(tile_url="https://tiles.example.jp/{z}/{x}.png")[1]
    assert t("cli.check.redis_away", why="") in checked(tile_url="", redis_url="redis://127.0.0.1:1")[1]
    status, said = checked(redis_url="", workers="2")
    assert status == 1
    assert t("cli.run.workers_need_redis", workers=2) in said
    assert t("cli.check.storage_wrong", why="") in checked(workers="1", storage_url="ftp://old")[1]


def test_a_geocoder_without_network_is_a_warning_only(checked):
    status, said = checked(geocoder="gsi", geocoder_url="http://127.0.0.1:1/search")
    assert status == 0
    assert warned("geocoder_away", host="127.0.0.1") in said


def test_a_silent_worker_is_a_warning(checked):
    with db.transaction(write=True) as session:
        housekeeping.beat(session, SYSTEM, name="worker")
    with clock.frozen_at(NOON + timedelta(minutes=2)):
        assert fine("worker_fine", seconds=120) in checked()[1]
    with clock.frozen_at(NOON + timedelta(minutes=4)):
        assert warned("worker_silent") in checked()[1]


def test_node_is_the_one_that_came_with_pip(checked, monkeypatch, tmp_path):
    assert t("cli.check.node_fine", version="v") in checked()[1]
    (tmp_path / "node").write_text("#!/bin/sh\necho v18.19.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setattr("tamemap.cli_check.sys.executable", str(tmp_path / "python"))
    status, said = checked()
    assert status == 1
    assert wrong("node_old", version="v18.19.0") in said
    Path(tmp_path / "node").unlink()
    assert wrong("node_missing") in checked()[1]


def test_the_key_for_notices_on_devices_is_looked_at_and_not_made(checked):
    kept = settings().data_dir / "push_key"
    assert fine("push_new") in checked()[1]
    assert not kept.exists()
    assert fine("push_fine", public=public_key(settings())) in checked()[1]
    kept.chmod(0o644)
    assert warned("push_open", path=kept) in checked()[1]
    assert wrong("push_wrong") in checked(push_key="nonsense")[1]
    assert fine("push_off") in checked(push="off")[1]
