"""Flyers of our own for the rules and the reader: text that stands somewhere, as lines (perfectly read) and as a picture.

Invented places, people and numbers (the 00 exchange belongs to nobody).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from tamemap.domain.reading_rows import Line

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf",
    "/usr/share/fonts/truetype/fonts-japanese-gothic.ttf",
)
INK, PAPER, DESK = (30, 30, 34), (250, 248, 240), (120, 92, 64)


def font_path() -> Path | None:
    """A font with kanji, where the machine has one."""
    return next((Path(path) for path in FONTS if Path(path).exists()), None)


@dataclass
class Sheet:
    """A page of this many pixels; ``put`` sets type on it."""

    wide: int = 1000
    high: int = 1400
    texts: list[tuple[str, float, float, float, bool]] = field(default_factory=list)

    def put(self, text: str, x: float, y: float, size: float = 30, *, vertical: bool = False) -> Sheet:
        """A line whose top left (of a vertical one: whose top left too) is at x, y."""
        self.texts.append((text, x, y, size, vertical))
        return self

    def rows(
        self, rows: list[tuple[str, str]], x: float, y: float, *, size: float = 30, gap: float = 220, step: float = 60
    ) -> Sheet:
        """A table: labels, and their values ``gap`` to the right."""
        for number, (label, value) in enumerate(rows):
            self.put(label, x, y + number * step, size)
            self.put(value, x + gap, y + number * step, size)
        return self

    def lines(self) -> list[Line]:
        """The page as a perfect reader would see it."""
        made = []
        for text, x, y, size, vertical in self.texts:
            long = sum(0.55 if unicodedata.east_asian_width(sign) in "NaH" and sign.isascii() else 1.0 for sign in text) * size
            box = (x, y, x + size, y + long) if vertical else (x, y, x + long, y + size)
            made.append(Line(text, box, size, vertical))
        return made

    def picture(self) -> Image.Image:
        """The page printed."""
        path = font_path()
        assert path is not None
        image = Image.new("RGB", (self.wide, self.high), PAPER)
        draw = ImageDraw.Draw(image)
        for text, x, y, size, vertical in self.texts:
            font = ImageFont.truetype(str(path), int(size))
            if vertical:
                for number, sign in enumerate(text):
                    draw.text((x, y + number * size), sign, INK, font)
            else:
                draw.text((x, y - 0.2 * size), text, INK, font)
        return image


def photographed(page: Image.Image, *, turned: int = 0) -> tuple[Image.Image, list[tuple[float, float]]]:
    """The page on a desk, seen a little from the side; the photograph and the sheet's corners in it (from its own top left)."""
    wide, high = page.size
    corners = [(0.12, 0.08), (0.86, 0.11), (0.91, 0.93), (0.09, 0.90)]
    size = round(wide * 1.25), round(high * 1.25)
    spots = [(x * size[0], y * size[1]) for x, y in corners]
    source = [(0, 0), (wide, 0), (wide, high), (0, high)]
    coefficients = _perspective(spots, source)
    sheet = page.convert("RGBA").transform(size, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BICUBIC)
    photo = Image.new("RGB", size, DESK)
    shadow = sheet.getchannel("A").filter(ImageFilter.GaussianBlur(8))
    photo.paste((70, 54, 40), (6, 8), shadow)
    photo.paste(sheet.convert("RGB"), (0, 0), sheet.getchannel("A"))
    photo = photo.filter(ImageFilter.GaussianBlur(0.6))
    for _ in range(turned // 90):  # to the left each time
        spots = [(y, photo.size[0] - x) for x, y in spots]
        photo = photo.transpose(Image.Transpose.ROTATE_90)
    return photo, spots


def _perspective(spots: list[tuple[float, float]], source: list[tuple[float, float]]) -> list[float]:
    """The eight numbers that take each point of the photograph to the page (Gauss elimination)."""
    rows: list[list[float]] = []
    for (x, y), (u, v) in zip(spots, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(8):
            if row != at:
                rows[row] = [value - rows[row][at] * lead for value, lead in zip(rows[row], rows[at], strict=True)]
    return [row[8] for row in rows]
