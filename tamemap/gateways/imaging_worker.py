"""The imaging child: ``python -m tamemap.gateways.imaging_worker LOCK_FD`` reads photographs from its standard input.

It runs as a process of its own, with its memory and time limited by the kernel and without the server's secrets in its
environment, so that a photograph that breaks a decoder breaks only this.
"""

from __future__ import annotations

import fcntl
import os
import resource
import select
import signal
import sys
import time
from contextlib import contextmanager
from io import FileIO
from typing import TYPE_CHECKING, Any

from tamemap.errors import TamemapError
from tamemap.gateways import imaging_exif
from tamemap.gateways.imaging_cut import LARGEST, cut_out, flat
from tamemap.gateways.imaging_decode import open_photo
from tamemap.gateways.imaging_encode import blur, encode
from tamemap.gateways.imaging_pdf import render_pages
from tamemap.gateways.imaging_wire import WireError, read_frame, write_frame
from tamemap.gateways.own_memory import own_memory

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyvips

MOST_MEMORY = 480 << 20  # bytes of writable memory: with the libraries' code at most 490 MB stand in RAM
MOST_CPU = 20  # seconds for one photograph
MOST_PHOTOS = 50  # then a fresh child takes over
MOST_RESIDENT = 200 << 20  # a child that has grown beyond this makes room at once
IDLE = 90  # seconds without work after which the child ends and gives its memory back
HEAVY = 24_000_000  # pixels; such photographs are decoded one at a time
PDF_SIDE = 2048
PREVIEW_SIDE = 320


def main() -> None:
    """Answers frame after frame until the server closes the pipe, nothing comes for a while, or it is time to retire."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's business; the closed pipe ends us
    confine()
    questions, answers = FileIO(os.dup(0), "r"), FileIO(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not end up between the frames
    lock = int(sys.argv[1])
    for count in range(1, MOST_PHOTOS + 1):
        if not select.select([questions], [], [], IDLE)[0] or not _serve(questions, answers, lock, count):
            return


def confine() -> None:
    """Lets the kernel bound this process for good: its memory, and no core files."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _serve(questions: FileIO, answers: FileIO, lock: int, count: int) -> bool:
    """One photograph; False when this child is done for."""
    try:
        request, (data,) = read_frame(questions)
    except WireError:
        return False
    began = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (int(began) + MOST_CPU, resource.RLIM_INFINITY))
    try:
        header, blobs = (_edited if "edit" in request else _picture)(request, data, lock)
    except TamemapError as error:
        header, blobs = {"error": [type(error).__name__, error.code, error.params]}, []
    resident, peak = own_memory()
    done = count == MOST_PHOTOS or resident > MOST_RESIDENT
    spent = {"cpu": round(time.process_time() - began, 4), "peak": peak, "retires": done}
    write_frame(answers, header | spent, blobs)
    return not done


def _picture(request: dict[str, Any], data: bytes, lock: int) -> tuple[dict[str, Any], list[bytes]]:
    sizes = request["sizes"]
    side = max(sizes, default=PREVIEW_SIDE)
    if request["kind"] == "pdf":
        tops = render_pages(data, side, request["max_pages"])
        pages = [_page(top, _paper(top), sizes) for top in tops]
        place, moment = None, None
    else:
        photo = open_photo(request["kind"], data)
        with _one_at_a_time(lock, photo.pixels > HEAVY):
            top = photo.raster(side)
        place, moment = imaging_exif.read(photo.exif)
        pages = [_page(top, (photo.width, photo.height), sizes)]
    header = {
        "pages": [head for head, _ in pages],
        "gps": place,
        "taken_at": moment.isoformat() if moment else None,
    }
    return header, [blob for _, blobs in pages for blob in blobs]


def _edited(request: dict[str, Any], data: bytes, lock: int) -> tuple[dict[str, Any], list[bytes]]:
    """One page with a sheet cut out of it, or boxes hidden."""
    edit, sizes = request["edit"], request["sizes"]
    if request["kind"] == "pdf":

        def raster(side: int) -> pyvips.Image:
            return next(iter(render_pages(data, side, 1, first=edit["page"])))

        shape = _paper(raster(PREVIEW_SIDE), LARGEST)
    else:
        photo = open_photo(request["kind"], data)
        shape = photo.width, photo.height

        def raster(side: int) -> pyvips.Image:
            with _one_at_a_time(lock, photo.pixels > HEAVY):
                return photo.raster(side)

    top = flat(raster, shape, edit["corners"], edit["blur"], max(sizes))
    wide, high = cut_out(shape, edit["corners"])
    if request["kind"] == "pdf":
        said = _paper(top) if edit["corners"] is None or max(wide, high) > PDF_SIDE else (round(wide), round(high))
    else:
        said = round(wide), round(high)
    head, blobs = _page(top, said, sizes)
    return {"pages": [head]}, blobs


def _paper(top: pyvips.Image, side: int = PDF_SIDE) -> tuple[int, int]:
    """Paper has no pixels of its own: a page is said to be as large as our largest picture of it."""
    scale = side / max(top.width, top.height)
    return max(1, round(top.width * scale)), max(1, round(top.height * scale))


def _page(top: pyvips.Image, shape: tuple[int, int], sizes: list[int]) -> tuple[dict[str, Any], list[bytes]]:
    files = list(encode(top, sizes))
    variants = [[file.size, file.format, file.width, file.height] for file in files]
    head = {"width": shape[0], "height": shape[1], "blur": blur(top), "variants": variants}
    return head, [file.data for file in files]


@contextmanager
def _one_at_a_time(lock: int, heavy: bool) -> Iterator[None]:
    """While a heavy photograph is decoded, holds the lock of all children of one server (a dead child lets go)."""
    if heavy:
        fcntl.lockf(lock, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if heavy:
            fcntl.lockf(lock, fcntl.LOCK_UN)


if __name__ == "__main__":
    main()
