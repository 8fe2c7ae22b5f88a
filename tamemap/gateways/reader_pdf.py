"""The words of a PDF where it has them: no picture of them need be read. Runs in the reader's child only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from tamemap.errors import Invalid

SCALE = 2400  # units of the long side, as pages of photographs have
LEAST_SIGNS = 20  # fewer are a page number on a scan
MOST_PIECES = 3000
STANDING = 0.5  # share of pieces of one or two signs from which the page is written in single signs (vertical type)


@dataclass(frozen=True, slots=True)
class Words:
    """One page: its size, and its lines as JSON has them."""

    width: int
    height: int
    lines: list[dict[str, Any]]


def words_of(data: bytes, most: int) -> list[Words | None]:
    """The words of up to ``most`` pages; None for a page that has none, or whose signs stand singly (it is drawn and read).

    Raises Invalid("pdf_encrypted", "photo_truncated").
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Invalid("pdf_encrypted" if locked else "photo_truncated") from error
    try:
        return [_words(document[number]) for number in range(min(len(document), most))]
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Invalid("photo_truncated") from error
    finally:
        document.close()


def _words(page: pypdfium2.PdfPage) -> Words | None:
    wide, high = page.get_size()
    scale = SCALE / max(wide, high)
    text = page.get_textpage()
    pieces = []
    for number in range(min(text.count_rects(), MOST_PIECES)):
        left, bottom, right, top = text.get_rect(number)
        said = text.get_text_bounded(left, bottom, right, top).strip()
        if said:
            pieces.append((said, [left * scale, (high - top) * scale, right * scale, (high - bottom) * scale]))
    text.close()
    page.close()
    if sum(len(said) for said, _ in pieces) < LEAST_SIGNS:
        return None
    if sum(len(said) <= 2 for said, _ in pieces) > STANDING * len(pieces) > 4:
        return None
    lines = [
        {
            "text": said,
            "box": [round(one, 1) for one in box],
            "size": round(box[3] - box[1], 1),
            "vertical": False,
            "confidence": 1.0,
        }
        for said, box in pieces
    ]
    return Words(round(wide * scale), round(high * scale), lines)
