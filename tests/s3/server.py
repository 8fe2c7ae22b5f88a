"""A store that speaks S3 (npm's s3rver, which knows its keys) on loopback."""

from __future__ import annotations

import fcntl
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
BUCKET = "tamemap-pictures"


def install() -> None:
    """Install the store where it is missing; ``make test`` has done so already."""
    with (HERE / "package-lock.json").open() as lock:
        # tests run in several processes
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (HERE / "node_modules" / ".package-lock.json").exists():
            subprocess.run([BIN / "npm", "ci", "--no-audit", "--no-fund"], cwd=HERE, check=True, capture_output=True, timeout=300)


def command(folder: Path, port: int = 0) -> list[str]:
    """The command of a store that keeps its bucket below this folder; without a port it takes any and says which."""
    program = HERE / "node_modules" / "s3rver" / "bin" / "s3rver.js"
    where = ["-d", str(folder), "-a", "127.0.0.1", "-p", str(port)]
    return [str(BIN / "node"), str(program), *where, "--no-vhost-buckets", "--configure-bucket", BUCKET]


def address(port: int | str) -> str:
    """Its address as the settings take it."""
    return f"s3://S3RVER:S3RVER@127.0.0.1:{port}/{BUCKET}/town?tls=off"


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address (``s3://…``, as the settings take it) of a store that keeps an empty bucket below this folder."""
    install()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            command(folder), cwd=HERE, text=True, stdout=subprocess.PIPE, stderr=log, start_new_session=True
        )
        try:
            line = ""
            while not (found := re.search(r"listening on \S+?:(\d+)", line)):
                line = process.stdout.readline()
                assert line, log.seek(0) or log.read()
            yield address(found[1])
        finally:
            # the node of our environment is a program that starts another one
            subprocess.run(["/bin/kill", "--", f"-{process.pid}"], check=False)
            process.wait(timeout=20)
