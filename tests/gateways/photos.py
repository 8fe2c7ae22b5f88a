"""Photographs for the tests: the small ones in the repository, the large ones beside it, and ones made on the spot."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

SMALL = Path(__file__).parents[1] / "data" / "photos"
LARGE = Path(__file__).parents[3] / "shared" / "data" / "flyers" / "dev"
TRUTH = json.loads((SMALL / "truth.json").read_text(encoding="utf-8"))


def small(name: str) -> bytes:
    """A photograph of the repository."""
    return (SMALL / name).read_bytes()


def sheet(width: int = 200, height: int = 280) -> Image.Image:
    """A picture without any symmetry: four coloured corners, and a bar that leans."""
    image = Image.new("RGB", (width, height), (235, 230, 220))
    draw = ImageDraw.Draw(image)
    w, h = width // 3, height // 3
    draw.rectangle((0, 0, w, h), fill=(200, 30, 30))
    draw.rectangle((width - w, 0, width, h), fill=(30, 150, 40))
    draw.rectangle((0, height - h, w, height), fill=(30, 50, 190))
    draw.line((w, height // 2, width, height - h), fill=(20, 20, 20), width=9)
    return image


def encoded(image: Image.Image, form: str, **options: object) -> bytes:
    """The picture as a file of that form."""
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    """The file's pixels, as RGB."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def exif(orientation: int | None = None, gps: dict | None = None) -> bytes:
    """An Exif block."""
    block = Image.Exif()
    if orientation:
        block[0x0112] = orientation
    block[0x010F] = "Camera of nobody"
    if gps:
        block.get_ifd(0x8825).update(gps)
    return block.tobytes()


def paper(*sizes: tuple[float, float]) -> bytes:
    """A PDF with empty pages of these sizes in points."""
    document, buffer = pypdfium2.PdfDocument.new(), io.BytesIO()
    for width, height in sizes:
        document.new_page(width, height)
    document.save(buffer)
    return buffer.getvalue()


def png_of_nothing(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """A black one-band PNG of any size, made row by row, with further chunks before its pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * (width + 1)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return png_of((b"IHDR", header), *more, (b"IDAT", pixels), (b"IEND", b""))


def png_of(*chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of these chunks."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
