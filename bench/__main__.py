"""``make bench``: runs every benchmark of this folder (or those named), prints a table, keeps the figures in ``results/``.

A benchmark is a module with ``main()``; what it returns, figures by name however deep, is the table and the JSON file. One that
returns nothing has said and kept its figures itself.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
RESULTS = HERE / "results"


def main(names: list[str]) -> int:
    """Run them one after the other; returns 1 when one of them failed, after the others have run."""
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    if unknown := [name for name in names if name not in known]:
        print(f"no such benchmark: {' '.join(unknown)} (there are: {' '.join(known)})", file=sys.stderr)
        return 2
    # a benchmark that reads options shall not read ours
    del sys.argv[1:]
    return max([_run(name) for name in names or known], default=0)


def _run(name: str) -> int:
    print(f"── {name} ──", flush=True)
    started = time.monotonic()
    try:
        figures = importlib.import_module(f"bench.{name}").main()
    except (Exception, SystemExit) as error:
        print(f"{name} failed: {error}", file=sys.stderr)
        return 1
    seconds = round(time.monotonic() - started, 1)
    if isinstance(figures, Mapping):
        print(table(figures))
        _keep(name, figures, seconds)
    print(f"({seconds} s)\n", flush=True)
    return 0


def _keep(name: str, figures: Mapping[str, Any], seconds: float) -> None:
    RESULTS.mkdir(exist_ok=True)
    machine = {"python": platform.python_version(), "machine": platform.machine(), "processors": os.cpu_count()}
    kept = {
        "benchmark": name,
        "measured_at": datetime.now(UTC).isoformat(),
        "seconds": seconds,
        "on": machine,
        "figures": figures,
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(figures: Mapping[str, Any]) -> str:
    """One line per innermost group of figures: its path on the left, its figures side by side."""
    lines = list(_lines(figures, ()))
    width = max((len(path) for path, _ in lines), default=0)
    return "\n".join(f"{path:<{width}}  {values}" for path, values in lines)


def _lines(figures: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    plain = {key: value for key, value in figures.items() if not isinstance(value, Mapping)}
    if plain:
        yield " / ".join(path), "  ".join(f"{key} {value}" for key, value in plain.items())
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield from _lines(value, (*path, str(key)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
