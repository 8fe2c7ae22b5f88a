"""Tiles and lists of a map with 10,000, 100,000 and 1,000,000 flyers, one of ten of them standing now: requests per second, p50
and p99 (milliseconds) at 50 connections; SQLite and PostgreSQL: one of its own where one is installed, or the server that
``TAMEMAP_TEST_POSTGRESQL`` names.

The whole application on loopback, one process, wrk for a few seconds each. Beside them, in the same run, the same server's bare
Starlette route of a tile's size, and that tile as a file of nginx where there is one: machines are noisy, so compare ratios.
``first reader``: milliseconds of one request that nobody has asked before. ``TAMEMAP_BENCH_DATA`` names a folder in which
SQLite's databases are kept between runs; PostgreSQL's then stay on the server that was named.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from bench._flyers import fill
from bench._parts import has_postgresql, postgresql
from bench._serving import GRANIAN, free_port, serving
from tamemap import config, db
from tamemap.domain.cells import tile_of
from tamemap.domain.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTS = (10_000, 100_000, 1_000_000)
# in very many, in few, in none
PAST_WORDS = ("公民館", "見本 12345", "どこにもない")
SECONDS, CONNECTIONS = 4, 50
BASE, CENTRE = "/api/v1/maps/hitoyoshi-kuma", (32.21, 130.76)
WRK = """
local paths, n = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do n = n + 1; paths[n] = line end
local i = 0
request = function() i = i % n + 1; return wrk.format("GET", paths[i]) end
done = function(summary, latency)
  io.write(string.format("JSON {\\"requests\\": %d, \\"seconds\\": %f, \\"p50\\": %f, \\"p99\\": %f, \\"bad\\": %d}\\n",
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


def main() -> dict[str, Any]:
    """Run all; returns the figures by database, number of flyers and kind of request."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench/maps needs wrk (apt-get install wrk)")
    figures = {"sqlite": {str(count): _on_sqlite(count) for count in COUNTS}}
    with _server() as server:
        if server:
            figures["postgresql"] = {str(count): _on_postgresql(server, count) for count in COUNTS}
    return figures


@contextmanager
def _server() -> Iterator[str]:
    """The address of a PostgreSQL server; empty where there is none."""
    if named := os.environ.get("TAMEMAP_TEST_POSTGRESQL"):
        yield named
    elif has_postgresql():
        with postgresql() as made:
            yield made.address.replace("postgresql://", "postgresql+psycopg://").removesuffix("/postgres")
    else:
        yield ""


def _on_sqlite(count: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as passing:
        folder = Path(os.environ.get("TAMEMAP_BENCH_DATA", passing)) / str(count)
        return _measure(f"sqlite:///{folder / 'tamemap.db'}", folder, count, filled=(folder / "tamemap.db").exists())


def _on_postgresql(server: str, count: int) -> dict[str, Any]:
    kept = "TAMEMAP_BENCH_DATA" in os.environ
    name = f"tamemap_bench_{count if kept else os.getpid()}"
    admin = db.make_engine(server + "/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        filled = bool(connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname = :name"), {"name": name}))
        if not filled:
            connection.execute(text(f"CREATE DATABASE {name}"))
    measured = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            figures = _measure(f"{server}/{name}", Path(folder), count, filled=filled)
        measured = True
        return figures
    finally:
        # one that was broken off is not whole
        if not kept or not (measured or filled):
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def _measure(url: str, folder: Path, count: int, *, filled: bool) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {"TAMEMAP_DATA_DIR": str(folder), "TAMEMAP_DATABASE_URL": url, "TAMEMAP_GEOCODER": "off",
                   "TAMEMAP_SECRET_KEY": "bench"}  # fmt: skip
    config.settings.cache_clear()
    if not filled:
        fill(count)
    try:
        with serving(*GRANIAN, "bench._bare:app") as port:
            return _asked(port)
    finally:
        db.dispose()
        config.settings.cache_clear()


def _asked(port: int) -> dict[str, Any]:
    opening = _took(port, f"{BASE}/flyers")
    figures: dict[str, Any] = {"reading the map": {"ms": round(opening)}, "first reader": _first(port)}
    one = f"{BASE}/tiles/12/{'/'.join(map(str, tile_of(*CENTRE, 12)))}"
    tile = _get(port, one)
    warm, bare = ask(port, [one]), ask(port, [f"/bare/{len(tile)}"])
    figures |= {
        "bare route": bare,
        "one tile, warm": warm,
        "warm of bare": {"ratio": round(warm["per second"] / bare["per second"], 2)},
    }
    if nginx := _nginx(tile):
        figures["nginx, the file"] = nginx
    return figures | {name: ask(port, paths) for name, paths in kinds().items()}


def _first(port: int) -> dict[str, float]:
    """Milliseconds of requests that nobody has asked before: no two have the same wishes."""
    chance, took = random.Random(2), {}  # noqa: S311
    for name, path in kinds().items():
        times = []
        for at in range(40):
            join = "&" if "?" in path[0] else "?"
            times.append(_took(port, f"{path[at % len(path)]}{join}bbox=130,31,132.{chance.randrange(10**9):09d},33"))
        times.sort()
        took |= {f"{name} p50": round(statistics.median(times), 1), f"{name} p95": round(times[37], 1)}
    words = []
    for at in range(100):
        q = (
            fold("".join(chance.choices("あいうえおかきくけこ山川町市花火", k=2)))
            if at % 2
            else chance.choice(("公民館", "朝市", "祭り", "ヨガ"))
        )
        words.append(_took(port, f"{BASE}/flyers?q={urllib.parse.quote(q)}&limit={at % 20 + 1}"))
    words.sort()
    return took | {"search p50": round(words[50], 1), "search p95": round(words[94], 1)}


def _took(port: int, path: str) -> float:
    begun = time.perf_counter()
    _get(port, path)
    return (time.perf_counter() - begun) * 1000


def _get(port: int, path: str) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60) as answer:
        return bytes(answer.read())


def _nginx(tile: bytes) -> dict[str, float] | None:
    """The same bytes as a file of nginx; None where there is no nginx."""
    if shutil.which("nginx") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "tile").write_bytes(tile)
        port = free_port()
        (Path(folder) / "conf").write_text(
            f"worker_processes 1; pid {folder}/pid; error_log /dev/null; daemon off;\n"
            f"events {{}} http {{ access_log off; server {{ listen 127.0.0.1:{port}; root {folder}; }} }}\n"
        )
        server = subprocess.Popen(["nginx", "-c", f"{folder}/conf"], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            return ask(port, ["/tile"])
        finally:
            server.terminate()
            server.wait(10)


def kinds() -> dict[str, list[str]]:
    """What is asked: the same for every size."""
    tiles = []
    for z in (10, 12, 14, 16):
        x, y = tile_of(*CENTRE, z)
        tiles += [f"{BASE}/tiles/{z}/{x + dx}/{y + dy}" for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return {
        "tiles": tiles,
        "tiles, filtered": [f"{path}?category={one}" for path in tiles for one in ("event", "food", "sports")],
        "list, soonest": [f"{BASE}/flyers?limit=20"],
        "list, in view": [f"{BASE}/flyers?bbox=130.7,32.18,130.8,32.24&limit=50"],
        "list, nearest": [f"{BASE}/flyers?near=32.21,130.76&limit=20"],
        "list, weekend": [f"{BASE}/flyers?when=weekend&limit=20"],
        "list, newest": [f"{BASE}/flyers?sort=new&limit=20"],
        "tiles, words": [f"{path}?q=%E6%9C%9D%E5%B8%82" for path in tiles],
        "list, words": [f"{BASE}/flyers?q=%E5%85%AC%E6%B0%91%E9%A4%A8&limit=20"],
        "past, soonest": [f"{BASE}/flyers?past=1&limit=20"],
        "past, nearest": [f"{BASE}/flyers?past=1&near=32.21,130.76&limit=20"],
        "past, words": [f"{BASE}/flyers?past=1&q={urllib.parse.quote(word)}&limit=20" for word in PAST_WORDS],
    }


def ask(port: int, paths: list[str]) -> dict[str, float]:
    """Requests per second and latencies in milliseconds over those paths in turn."""
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder) / "paths.lua", Path(folder) / "paths.txt"
        script.write_text(WRK)
        listed.write_text("\n".join(paths) + "\n")
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{SECONDS}s",
            "--timeout",
            "20s",
            "-s",
            str(script),
            f"http://127.0.0.1:{port}",
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"BENCH_PATHS": str(listed)})
    found = re.search(r"JSON (\{.*\})", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    data = json.loads(found[1])
    return {"per second": round(data["requests"] / data["seconds"], 1), "p50 ms": round(data["p50"], 2),
            "p99 ms": round(data["p99"], 2), "bad": data["bad"]}  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
