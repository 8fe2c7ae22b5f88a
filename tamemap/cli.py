"""The commands of an installation: ``python -m tamemap run|work|migrate|demo|install|grant|check|…``.

The words are those of the locale files, Japanese unless the terminal's language (``LC_ALL``, ``LANG``) is English.
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import InterfaceError, OperationalError

from tamemap import cli_backup, cli_check, cli_data, cli_readings, cli_run
from tamemap.cli_settings import misspelt, settings_mistakes
from tamemap.cli_words import error_words, words
from tamemap.errors import TamemapError
from tamemap.migration import migrate
from tamemap.services.people import ROLES
from tamemap.ui.build import build

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log = logging.getLogger(__name__)


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="python -m tamemap", description=words("cli.about"), epilog=words("cli.settings"))
    commands = top.add_subparsers(dest="command", required=True, metavar=words("cli.command"))

    def command(name: str, act: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=words(f"cli.help.{name}"), description=words(f"cli.help.{name}"))
        made.set_defaults(act=act)
        return made

    _running(command)
    _content(command)
    backup = command("backup", lambda chosen: cli_backup.backup(chosen.folder))
    backup.add_argument("folder", type=Path, metavar="DIR")
    restore = command("restore", lambda chosen: cli_backup.restore(chosen.folder))
    restore.add_argument("folder", type=Path, metavar="DIR")
    command("check", lambda _: cli_check.check())
    return top


def _running(command: Callable[..., argparse.ArgumentParser]) -> None:
    run = command("run", cli_run.run)
    run.add_argument("--host", default=None, help=words("cli.option.host"))
    run.add_argument("--port", type=int, default=None, help=words("cli.option.port"))
    run.add_argument("--no-demo", action="store_true", help=words("cli.option.no_demo"))
    run.add_argument("--no-worker", action="store_true", help=words("cli.option.no_worker"))
    work = command("work", cli_run.work)
    work.add_argument("--parent", type=int, default=None, metavar="PID", help=words("cli.option.parent"))
    command("migrate", _migrate)
    command("build", _build)


def _migrate(_chosen: argparse.Namespace) -> int:
    migrate()
    return 0


def _build(_chosen: argparse.Namespace) -> int:
    build()
    return 0


def _content(command: Callable[..., argparse.ArgumentParser]) -> None:
    demo = command("demo", cli_data.demo)
    demo.add_argument("--reset", action="store_true", help=words("cli.option.reset"))
    demo.add_argument("--yes", action="store_true", help=words("cli.option.yes"))
    install = command("install", cli_data.install)
    install.add_argument("regions", nargs="*", metavar="REGION", help=words("cli.option.regions"))
    install.add_argument("--all", action="store_true", help=words("cli.option.all"))
    grant = command("grant", cli_data.grant)
    grant.add_argument("mail", metavar="MAIL")
    grant.add_argument("role", choices=ROLES, metavar="ROLE", help=words("cli.option.role"))
    grant.add_argument("--municipality", metavar="CODE", default=None, help=words("cli.option.municipality"))
    grant.add_argument("--region", metavar="SLUG", default=None, help=words("cli.option.region"))
    export = command("export", cli_data.export)
    export.add_argument("--map", required=True, metavar="SLUG", help=words("cli.option.map"))
    export.add_argument("--to", type=Path, default=None, metavar="FILE", help=words("cli.option.to"))
    searched = command("search", cli_data.search)
    searched.add_argument("--rebuild", action="store_true", help=words("cli.option.rebuild"))
    read = command("readings", cli_readings.readings)
    read.add_argument("what", choices=("report",), help=words("cli.option.readings"))
    read.add_argument("--json", action="store_true", help=words("cli.option.json"))
    imported = command("import", cli_data.import_)
    imported.add_argument("file", type=Path, metavar="FILE")
    imported.add_argument("--kind", choices=("facilities",), default="facilities", help=words("cli.option.kind"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, or 1 with a sentence on stderr that says what to do."""
    chosen = parser().parse_args(arguments)
    if chosen.command != "check" and not _settings_fine():
        return 1
    try:
        status: int = chosen.act(chosen)
    except TamemapError as error:
        print(error_words(error), file=sys.stderr)
    except (OperationalError, InterfaceError) as error:
        print(words("cli.check.database_away", why=str(error.orig).partition("\n")[0]), file=sys.stderr)
    except OSError as error:
        print(words("cli.failed", what=error.filename or "", why=error.strerror or error), file=sys.stderr)
    else:
        return status
    log.debug("%s failed", chosen.command, exc_info=True)
    return 1


def _settings_fine() -> bool:
    """Whether the settings can be used; says what cannot, and warns of names that mean nothing: a slip of the finger in
    the database's name would quietly begin another town on SQLite."""
    for name in misspelt():
        print(words("cli.check.setting_unknown", name=name), file=sys.stderr)
    for said in (found := settings_mistakes()):
        print(said, file=sys.stderr)
    return not found
