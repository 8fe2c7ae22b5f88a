"""The audit trail as CSV: UTF-8 with BOM, CRLF, RFC 4180 quotes; piece by piece, so that years of it need no memory."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
COLUMNS = ("日時", "したこと", "操作した人", "立場", "自治体・圏域", "部署", "プログラム", "操作の名前", "対象の種類", "対象のID",
           "対象の名前", "くわしく")  # fmt: skip
# what a spreadsheet takes for a formula, full width too; a tab or a line end in front would hide it
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def pieces(rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file: first the byte order mark and the columns' names, then a piece for each row."""
    yield "\ufeff".encode() + _line(COLUMNS)
    for row in rows:
        yield _line([harmless(cell) for cell in row])


def _line(cells: Sequence[str]) -> bytes:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerow(cells)
    return written.getvalue().encode()


def harmless(cell: str) -> str:
    """The cell, with a ' before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell.lstrip(" \u3000").startswith(_FORMULA) or cell.startswith(_FORMULA) else cell
