"""The commands as an operator types them: what they do, what they say, how they end."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import cli, cli_run, db
from tamemap.demo.content import MARK
from tamemap.i18n import words
from tamemap.models import Heartbeat, Map, Person, Role
from tamemap.services.people import ROLES
from tests.factories import HITOYOSHI

COMMANDS = (
    "run",
    "work",
    "migrate",
    "build",
    "demo",
    "install",
    "grant",
    "readings",
    "export",
    "import",
    "backup",
    "restore",
    "check",
)


@pytest.fixture(autouse=True)
def japanese(monkeypatch):
    """A terminal that says nothing about its language."""
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def test_the_help_names_every_command_in_japanese_and_in_english(capsys, monkeypatch):
    for lang, terminal in (("ja", "ja_JP.UTF-8"), ("en", "en_GB.UTF-8")):
        monkeypatch.setenv("LANG", terminal)
        with pytest.raises(SystemExit) as ended:
            cli.main(["--help"])
        said = " ".join(capsys.readouterr().out.split())
        assert ended.value.code == 0
        for command in COMMANDS:
            assert f"{command} " in said
            assert words(lang)[f"cli.help.{command}"][:20] in said


def test_every_command_explains_itself(capsys):
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            cli.main([command, "--help"])
        assert ended.value.code == 0
        assert command in capsys.readouterr().out


def test_no_command_is_told_what_there_is(capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_grant_makes_somebody_staff_of_a_town(world, capsys):
    assert cli.main(["grant", "Gen@Example.jp", "staff", "--municipality", "43203"]) == 0
    assert capsys.readouterr().out == f"gen@example.jp さんは、これから職員です。{HITOYOSHI}\n"
    with db.transaction(write=False) as session:
        roles = session.exec(select(Role.role, Role.municipality_code).join(Person).where(Person.mail == "gen@example.jp")).all()
    assert [tuple(row) for row in roles] == [("staff", HITOYOSHI)]
    assert cli.main(["grant", "gen@example.jp", "staff", "--municipality", HITOYOSHI]) == 0
    assert capsys.readouterr().out == f"gen@example.jp さんは、前から職員です。{HITOYOSHI}\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["no-mail", "member"], "mail_wrong"),
        (["gen@example.jp", "staff"], "role_needs_municipality"),
        (["gen@example.jp", "staff", "--municipality", "432039"], "code_wrong"),
        (["gen@example.jp", "operator", "--region", "nowhere"], "region_unknown"),
    ],
)
def test_a_wrong_grant_says_why_and_gives_nothing(world, capsys, arguments, code):
    assert cli.main(["grant", *arguments]) == 1
    assert capsys.readouterr().err == words()[f"errors.{code}"] + "\n"
    with db.transaction(write=False) as session:
        assert session.exec(select(Person).where(Person.mail == "gen@example.jp")).first() is None


def test_an_unknown_role_is_refused_with_the_known_ones(world, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["grant", "gen@example.jp", "king"])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert [role for role in ROLES if role not in said] == []


def test_install_lists_the_regions_when_none_is_named(world, capsys):
    assert cli.main(["install"]) == 1
    said = capsys.readouterr().out
    assert "hitoyoshi-kuma  人吉球磨  (人吉市 錦町" in said
    assert "rokko  鹿行  (鹿嶋市" in said


def test_install_refuses_a_region_that_is_not_bundled_before_it_begins(world, capsys):
    assert cli.main(["install", "rokko", "atlantis"]) == 1
    assert capsys.readouterr().err == "用意のない圏域です：atlantis\n"
    with db.transaction(write=False) as session:
        assert session.exec(select(Map).where(Map.slug == "kamisu")).first() is None


def test_install_creates_a_town_without_any_demo(world, capsys):
    assert cli.main(["install", "rokko"]) == 0
    assert capsys.readouterr().out == "鹿行：マップ 6 枚（新しく 4 枚）、場所 384 件\n"
    assert cli.main(["install", "--all"]) == 0
    assert "鹿行：マップ 6 枚（新しく 0 枚）" in capsys.readouterr().out
    with db.transaction(write=False) as session:
        assert session.get(Heartbeat, MARK) is None


def test_the_demo_is_not_loaded_into_a_town_in_use(world, capsys):
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == "この町はもう使われているので、見本は入れません。\n"
    assert cli.main(["demo", "--reset"]) == 1
    assert "--yes" in capsys.readouterr().err
    with db.transaction(write=False) as session:
        assert session.exec(select(Map.slug).order_by(Map.id)).first() == "hitoyoshi-kuma"


def test_run_without_demo_leaves_an_installation_as_it_is(world, monkeypatch):
    asked = []
    monkeypatch.setattr(cli_run, "serve", lambda: asked.append("serve"))
    monkeypatch.setattr(cli_run, "build", lambda: asked.append("build"))
    monkeypatch.setattr(cli_run, "is_fresh", lambda: False)
    monkeypatch.setattr(cli_run, "prepare_demo", lambda: asked.append("demo"))
    monkeypatch.setenv("TAMEMAP_PORT", str(_free_port()))
    assert cli.main(["run", "--no-demo", "--no-worker"]) == 0
    assert asked == ["build", "serve"]
    assert cli.main(["run", "--no-worker"]) == 0
    assert asked == ["build", "serve", "demo", "build", "serve"]


def _free_port() -> int:
    with cli_run.socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
