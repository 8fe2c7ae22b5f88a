"""What is counted far from the web: plain numbers of this process, taken away by whoever publishes them (``web.health``)."""

from __future__ import annotations

from collections import Counter
from threading import Lock

_lock = Lock()
_counted: Counter[str] = Counter()


def count(what: str) -> None:
    """One more of these; names are few and fixed."""
    with _lock:
        _counted[what] += 1


def take() -> dict[str, int]:
    """What was counted since the last time."""
    if not _counted:
        return {}
    with _lock:
        taken = dict(_counted)
        _counted.clear()
    return taken
