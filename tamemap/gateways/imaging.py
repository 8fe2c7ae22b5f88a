"""Photographs and PDFs → pictures that may be shown: upright, sRGB, on white, without a byte of metadata.

``render`` makes what a flyer needs before its 201 is answered, ``render_more`` the large size afterwards, from the
original. Whatever is sent is decoded in a child process with limits (see ``imaging_worker``); the server itself only looks
at lengths and first bytes. Both functions block and may be called from any thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from tamemap.errors import Invalid, TooLarge, Unsupported
from tamemap.gateways.imaging_kinds import SUFFIX, Kind, is_whole, kind_of
from tamemap.gateways.imaging_pool import pool

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BYTES = 20 * 1024 * 1024
MOST_PAGES = 4
FIRST_SIZES = (320, 960)
LATER_SIZES = (2048,)
LARGEST = 4096  # pixels of the long side that anybody may ask for

Format = Literal["avif", "jpeg"]


@dataclass(frozen=True, slots=True)
class Gps:
    """A position in degrees, WGS 84."""

    lat: float
    lng: float


@dataclass(frozen=True, slots=True)
class Variant:
    """One file to show: ``size`` is the long side that was asked for, width and height are what it has."""

    size: int
    format: Format
    width: int
    height: int
    data: bytes

    @property
    def suffix(self) -> str:
        """The end of its name in the store."""
        return ".avif" if self.format == "avif" else ".jpg"

    @property
    def media_type(self) -> str:
        """Its ``Content-Type``."""
        return f"image/{self.format}"


@dataclass(frozen=True, slots=True)
class Page:
    """One picture: its upright size in pixels (of a PDF page: at 2048 px), its files, and a stand-in until they come.

    ``blur`` is a WebP of 4 to 12 px as a data URI of under 100 signs; ``img-src`` must allow ``data:``.
    """

    width: int
    height: int
    variants: tuple[Variant, ...]
    blur: str


@dataclass(frozen=True, slots=True)
class Imaged:
    """What became of one sent file: one page, or up to four of a PDF; where and when (UTC) it was taken, if it says."""

    kind: Kind
    pages: tuple[Page, ...]
    gps: Gps | None
    taken_at: datetime | None

    @property
    def suffix(self) -> str:
        """The end of the original's name in the store."""
        return SUFFIX[self.kind]


def check(data: bytes) -> Kind:
    """The kind of file, from its length and first bytes alone: the quick refusals, before anything is decoded.

    Raises Invalid("photo_empty", "photo_truncated"), TooLarge("photo_too_large", limit in MB) and
    Unsupported("photo_wrong_type").
    """
    if not data:
        raise Invalid("photo_empty")
    if len(data) > MOST_BYTES:
        raise TooLarge("photo_too_large", limit=MOST_BYTES // (1024 * 1024))
    kind = kind_of(data)
    if kind is None:
        raise Unsupported("photo_wrong_type")
    if not is_whole(kind, data):
        raise Invalid("photo_truncated")
    return kind


def render(data: bytes, *, sizes: Sequence[int] = FIRST_SIZES, max_pages: int = MOST_PAGES) -> Imaged:
    """Every size as AVIF and JPEG (long side ``size``, never beyond the original); no sizes: facts and blur only.

    Raises, besides what ``check`` raises: TooLarge("photo_too_many_pixels", limit in megapixels; "photo_too_heavy"),
    Invalid("photo_too_small", "photo_truncated", "photo_unreadable", "photo_too_slow", "pdf_encrypted"),
    Unavailable("photo_busy"). ValueError for sizes that make no sense.
    """
    if not all(0 < size <= LARGEST for size in sizes):
        raise ValueError(f"sizes must be 1 to {LARGEST} pixels")
    kind = check(data)
    header, blobs = pool().ask({"kind": kind, "sizes": list(sizes), "max_pages": max_pages}, data)
    files = iter(blobs)
    pages = tuple(page_of(page, files) for page in header["pages"])
    taken_at = datetime.fromisoformat(header["taken_at"]) if header["taken_at"] else None
    return Imaged(kind, pages, Gps(*header["gps"]) if header["gps"] else None, taken_at)


def render_more(data: bytes, *, sizes: Sequence[int] = LATER_SIZES, max_pages: int = MOST_PAGES) -> Imaged:
    """The sizes that may come after the answer, from the original as it was sent. Raises what ``render`` raises."""
    return render(data, sizes=sizes, max_pages=max_pages)


def page_of(page: dict[str, Any], files: Iterator[bytes]) -> Page:
    """A page as the imaging child has described it; its files come in the same order (for ``imaging_flat``)."""
    variants = tuple(Variant(size, form, width, height, next(files)) for size, form, width, height in page["variants"])
    return Page(page["width"], page["height"], variants, page["blur"])
