"""Reading flyers: photographs with their truth, through the reader and the rules, and the score of what came out.

Needs a folder of photographs, each with ``<id>.json`` beside it (``reference_date``), and the scoring script that goes with
them: ``make bench-reading FLYERS=… SCORE=…``. Without them there is nothing to measure, and it says so.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tamemap.domain.reading import Fields, fields_of
from tamemap.domain.reading_field import SURE
from tamemap.gateways.reader import ProcessReader

if TYPE_CHECKING:
    from tamemap.domain.reading_when import When
    from tamemap.gateways.reader import Readout

PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".heic", ".avif", ".pdf"}
NAMES = ("title", "venue", "address", "fee", "phone", "organiser")
MANY = 180.0  # seconds for one photograph: here the machine may be busy, and CPU time is what counts


def main() -> dict[str, Any] | None:
    """Reads every photograph, prints the score's table, returns CPU seconds, memory and how many fields were sure."""
    folder, score = os.environ.get("TAMEMAP_FLYERS", ""), os.environ.get("TAMEMAP_FLYERS_SCORE", "")
    photos = sorted(path for path in Path(folder).iterdir() if path.suffix.lower() in PICTURES) if folder else []
    if not photos:
        print("no photographs: make bench-reading FLYERS=folder SCORE=score.py")
        return None
    reader = ProcessReader(MANY)
    with tempfile.TemporaryDirectory() as kept:
        figures = [_one(reader, photo, Path(kept)) for photo in photos]
        reader.close()
        if score:
            subprocess.run([sys.executable, score, folder, kept], check=True)
    cpu = [one["cpu"] for one in figures]
    return {
        "photographs": len(figures),
        "cpu_seconds": {"median": round(statistics.median(cpu), 2), "most": round(max(cpu), 2)},
        "peak_mb": max(one["peak"] for one in figures) >> 20,
        "not_read": sum(one["state"] != "read" for one in figures),
        "fields": sum(one["fields"] for one in figures),
        "sure": sum(one["sure"] for one in figures),
    }


def _one(reader: ProcessReader, photo: Path, kept: Path) -> dict[str, Any]:
    beside = photo.with_suffix(".json")
    truth = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    out = reader.read(photo.read_bytes())
    lines = out.pages[0].lines if out.pages else ()
    fields = fields_of(lines, taken=date.fromisoformat(truth.get("reference_date") or date.today().isoformat()))  # noqa: DTZ011
    (kept / f"{photo.stem}.json").write_text(json.dumps(_prediction(out, fields)), encoding="utf-8")
    found = [field for field in (fields.when, *(getattr(fields, name) for name in NAMES)) if field]
    return {
        "cpu": out.cpu,
        "peak": out.peak,
        "state": out.state,
        "fields": len(found),
        "sure": sum(field.confidence >= SURE for field in found),
    }


def _prediction(out: Readout, fields: Fields) -> dict[str, Any]:
    """As the scoring script wants it."""
    page = out.pages[0] if out.pages else None
    said: dict[str, Any] = {name: field.value if (field := getattr(fields, name)) else None for name in NAMES}
    said |= _moments(fields.when.value if fields.when else None)
    return {
        "corners": page.corners if page else None,
        "lines": [line.text for line in page.lines] if page else [],
        "fields": said,
        "seconds": out.cpu,
        "peak_mb": out.peak / 1_000_000,
    }


def _moments(when: When | None) -> dict[str, Any]:
    if when is None:
        return {"starts_at": None, "ends_at": None, "all_day": False}
    end = _moment(when.last, when.end) if when.end is not None else None
    if when.all_day and when.last > when.first:
        end = _moment(when.last, 0)
    return {"starts_at": _moment(when.first, when.start or 0), "ends_at": end, "all_day": when.all_day}


def _moment(day: date, minutes: int) -> str:
    return (datetime.fromisoformat(day.isoformat()) + timedelta(minutes=minutes)).isoformat() + "+09:00"
