"""What photographs cost: ``python -m bench.photos [--all]`` prints a table and writes ``bench/results/photos.json``.

Each photograph is made by a fresh child, first the sizes before the 201 and then the rest, so that both peaks are its own.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pillow_heif
from PIL import Image

from tamemap.gateways import imaging, imaging_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
REAL = ROOT.parent / "shared" / "data" / "flyers" / "dev" / "d24.jpg"
SMALL = ROOT / "tests" / "data" / "photos" / "d18.jpg"
RESULTS = ROOT / "bench" / "results" / "photos.json"
TWELVE, SIXTY = (4032, 3024), (8940, 6705)
STEPS = {"before the 201": imaging.FIRST_SIZES, "afterwards": imaging.LATER_SIZES}
GOALS = {"cpu of 12 MP JPEG": 1.0, "peak MB": 500}


def photographs(everything: bool) -> Iterator[tuple[str, bytes]]:
    """Names and files; with ``everything`` also those that take long to make."""
    pillow_heif.register_heif_opener()
    with Image.open(REAL if REAL.exists() else SMALL) as photo:
        real = photo.convert("RGB")
    twelve = real.resize(TWELVE)
    yield "12 MP JPEG", _file(twelve, "JPEG", quality=92)
    yield "12 MP HEIC", _file(twelve, "HEIF", quality=80)
    yield "12 MP PNG", _file(twelve.quantize(64), "PNG")
    yield "12 MP WebP", _file(twelve, "WEBP", quality=85, method=0)
    yield "12 MP AVIF", _file(twelve, "AVIF", speed=10)
    sixty = real.resize(SIXTY)
    yield "60 MP JPEG", _file(sixty, "JPEG", quality=85)
    yield "60 MP progressive 4:4:4", _file(sixty, "JPEG", quality=75, progressive=True, subsampling=0)
    yield "60 MP PNG", _file(sixty.point(lambda value: value & 0xF0), "PNG", compress_level=1)
    yield "60 MP WebP", _file(sixty, "WEBP", quality=70, method=0)
    yield "60 MP AVIF", _file(sixty, "AVIF", speed=10, quality=50)
    if everything:
        yield "60 MP HEIC", _file(sixty, "HEIF", quality=60)
        yield "60 MP HEIC in tiles", _file(sixty, "HEIF", quality=60, tile_size=512)


def _file(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def measure(name: str, data: bytes) -> dict[str, Any]:
    """Seconds of CPU and of the clock, and the child's peak in MB (10^6 bytes), per step; or why it was refused."""
    row: dict[str, Any] = {"photo": name, "bytes": len(data), "megapixels": 12.2 if name.startswith("12") else 59.9}
    for step, sizes in STEPS.items():
        pool, began = imaging_pool.Pool(), time.perf_counter()
        try:
            ask = {"kind": imaging.check(data), "sizes": list(sizes), "max_pages": imaging.MOST_PAGES}
            header, blobs = pool.ask(ask, data)
        except imaging_pool.errors.TamemapError as error:
            row[step] = {"refused": error.code, "wall": round(time.perf_counter() - began, 3)}
        else:
            row[step] = {
                "cpu": header["cpu"],
                "wall": round(time.perf_counter() - began, 3),
                "peak_mb": round(header["peak"] / 1e6),
                "out_bytes": sum(map(len, blobs)),
            }
        finally:
            pool.close()
    return row


def line(row: dict[str, Any]) -> str:
    """A row of the table."""
    cells = [f"{row['photo']:<24}", f"{row['bytes'] / 1e6:>6.1f} MB"]
    for step in STEPS:
        made = row[step]
        if "refused" in made:
            cells.append(f"{made['refused']:>44}")
            continue
        each = f"{1000 * made['cpu'] / row['megapixels']:>4.0f} ms/MP"
        peak = f"{made['peak_mb']:>4} MB {made['peak_mb'] / row['megapixels']:>5.1f} MB/MP"
        cells.append(f"{made['cpu']:>6.2f} s {each} {peak}")
    return " | ".join(cells)


def main() -> None:
    """Measures all and says whether the goals are met."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--all", action="store_true", help="also 60 MP HEIC, which takes half a minute to make")
    rows = []
    print(f"{'photograph':<24} | {'file':>9} | " + " | ".join(f"{step:<44}" for step in STEPS))
    for name, data in photographs(options.parse_args().all):
        rows.append(measure(name, data))
        print(line(rows[-1]), flush=True)
    peaks = [row[step]["peak_mb"] for row in rows for step in STEPS if "peak_mb" in row[step]]
    first = rows[0]
    cpu = sum(first[step]["cpu"] for step in STEPS)
    result = {
        "goals": GOALS,
        "cpu of 12 MP JPEG": round(cpu, 3),
        "peak MB": max(peaks),
        "met": cpu < GOALS["cpu of 12 MP JPEG"] and max(peaks) < GOALS["peak MB"],
        "this process MB (it makes the photographs)": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000,
        "rows": rows,
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    verdict = "met" if result["met"] else "NOT MET"
    print(f"12 MP JPEG, all sizes: {cpu:.2f} s CPU; highest peak of a child: {max(peaks)} MB; goals {verdict}")


if __name__ == "__main__":
    main()
