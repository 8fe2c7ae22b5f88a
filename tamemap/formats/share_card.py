"""The image that goes with a shared address: 1200×630, JPEG, made of the flyer's picture and its words.

The type comes with a library (Noto Sans JP), so that every server draws the same; nothing here asks the system for a font.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import pylopdf_fonts_jp
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
MEDIA_TYPE = "image/jpeg"
LAYOUT = 1  # raise it when cards are to be drawn anew
PAPER, INK, MUTED, KAKI, LINE = "#fbf9f4", "#1f1b16", "#5c554c", "#b8440f", "#ddd6ca"
EDGE, GAP, BAND = 56, 48, 14
PICTURE_WIDTH = 470
# the largest size at which a title fits in as many lines as the others leave it
TITLES = ((68, 3), (56, 4), (46, 5), (40, 5))
# signs that never begin a line
NO_BEGINNING = "、。，．・：；？！゛゜ー々」』）］｝〉》】〕,.!?)]}%％ぁぃぅぇぉっゃゅょァィゥェォッャュョ"


@dataclass(frozen=True, slots=True)
class Words:
    """What stands on a card; all but the title may be empty. ``brand`` stands at its foot."""

    title: str
    date: str = ""
    place: str = ""
    town: str = ""
    brand: str = ""


def share_card(words: Words, picture: bytes | None = None) -> bytes:
    """The card as JPEG, at most about 150 kB; ``picture`` is one of ours (JPEG), at the left. Takes some 60 ms."""
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(card)
    draw.rectangle((0, 0, WIDTH, BAND), fill=KAKI)
    left = _picture(card, draw, picture) + GAP if picture else EDGE + 24
    _words(draw, words, left, WIDTH - EDGE - left)
    out = io.BytesIO()
    card.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def _picture(card: Image.Image, draw: ImageDraw.ImageDraw, picture: bytes) -> int:
    """Puts the picture there, whole, with a fine edge; answers where it ends."""
    with Image.open(io.BytesIO(picture)) as opened:
        room = PICTURE_WIDTH, HEIGHT - BAND - 2 * 36
        opened.draft("RGB", room)
        small = opened.convert("RGB")
        scale = min(room[0] / small.width, room[1] / small.height)
        small = small.resize((max(1, round(small.width * scale)), max(1, round(small.height * scale))), Image.Resampling.LANCZOS)
    top = BAND + (HEIGHT - BAND - small.height) // 2
    draw.rectangle((EDGE - 1, top - 1, EDGE + small.width, top + small.height), outline=LINE)
    card.paste(small, (EDGE, top))
    return EDGE + small.width


def _words(draw: ImageDraw.ImageDraw, words: Words, left: int, room: int) -> None:
    """Town, title, date and place from above, the brand at the foot."""
    foot = HEIGHT - 52
    draw.text((left, foot), _fitting(words.brand, 30, room), fill=MUTED, font=_font(30), anchor="ls")
    below = [(KAKI, 42, words.date, 2), (INK, 34, words.place, 2)]
    parts = [(colour, size, lines) for colour, size, text, most in below if text for lines in [_lines(text, size, room, most)]]
    height = sum(len(lines) * _step(size) + 14 for _, size, lines in parts)
    top = BAND + 52
    if words.town:
        draw.text((left, top), _fitting(words.town, 32, room), fill=MUTED, font=_font(32), anchor="lt")
        top += 60
    size, lines = _title(words.title, room, foot - 60 - top - height)
    top = _written(draw, (left, top), lines, size, INK, bold=True) + 22
    for colour, size, lines in parts:
        top = _written(draw, (left, top), lines, size, colour, bold=colour == KAKI) + 14


def _written(draw: ImageDraw.ImageDraw, at: tuple[int, int], lines: list[str], size: int, colour: str, *, bold: bool) -> int:
    left, top = at
    for line in lines:
        # the font has one weight: a stroke around its signs is the heavier one
        draw.text((left, top), line, fill=colour, font=_font(size), stroke_width=size // 40 if bold else 0, stroke_fill=colour)
        top += _step(size)
    return top


def _title(text: str, room: int, height: int) -> tuple[int, list[str]]:
    for size, most in TITLES:
        lines = _lines(text, size, room, 99)
        if len(lines) <= most and len(lines) * _step(size) <= height:
            return size, lines
    size = TITLES[-1][0]
    return size, _lines(text, size, room, max(1, height // _step(size)))


def _lines(text: str, size: int, room: int, most: int) -> list[str]:
    """The text in lines of that width; what is more than ``most`` of them ends in …."""
    font, lines, line = _font(size), [], ""
    for sign in " ".join(text.split()):
        # one that may not begin a line hangs over its end, as in print
        if line and font.getlength(line + sign) > (room + size if sign in NO_BEGINNING else room):
            lines.append(line)
            line = ""
        line += sign
    lines.append(line)
    lines = [one.strip() for one in lines]
    return lines if len(lines) <= most else [*lines[: most - 1], _fitting(lines[most - 1] + "…", size, room, cut=True)]


def _fitting(text: str, size: int, room: int, *, cut: bool = False) -> str:
    """The text, shortened to one line of that width."""
    font = _font(size)
    kept = text.removesuffix("…") if cut else text
    while kept and font.getlength(kept + "…") > room:
        kept = kept[:-1]
    return text if font.getlength(text) <= room else kept + "…"


def _step(size: int) -> int:
    return round(size * 1.34)


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(pylopdf_fonts_jp.sans_path(), size, layout_engine=ImageFont.Layout.BASIC)
