"""How much memory this process has, for children that go when they have grown too large."""

from __future__ import annotations

import resource
from pathlib import Path


def own_memory() -> tuple[int, int]:
    """Resident bytes now and at most since the start."""
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak, peak
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if line.startswith("Vm"))
    resident, peak = (int(fields[name].split()[0]) * 1024 for name in ("VmRSS", "VmHWM"))
    return resident, peak
