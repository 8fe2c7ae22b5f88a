"""Smaller copies of the dev photographs, with strips of masking tape over the dates: the demo's dates move, a paper's do not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pillow_heif
from PIL import Image, ImageDraw, ImageFilter, ImageOps

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).parent
LONG_SIDE, MOST_BYTES = 1100, 120_000
DATED = re.compile(
    r"\d{1,2}\s*月\s*\d{1,2}\s*日|\d{1,2}/\d{1,2}|[一二三四五六七八九十]+月[一二三四五六七八九十]+日"
    r"|20\d\d[.年]|R\d\.|令和|\d{1,2}\.\d{1,2} ?[\[［(（A-Z]|月号"
)
TAPES = ((241, 226, 178), (205, 226, 214), (238, 208, 200), (214, 220, 238))


def small_photographs(source: Path, target: Path) -> None:
    """Make all of ``photographs.json`` from the photographs and their truth in ``source``."""
    pillow_heif.register_heif_opener()
    for key, name in json.loads((HERE / "photographs.json").read_text(encoding="utf-8")).items():
        truth = json.loads((source / f"{name}.json").read_text(encoding="utf-8"))
        picture = ImageOps.exif_transpose(Image.open(source / truth["photo"])).convert("RGB")
        dated = [line["quad"] for line in truth["lines"] if DATED.search(line["text"])]
        for number, quad in enumerate(dated):
            picture = _taped(picture, quad, TAPES[number % len(TAPES)])
        picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        quality = 84
        while True:
            path = target / f"{key}.jpg"
            picture.save(path, "JPEG", quality=quality, optimize=True, progressive=True)
            if path.stat().st_size <= MOST_BYTES:
                break
            quality -= 4


def _taped(picture: Image.Image, quad: Sequence[Sequence[float]], colour: tuple[int, int, int]) -> Image.Image:
    """The picture with a strip of tape over the four corners, a little larger than they are."""
    middle = [sum(corner[axis] for corner in quad) / 4 for axis in (0, 1)]
    corners = [(middle[0] + (x - middle[0]) * 1.06, middle[1] + (y - middle[1]) * 1.5) for x, y in quad]
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).polygon(corners, fill=250)
    # the tape takes the light of the place where it sticks
    coarse = picture.convert("L").resize((48, 48 * picture.height // picture.width)).filter(ImageFilter.MaxFilter(5))
    light = coarse.filter(ImageFilter.GaussianBlur(2)).resize(picture.size, Image.Resampling.BICUBIC)
    tape = Image.composite(Image.new("RGB", picture.size, colour), Image.new("RGB", picture.size, (40, 36, 32)), light)
    return Image.composite(tape, picture, mask.filter(ImageFilter.GaussianBlur(1.2)))


if __name__ == "__main__":
    raise SystemExit("see make_demo_pictures.py")
