"""The commands of an installation: ``python -m tamemap run|work|migrate|demo|grant|check|…``."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from granian.server import Server
from reflex_base.constants import Env
from reflex_base.environment import environment

from tamemap.config import settings
from tamemap.migration import migrate
from tamemap.ui.build import ROOT, build

if TYPE_CHECKING:
    from collections.abc import Sequence


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    top = argparse.ArgumentParser(prog="python -m tamemap", description="Tamemap: a town's flyers and boards")
    commands = top.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="migrate, build the screens when needed, start server and worker")
    run.add_argument("--host", default=None)
    run.add_argument("--port", type=int, default=None)
    run.add_argument("--no-demo", action="store_true", help="load no demo towns into an empty database")
    run.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere (python -m tamemap work)")
    commands.add_parser("migrate", help="bring the database's tables up to date")
    commands.add_parser("build", help="build the screens if their sources changed")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    chosen = parser().parse_args(arguments)
    return {"run": run, "migrate": lambda _: migrate() or 0, "build": lambda _: build() or 0}[chosen.command](chosen)


def run(chosen: argparse.Namespace) -> int:
    """Serve until stopped. The worker is a process of its own, so that a photo at work never slows a reader."""
    if chosen.port:
        os.environ["TAMEMAP_PORT"] = str(chosen.port)
    if chosen.host:
        os.environ["TAMEMAP_HOST"] = chosen.host
    settings.cache_clear()
    os.chdir(ROOT)
    migrate()
    build()
    serve()
    return 0


def serve() -> None:
    """The HTTP server in this process's children; returns when it is told to stop."""
    environment.REFLEX_ENV_MODE.set(Env.PROD)
    environment.REFLEX_SKIP_COMPILE.set(True)
    environment.REFLEX_MOUNT_FRONTEND_COMPILED_APP.set(True)
    Server(
        target="tamemap.tamemap:app",
        factory=True,
        address=settings().host,
        port=settings().port,
        interface="asgi",
        workers=settings().workers,
        log_level=settings().log_level,
    ).serve()


__all__ = ["main", "parser", "signal", "subprocess", "sys"]
