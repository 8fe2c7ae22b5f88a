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


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address (``s3://…``, as the settings take it) of a store that keeps an empty bucket below this folder."""
    install()
    program = HERE / "node_modules" / "s3rver" / "bin" / "s3rver.js"
    command = [
        BIN / "node",
        program,
        "-d",
        folder,
        "-a",
        "127.0.0.1",
        "-p",
        "0",
        "--no-vhost-buckets",
        "--configure-bucket",
        BUCKET,
    ]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, cwd=HERE, text=True, stdout=subprocess.PIPE, stderr=log, start_new_session=True)
        try:
            line = ""
            while not (found := re.search(r"listening on \S+?:(\d+)", line)):
                line = process.stdout.readline()
                assert line, log.seek(0) or log.read()
            yield f"s3://S3RVER:S3RVER@127.0.0.1:{found[1]}/{BUCKET}/town?tls=off"
        finally:
            # the node of our environment is a program that starts another one
            subprocess.run(["/bin/kill", "--", f"-{process.pid}"], check=False)
            process.wait(timeout=20)
