"""Tiles and lists of a map with 10,000 and 100,000 flyers: requests per second, p50 and p99 (milliseconds).

A real server on loopback, a throw-away SQLite database, wrk with 16 connections for 8 seconds each. Beside them, in the same run,
the same server's ``/healthz``: these machines are noisy, so compare the ratios.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import select

ROOT = Path(__file__).parent.parent
COUNTS = (10_000, 100_000)
SECONDS = 8
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
    """Run all; returns the figures by number of flyers and kind of request."""
    if shutil.which("wrk") is None:
        raise SystemExit("bench/maps needs wrk (apt-get install wrk)")
    return {str(count): measure(count) for count in COUNTS}


def measure(count: int) -> dict[str, Any]:
    """Fill a database with so many flyers, serve it, and ask."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"TAMEMAP_DATA_DIR": folder, "TAMEMAP_DATABASE_URL": "", "TAMEMAP_GEOCODER": "off"}
        fill(count)
        port = _free_port()
        command = [sys.executable, "-m", "tamemap", "run", "--no-demo", "--no-worker", "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _wait(port)
            return {name: ask(port, paths) for name, paths in kinds().items()}
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(20)


def fill(count: int) -> None:
    """The demo's regions and that many invented flyers over the towns of one of them, all up on both maps."""
    from tamemap import clock, db  # noqa: PLC0415  the settings of this run must be read first
    from tamemap.config import settings  # noqa: PLC0415
    from tamemap.demo.regions import load_regions  # noqa: PLC0415
    from tamemap.domain.actors import SYSTEM  # noqa: PLC0415
    from tamemap.domain.cells import cell_of  # noqa: PLC0415
    from tamemap.domain.flyers import CATEGORIES  # noqa: PLC0415
    from tamemap.migration import migrate  # noqa: PLC0415
    from tamemap.models import Flyer, Map, Placement  # noqa: PLC0415
    from tamemap.services.installation import install_region  # noqa: PLC0415

    settings.cache_clear()
    db.dispose()
    migrate()
    chance = random.Random(1)  # noqa: S311  the same flyers in every run
    seed = load_regions()[0]
    towns = [(town, place) for town in seed.municipalities for place in town.towns if place.lat is not None]
    with db.transaction(write=True) as session:
        install_region(session, SYSTEM, seed=seed)
        maps = {row.municipality_code: row for row in session.exec(select(Map)).all()}
        regional = maps[None]
        now = clock.now()
        flyers, placements = [], []
        for number in range(1, count + 1):
            town, place = chance.choice(towns)
            lat, lng = place.lat + chance.gauss(0, 0.004), place.lng + chance.gauss(0, 0.004)
            starts = now + timedelta(hours=chance.randrange(1, 24 * 90))
            ends = starts + timedelta(hours=2)
            category = chance.choice(CATEGORIES)
            flyers.append(
                {
                    "id": number,
                    "public_id": f"{number:012d}",
                    "municipality_code": town.code6,
                    "title": f"催しの見本 {number}",
                    "category": category,
                    "starts_at": starts,
                    "ends_at": ends,
                    "all_day": False,
                    "venue": f"{place.name}公民館",
                    "hidden_outside": [],
                    "lat": lat,
                    "lng": lng,
                    "folded": f"催しの見本{number}{place.name}公民館",
                    "folded_outside": f"催しの見本{number}{place.name}公民館",
                    "created_at": now,
                    "updated_at": now,
                }
            )
            placements += [
                {
                    "flyer_id": number,
                    "map_id": here.id,
                    "state": "up",
                    "since": now,
                    "until": ends,
                    "cell": cell_of(lat, lng),
                    "lat": lat,
                    "lng": lng,
                    "category": category,
                    "soon_at": starts,
                }
                for here in (maps[town.code6], regional)
            ]
        for start in range(0, count, 5000):
            session.execute(insert(Flyer), flyers[start : start + 5000])
            session.execute(insert(Placement), placements[2 * start : 2 * start + 10000])
    db.dispose()


def kinds() -> dict[str, list[str]]:
    """What is asked: the same for every size."""
    from tamemap.domain.cells import tile_of  # noqa: PLC0415

    base = "/api/v1/maps/hitoyoshi-kuma"
    centre = (32.21, 130.76)
    tiles = []
    for z in (10, 12, 14, 16):
        x, y = tile_of(*centre, z)
        tiles += [f"{base}/tiles/{z}/{x + dx}/{y + dy}" for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
    return {
        "bare route": ["/healthz"],
        "tiles": tiles,
        "tiles, filtered": [f"{path}?category={one}" for path in tiles for one in ("event", "food", "sports")],
        "list, soonest": [f"{base}/flyers?limit=20"],
        "list, in view": [f"{base}/flyers?bbox=130.7,32.18,130.8,32.24&limit=50"],
        "list, nearest": [f"{base}/flyers?near=32.21,130.76&limit=20"],
        "list, weekend": [f"{base}/flyers?when=weekend&limit=20"],
        "list, words": [f"{base}/flyers?q=%E5%85%AC%E6%B0%91%E9%A4%A8&limit=20"],
    }


def ask(port: int, paths: list[str]) -> dict[str, float]:
    """Requests per second and latencies in milliseconds over those paths in turn."""
    with tempfile.TemporaryDirectory() as folder:
        script, listed = Path(folder) / "paths.lua", Path(folder) / "paths.txt"
        script.write_text(WRK)
        listed.write_text("\n".join(paths) + "\n")
        command = ["wrk", "-t1", "-c16", f"-d{SECONDS}s", "--timeout", "20s", "-s", str(script), f"http://127.0.0.1:{port}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"BENCH_PATHS": str(listed)})
    found = re.search(r"JSON (\{.*\})", done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    data = json.loads(found[1])
    return {"per second": round(data["requests"] / data["seconds"], 1), "p50 ms": round(data["p50"], 2),
            "p99 ms": round(data["p99"], 2), "bad": data["bad"]}  # fmt: skip


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError("the server did not start")


if __name__ == "__main__":
    print(json.dumps(main(), indent=1))
