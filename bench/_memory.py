"""The memory of programs and of all that they have started, process by process; shared pages are shared out (PSS, Linux)."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench._parts import Part


def memory(parts: Mapping[str, Part]) -> dict[str, float]:
    """MB by the name of each process: ``server 1``, its first child ``server 1.1``, and so on; of PostgreSQL's many the sum."""
    found: dict[str, float] = {}
    for name, part in parts.items():
        figures = dict(_family(part.process.pid, name))
        found |= {name: sum(figures.values())} if name == "PostgreSQL" else figures
    return found


def side_by_side(samples: Sequence[Mapping[str, float]]) -> dict[str, str]:
    """By process: at the start, after a tenth, a half, three quarters, at the end, and the most. ``-``: it was not there."""
    moments = [samples[at] for at in (0, len(samples) // 10, len(samples) // 2, len(samples) * 3 // 4, -1)]
    names = sorted({name for sample in samples for name in sample})
    return {
        name: " → ".join(f"{one[name]:.0f}" if name in one else "-" for one in moments)
        + f" (most {max(sample.get(name, 0) for sample in samples):.0f})"
        for name in names
    }


def _family(process: int, name: str) -> Iterator[tuple[str, float]]:
    with suppress(OSError, TypeError):
        told = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
        yield name, int(re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)[1]) * 1024 / 1e6  # type: ignore[index]
    children: list[int] = []
    # each thread has children of its own
    for path in Path(f"/proc/{process}/task").glob("*/children"):
        with suppress(OSError):
            children += map(int, path.read_text(encoding="ascii").split())
    for at, child in enumerate(sorted(children), start=1):
        yield from _family(child, f"{name}.{at}")
