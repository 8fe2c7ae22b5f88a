"""The figures of all server processes of a machine together: whichever of them Prometheus asks tells the sum.

``cli_serve`` names a folder in which each process counts; without one (tests, another server) a process tells its own.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from tamemap import db as database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.metrics_core import Metric

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
# what processes count, and what is read when somebody asks
registry, read_now = CollectorRegistry(), CollectorRegistry()
MAP_READS = Counter("tamemap_map_reads", "Tiles and lists of maps, found warm or made anew", ["how"], registry=registry)
WARM, MADE = MAP_READS.labels("warm"), MAP_READS.labels("made")
POOL = Gauge(
    "tamemap_database_connections",
    "Connections in use after a request",
    ["state"],
    registry=registry,
    multiprocess_mode="livesum",
)


def note() -> None:
    """Publish how this process's connections to the database are used."""
    used, held = database.in_use()
    POOL.labels("used").set(used)
    POOL.labels("open").set(held)


def published() -> bytes:
    """Prometheus' text: what all processes have counted where they share a folder, else this one; and what is read now."""
    folder = os.environ.get(FOLDER)
    if not folder:
        return generate_latest(registry) + generate_latest(read_now)
    for path in Path(folder).glob("gauge_live*_*.db"):
        # what a process has in hand ends with it; what it has counted stays
        if not Path(f"/proc/{path.stem.rpartition('_')[2]}").exists():
            path.unlink(missing_ok=True)
    shared = CollectorRegistry()
    MultiProcessCollector(shared, folder)  # type: ignore[no-untyped-call]
    return generate_latest(shared) + generate_latest(read_now)


class Memory:
    """The memory of the server's processes, of their parent and of the worker beside them (Linux only)."""

    def collect(self) -> Iterator[Metric]:
        """One figure for each process."""
        told = GaugeMetricFamily("tamemap_memory_bytes", "Resident memory", labels=["process"])
        for process in _family():
            with suppress(OSError, ValueError, IndexError):
                pages = int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1])
                told.add_metric([str(process)], pages * os.sysconf("SC_PAGE_SIZE"))
        yield told

    def describe(self) -> Iterator[Metric]:
        """Nothing beforehand."""
        return iter(())


def _family() -> list[int]:
    if FOLDER not in os.environ:
        return [os.getpid()]
    parent, found = os.getppid(), list[int]()
    # each thread has its own children: the worker is that of the thread which looks after it
    for path in Path(f"/proc/{parent}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, path.read_text(encoding="ascii").split())
    return [parent, *found]


read_now.register(Memory())
