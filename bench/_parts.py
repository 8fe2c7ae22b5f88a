"""Real parts on loopback for the benches that break them: PostgreSQL, Redis, Caddy, servers, workers; a town with people."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from PIL import Image
from sqlmodel import select

from bench._serving import ROOT, free_port
from tamemap import clock, config, db
from tamemap.migration import migrate
from tamemap.models import CareSetting, Map
from tests import factories
from tests.gateways.photos import encoded
from tests.s3 import server as s3
from tests.web.browsers import signed_in

if TYPE_CHECKING:
    from collections.abc import Iterator

MAP, BOARD = "hitoyoshi", "hitoyoshi-hiroba"
PEOPLE = 100
LETTERS = str.maketrans("0123456789", "ghijklmnop")
CADDYFILE = """
{{
  admin off
  auto_https off
}}
http://127.0.0.1:{port} {{
  reverse_proxy {servers} {{
    health_uri /readyz?part=serving
    health_interval 1s
    health_timeout 3s
    lb_policy least_conn
    lb_try_duration 10s
    lb_try_interval 100ms
    fail_duration 2s
  }}
}}
"""


class Part:
    """A program that can be stopped, killed and started again."""

    def __init__(self, command: list[str], log: Path, *, user: str = "", environment: dict[str, str] | None = None) -> None:
        self.command, self.log, self.user = command, log, user
        self.environment = environment or {}
        self.address = ""
        self.start()

    def start(self) -> None:
        """Start it (again)."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=os.environ | self.environment, stdout=log, stderr=log, start_new_session=True,
                user=self.user or None,
            )  # fmt: skip

    def stop(self) -> None:
        """Tell it to go, and wait until it has gone."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(90)

    def kill(self) -> None:
        """End it and its children at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(30)

    def children(self) -> list[int]:
        """The processes that it has started."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [int(one) for one in found.split()]


@contextmanager
def running(part: Part) -> Iterator[Part]:
    """It runs until the block ends."""
    try:
        yield part
    finally:
        part.kill()


def _initdb() -> str:
    return shutil.which("initdb") or max(map(str, Path("/usr/lib/postgresql").glob("*/bin/initdb")), default="")


def has_postgresql() -> bool:
    """Whether :func:`postgresql` can make one here."""
    return bool(_initdb())


@contextmanager
def postgresql(log: Path | None = None) -> Iterator[Part]:
    """A new PostgreSQL whose ``address`` is ready; durable, as in a town."""
    found = _initdb()
    if not found:
        raise SystemExit("this bench needs PostgreSQL (apt-get install postgresql)")
    programs, user = Path(found).parent, "postgres" if os.getuid() == 0 else ""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if user:
            os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        data, port = Path(folder) / "data", free_port()
        subprocess.run([programs / "initdb", "-D", data, "-U", "tamemap", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"],
                       check=True, capture_output=True, user=user or None, cwd=folder)  # fmt: skip
        command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", folder, "-h", "127.0.0.1",
                   "-c", "max_connections=300"]  # fmt: skip
        with running(Part(command, log or Path(folder) / "log", user=user)) as part:
            part.address = f"postgresql://tamemap@127.0.0.1:{port}/postgres"
            _wait_for_port(port)
            yield part


@contextmanager
def redis(folder: Path) -> Iterator[Part]:
    """A new Redis with its ``address``."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(Part(command, folder / "redis.log")) as part:
        part.address = f"redis://127.0.0.1:{port}/0"
        _wait_for_port(port)
        yield part


@contextmanager
def store(folder: Path) -> Iterator[Part]:
    """A new store that speaks S3, with its ``address``; what it keeps lasts as long as the folder."""
    s3.install()
    port, kept = free_port(), folder / "s3"
    kept.mkdir()
    with running(Part(s3.command(kept, port), folder / "s3.log")) as part:
        part.address = s3.address(port)
        _wait_for_port(port)
        yield part


@contextmanager
def caddy(folder: Path, ports: list[int]) -> Iterator[str]:
    """Caddy in front of servers on these ports, as docs/deploy has it; its address."""
    port, written = free_port(), folder / "Caddyfile"
    written.write_text(CADDYFILE.format(port=port, servers=" ".join(f"127.0.0.1:{one}" for one in ports)), encoding="utf-8")
    command = [os.environ.get("CADDY", "caddy"), "run", "--config", str(written), "--adapter", "caddyfile"]
    with running(Part(command, folder / "caddy.log", environment={"HOME": str(folder)})):
        _wait_for_port(port)
        yield f"http://127.0.0.1:{port}"


def server(port: int, folder: Path) -> Part:
    """A Tamemap on this port, without a worker; its settings are those of this process."""
    command = [sys.executable, "-m", "tamemap", "run", "--no-demo", "--no-worker", "--host", "127.0.0.1", "--port", str(port)]
    return Part(command, folder / f"server-{port}.log")


def worker(folder: Path, number: int) -> Part:
    """A worker."""
    return Part([sys.executable, "-m", "tamemap", "work"], folder / f"worker-{number}.log")


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            # PostgreSQL listens a moment before it answers
            time.sleep(0.5)
            return
        time.sleep(0.1)
    raise RuntimeError(f"nobody listens on {port}")


async def ready(address: str) -> None:
    """Until that server serves."""
    async with httpx.AsyncClient() as client:
        for _ in range(600):
            with suppress(httpx.HTTPError):
                if (await client.get(f"{address}/readyz?part=serving")).status_code == 200:
                    return
            await asyncio.sleep(0.2)
    raise RuntimeError("the server did not start")


def build_town(settings: dict[str, str]) -> dict[str, str]:
    """Under these settings: tables, towns, ``PEOPLE`` residents with sessions and a topic. Answers their tokens by id, the
    topic's id as ``topic`` and the token of one of the town's staff as ``staff``."""
    os.environ |= {"TAMEMAP_SECRET_KEY": "only-for-the-bench", "TAMEMAP_GEOCODER": "off", "TAMEMAP_READER": "off"} | settings
    config.settings.cache_clear()
    migrate()
    with db.transaction(write=True) as tx:
        cast = factories.cast(tx)
        topic = factories.topic(tx, cast["aki"]).public_id
        # so much talk from so few people would be a raid, and wait for staff
        calm = {"hold_links": False, "hold_repeats": False, "flood": 0, "surge": 0, "changed_at": clock.now()}
        tx.add_all(CareSetting(map_id=one, **calm) for one in tx.exec(select(Map.id)))
        people = [factories.person(tx, f"P{number}", residence=factories.HITOYOSHI) for number in range(PEOPLE)]
    tokens = {one.public_id: signed_in(one) for one in people} | {"staff": signed_in(cast["ben"])}
    db.dispose()
    return tokens | {"topic": topic}


def keep_logs(folder: Path, kept: Path) -> None:
    """Copy what the parts have logged."""
    kept.mkdir(parents=True, exist_ok=True)
    for one in folder.glob("*.log"):
        shutil.copy(one, kept)


def new_photo() -> dict[str, tuple[str, bytes]]:
    """A small photograph to be sent along that nobody else has: the same one would be the same files."""
    shades = Image.frombytes("L", (8, 8), os.urandom(64))
    return {"photo": ("photo", encoded(shades.resize((480, 640)).convert("RGB"), "JPEG"))}


def new_key() -> str:
    """A key that nobody else has: letters alone, as figures may be a telephone number, and words with one are held for staff."""
    return uuid.uuid4().hex.translate(LETTERS)
