"""A reader that answers what it was given, at once, and a page as the real one reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tamemap.domain.reading_rows import Line
from tamemap.gateways.reader import Readout, ReadPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# (text, top) on a sheet of 1000 × 1400 pixels; the title in large type
COURSE = (
    ("やさしい片づけ講座", 140.0),
    ("日時 12月8日(火) 13:30〜15:00", 400.0),
    ("会場 中央公民館", 500.0),
    ("参加費 500円", 600.0),
    ("問い合わせ 電話 0966-00-1201", 700.0),
)


def lines_of(words: Sequence[tuple[str, float]] = COURSE) -> tuple[Line, ...]:
    """Lines one below the other, the first in large type."""
    return tuple(
        Line(text, (100.0, top, 900.0, top + (140.0 if not number else 40.0)), 140.0 if not number else 40.0)
        for number, (text, top) in enumerate(words)
    )


def page_of(
    words: Sequence[tuple[str, float]] = COURSE,
    *,
    photo: tuple[int, int] = (1000, 2000),
    corners: tuple[tuple[float, float], ...] | None = None,
    times: int = 1,
) -> Readout:
    """A sheet with a margin of a tenth of the photograph's width and a twentieth of its height."""
    wide, high = photo
    if corners is None:
        corners = ((wide * 0.1, high * 0.05), (wide * 0.9, high * 0.05), (wide * 0.9, high * 0.95), (wide * 0.1, high * 0.95))
    page = ReadPage(corners, True, 0.9, 1000, 1400, lines_of(words), photo)
    return Readout("read", (page,) * times, cpu=2.0, peak=500 << 20)


class FakeReader:
    """Answers what it was given, then "empty"; ``given`` are the corners of each call. An answer may be a deed."""

    def __init__(self, *outs: Readout | Callable[[], Readout]) -> None:
        self.outs = list(outs)
        self.given: list[object] = []
        self.seen: list[bytes] = []

    def read(self, data: bytes, *, corners: Sequence[Sequence[float]] | None = None) -> Readout:
        """The next answer."""
        self.given.append(corners)
        self.seen.append(data)
        out = self.outs.pop(0) if self.outs else Readout("empty")
        return out() if callable(out) else out

    def close(self) -> None:
        """Nothing runs."""
