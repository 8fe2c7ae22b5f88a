"""Reading a photograph of flyers: where the sheets are and which lines stand on them. Nothing leaves the machine for it.

The work is done in a process of its own (see ``reader_worker``), bounded in time and memory: a photograph that breaks it
costs the suggestion, never the photograph, and the next one finds a new process. ``read`` blocks for seconds: only jobs call
it, one at a time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from tamemap.domain.reading_rows import Box, Line
from tamemap.errors import TamemapError
from tamemap.gateways.imaging import check
from tamemap.gateways.reader_child import Late, Lost, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

CPU_SECONDS = 30  # of the processor for one photograph
SECONDS = 90.0  # for the same by the clock on the wall: on a busy machine a photograph waits for the processor
MOST_PAGES = 4
Corners = tuple[tuple[float, float], ...]
State = Literal["read", "empty", "refused", "late", "lost", "off"]


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One sheet. ``corners`` in pixels of the upright photograph, clockwise from the sheet's own top left; () for a PDF's page.

    ``found`` is False where no edges were seen and the whole photograph was read. ``width`` and ``height`` are those of the
    sheet laid flat, in whose pixels the boxes of ``lines`` are.
    """

    corners: Corners
    found: bool
    score: float
    width: int
    height: int
    lines: tuple[Line, ...]
    # of the whole upright photograph, in pixels, and when the camera says that it was taken; nothing of a PDF
    photo: tuple[int, int] = (0, 0)
    taken: datetime | None = None
    # left, top, right, bottom in pixels of the sheet laid flat: what may be people's faces
    faces: tuple[Box, ...] = ()
    # the same of the whole upright photograph, in its pixels: on the first page only, and only where a sheet was cut out
    around: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Readout:
    """What came of one photograph. ``state``: read; empty (no text); refused (no picture that can be decoded, ``code`` says
    why); late (more processor time than one photograph gets, or far too long by the clock); lost (the process broke); off
    (reading is switched off)."""

    state: State
    pages: tuple[ReadPage, ...] = ()
    code: str = ""
    cpu: float = 0.0  # seconds
    peak: int = 0  # bytes that the process has had in memory at most
    again: bool = False  # whether it may go well a second time: nothing says that the photograph was at fault


class Reader(Protocol):
    """Reads photographs. Never raises for what is in them."""

    def read(self, data: bytes, *, corners: Sequence[Sequence[float]] | None = None) -> Readout:
        """The sheets of a photograph (JPEG, PNG, WebP, HEIC, AVIF) or a PDF, the one with the most text first.

        ``corners``: four points, in pixels of the upright photograph, that a person has dragged; then only these are read.
        """

    def close(self) -> None:
        """Ends what is running."""


class NullReader:
    """Reads nothing: for machines that are too small, and for tests."""

    def read(self, data: bytes, *, corners: Sequence[Sequence[float]] | None = None) -> Readout:
        """Off."""
        return Readout("off")

    def close(self) -> None:
        """Nothing runs."""


class ProcessReader:
    """Reads in one child process, which is made when first needed and again when it has broken."""

    def __init__(self, seconds: float = SECONDS, cpu: int = CPU_SECONDS) -> None:
        self._worker = Worker(seconds)
        self._cpu = cpu

    def read(self, data: bytes, *, corners: Sequence[Sequence[float]] | None = None) -> Readout:
        """As :class:`Reader` promises; whoever comes while another is read waits."""
        try:
            kind = check(data)
        except TamemapError as error:
            return Readout("refused", code=error.code)
        wanted = [[float(x), float(y)] for x, y in corners] if corners else None
        try:
            answer = self._worker.ask({"kind": kind, "corners": wanted, "most": MOST_PAGES, "cpu": self._cpu}, data)
        except Late as late:
            return Readout("late", cpu=self._cpu if late.spent else 0.0, again=not late.spent)
        except Lost:
            return Readout("lost", again=True)
        cpu, peak = float(answer["cpu"]), int(answer["peak"])
        if answer.get("error"):
            return Readout("refused", code=str(answer["error"]), cpu=cpu, peak=peak)
        pages = tuple(_page(page) for page in answer["pages"])
        return Readout("read" if any(page.lines for page in pages) else "empty", pages, cpu=cpu, peak=peak)

    def process(self) -> int | None:
        """The number of the living child (for measuring and for tests)."""
        return self._worker.process()

    def close(self) -> None:
        """Ends the child."""
        self._worker.close()


def _page(page: dict[str, Any]) -> ReadPage:
    corners = tuple((float(x), float(y)) for x, y in page["corners"] or ())
    lines = tuple(Line(one["text"], tuple(one["box"]), one["size"], one["vertical"], one["confidence"]) for one in page["lines"])
    wide, high = page.get("photo") or (0, 0)
    faces = tuple(tuple(one) for one in page["faces"])
    around = tuple(tuple(one) for one in page.get("around", ()))
    taken = datetime.fromisoformat(page["taken"]) if page.get("taken") else None
    sheet = (corners, page["found"], page["score"], page["width"], page["height"], lines)
    return ReadPage(*sheet, (wide, high), taken, faces, around)
