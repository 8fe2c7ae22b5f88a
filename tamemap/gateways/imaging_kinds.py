"""What a photograph's bytes say that they are, and whether they are all there: pure Python, nothing is decoded.

Cheap and harmless enough for the server itself, before any decoder sees a byte. Names and ``Content-Type`` count nothing.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["jpeg", "png", "webp", "heic", "avif", "pdf"]

SUFFIX: dict[Kind, str] = {
    "jpeg": ".jpg",
    "png": ".png",
    "webp": ".webp",
    "heic": ".heic",
    "avif": ".avif",
    "pdf": ".pdf",
}
# ISO/IEC 23008-12 annex B (HEVC brands) and AVIF 1.1 section 9; mif1/msf1 name no codec, the compatible brands do
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
BOXES_OF_FACTS = frozenset({b"meta", b"moov"})  # of a still picture, of a sequence
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
PDF_LEAD = b"\xef\xbb\xbf \t\r\n"  # a byte order mark or blank lines before %PDF-, as some town halls' printers write
PDF_TAIL = 2048  # readers look for %%EOF in the last 1024 bytes (ISO 32000-1 annex H.3.18); we forgive a little more


def kind_of(data: bytes) -> Kind | None:
    """The kind of picture or document by its first bytes; None for everything that we do not read."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(PNG_MAGIC):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:16].lstrip(PDF_LEAD).startswith(b"%PDF-"):
        return "pdf"
    return _iso_kind(data) if data[4:8] == b"ftyp" else None


def _iso_kind(data: bytes) -> Kind | None:
    """HEIC or AVIF by the brands of the ``ftyp`` box; None for films and the like."""
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, end, 4))}
    if brands & AVIF_BRANDS:
        return "avif"
    return "heic" if brands & HEIC_BRANDS else None


def is_whole(kind: Kind, data: bytes) -> bool:
    """Whether the container ends where it says; False for a file that was cut off. (A JPEG tells only in decoding.)"""
    match kind:
        case "png":
            return _png_is_whole(data)
        case "webp":
            return int.from_bytes(data[4:8], "little") + 8 <= len(data)
        case "heic" | "avif":
            return _boxes_are_whole(data)
        case "pdf":
            return b"%%EOF" in data[-PDF_TAIL:]
        case "jpeg":
            return True


def _png_is_whole(data: bytes) -> bool:
    """Walks the chunks up to IEND (PNG 3rd edition, section 5.3)."""
    at = len(PNG_MAGIC)
    while at + 12 <= len(data):
        after = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"IEND":
            return after <= len(data)
        at = after
    return False


def _boxes_are_whole(data: bytes) -> bool:
    """Walks the outer boxes (ISO/IEC 14496-12 section 4.2); behind the picture there may be anything."""
    at = 0
    seen: set[bytes] = set()
    while at + 8 <= len(data):
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:  # up to the end of the file
            size = len(data) - at
        if size < 8:
            break
        if at + size > len(data):
            return b"mdat" in seen and bool(seen & BOXES_OF_FACTS)
        seen.add(name)
        at += size
    return bool(seen & BOXES_OF_FACTS)


def webp_shape(data: bytes) -> tuple[int, int]:
    """Width and height in a WebP's header, (0, 0) when it has none (RFC 9649, sections 2.6 and 2.7; RFC 6386, section 9.1).

    Decoders make room for the whole canvas as soon as they open the file; this is read before.
    """

    def number(at: int, size: int) -> int:
        return int.from_bytes(data[at : at + size], "little")

    match data[12:16]:
        case b"VP8X":
            return number(24, 3) + 1, number(27, 3) + 1
        case b"VP8L":
            return (number(21, 4) & 0x3FFF) + 1, (number(21, 4) >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF
    return 0, 0
