"""A setting that cannot be used, or means nothing, is said by every command in one sentence, without what it held."""

from __future__ import annotations

import pytest

from tamemap import cli, config
from tamemap.i18n import section, t


@pytest.fixture
def told(world, monkeypatch, capsys):
    """Runs a command with one variable; answers the exit status and what was said on the side."""

    def run(name: str, value: str, command: str = "migrate") -> tuple[int, str]:
        monkeypatch.setenv(name, value)
        config.settings.cache_clear()
        status = cli.main([command])
        return status, capsys.readouterr().err

    yield run
    config.settings.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("WORKERS", "two", t("cli.setting.int_parsing")),
        ("GRACE_SECONDS", "soon", t("cli.setting.float_parsing")),
        ("PORT", "0", t("cli.setting.greater_than_equal", ge=1)),
        ("PORT", "99999", t("cli.setting.less_than_equal", le=65535)),
        ("PUSH", "maybe", t("cli.setting.literal_error", expected="on、off")),
        ("DATABASE_URL", "mysql://town:hush@127.0.0.1/town", t("cli.setting.database_unknown")),
        ("DATABASE_URL", "postgresql+asyncpg://town:hush@127.0.0.1/town", t("cli.setting.database_unknown")),
        ("MAIL_URL", "pigeon://town:hush@loft", t("cli.setting.mail_unknown")),
        ("REDIS_URL", "http://town:hush@127.0.0.1", t("cli.setting.redis_unknown")),
    ],
)
def test_what_cannot_be_used_stops_every_command_with_one_sentence(told, name, value, why):
    for command in ("migrate", "run", "work", "install"):
        status, said = told(f"TAMEMAP_{name}", value, command)
        assert (status, said) == (1, t("cli.check.setting_wrong", name=f"TAMEMAP_{name}", why=why) + "\n")


def test_a_store_that_nobody_knows_stops_every_command(told):
    assert told("TAMEMAP_STORAGE_URL", "ftp://town:hush@old") == (1, t("errors.storage_unknown") + "\n")


def test_a_database_that_does_not_answer_is_said_in_a_sentence(told):
    status, said = told("TAMEMAP_DATABASE_URL", "postgresql://town:hush@127.0.0.1:1/town")
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith(t("cli.check.database_away", why=""))
    assert "hush" not in said


def test_a_folder_that_cannot_be_made_is_said_in_a_sentence(told, tmp_path, monkeypatch):
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", "")
    (tmp_path / "file").write_text("no folder")
    status, said = told("TAMEMAP_DATA_DIR", str(tmp_path / "file" / "var"))
    assert (status, said.count("\n")) == (1, 1)
    assert str(tmp_path / "file") in said


def test_check_says_the_same_of_them(monkeypatch, capsys, world):
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", "mysql://town:hush@127.0.0.1/town")
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out
    assert t("cli.check.setting_wrong", name="TAMEMAP_DATABASE_URL", why=t("cli.setting.database_unknown")) in said
    assert "hush" not in said
    config.settings.cache_clear()


def test_a_misspelt_name_is_pointed_out_and_the_command_goes_on(told):
    assert told("TAMEMAP_DATABSE_URL", "postgresql://town:hush@127.0.0.1/town") == (
        0,
        t("cli.check.setting_unknown", name="TAMEMAP_DATABSE_URL") + "\n",
    )


@pytest.mark.parametrize("address", ["", "sqlite:///town.db", "postgres://h/t", "postgresql://h/t", "postgresql+psycopg://h/t"])
def test_the_databases_we_speak_are_taken(address):
    assert config.Settings(database_url=address).database_url == address


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_reason_of_ours_has_its_words(lang):
    assert {
        "int_parsing",
        "float_parsing",
        "greater_than_equal",
        "less_than_equal",
        "literal_error",
        "database_unknown",
        "other",
    } <= set(section("cli.setting", lang))
