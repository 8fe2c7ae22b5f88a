"""The first pages of a PDF as rasters of bounded size (PDFium). Runs in the imaging child only."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

from tamemap.errors import Invalid
from tamemap.gateways.imaging_decode import from_memory, plain

if TYPE_CHECKING:
    import pyvips

LEAST_POINTS = 0.01


def render_pages(data: bytes, size: int, most: int, *, first: int = 0) -> list[pyvips.Image]:
    """Up to ``most`` pages from ``first`` on, each with its long side at ``size`` pixels, however large the paper claims to be.

    Scripts, forms and links do not run: only marks on paper are drawn. A PDF that opens without a password is read even
    when its printing is locked, as town halls like to do. Raises Invalid("pdf_encrypted"), Invalid("photo_truncated").
    """
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise Invalid("pdf_encrypted" if locked else "photo_truncated") from error
    try:
        pages = [_render(document[number], size) for number in range(first, min(len(document), first + most))]
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Invalid("photo_truncated") from error
    finally:
        document.close()
    if not pages:
        raise Invalid("photo_truncated")
    return pages


def _render(page: pypdfium2.PdfPage, size: int) -> pyvips.Image:
    longest = max(page.get_size())
    if not (math.isfinite(longest) and longest >= LEAST_POINTS):
        raise Invalid("photo_truncated")
    bitmap = page.render(
        scale=(size - 0.01) / longest,  # the library rounds up: 2048.0001 would become 2049
        rev_byteorder=True,
        force_bitmap_format=pdfium.FPDFBitmap_BGR,
        limit_image_cache=True,
    )
    page.close()
    return plain(from_memory(bitmap.buffer, bitmap.width, bitmap.height, bitmap.n_channels, bitmap.stride))
