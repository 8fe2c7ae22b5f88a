"""Where the text of a page stands, and what it says: two small networks on onnxruntime. Runs in the reader's child only.

The weights (PP-OCRv6 small) lie inside the wheel ``rapidocr``, whose own code is not used: it would decode signs that no
Japanese flyer has. Here every class outside JIS X 0208 and ASCII is silenced before the best one is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import onnxruntime

from tamemap.domain.reading_mend import mended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INK, SURE = 0.3, 0.5  # a pixel belongs to text; a whole box does
GROW = 1.6  # the network marks the kernel of a line only
LEAST = 3.0  # pixels; thinner is dust
TALL = 1.5  # height over width from which a box is a vertical line
STRIP = 48  # height of the strips that the recogniser reads
WIDEST = 2400  # of a strip; what is longer is squeezed
BATCH = 6
LOWEST = 0.5  # lines below are noise more often than text
BESIDES = "☎☏♪♡♥★☆①②③④⑤⑥⑦⑧⑨⑩～〜－‐–—♬❤✿✆·•"


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of text: its four corners (from where its top left is, clockwise; pixels of the picture), and what it says."""

    quad: NDArray[np.float32]
    text: str
    confidence: float
    vertical: bool

    @property
    def size(self) -> float:
        """Height of its type in pixels."""
        sides = np.linalg.norm(self.quad[1] - self.quad[0]), np.linalg.norm(self.quad[3] - self.quad[0])
        return float(sides[0] if self.vertical else sides[1])


def session(package: str, name: str) -> onnxruntime.InferenceSession:
    """A network whose weights lie in ``models/`` of an installed package; one thread, memory given back after each run."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.log_severity_level = 3
    path = Path(spec.origin).parent / "models" / name
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Eyes:
    """Both networks, loaded once."""

    def __init__(self) -> None:
        self._find = session("rapidocr", "PP-OCRv6_det_small.onnx")
        self._read = session("rapidocr", "PP-OCRv6_rec_small.onnx")
        signs = self._read.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._signs = ["", *signs, " "]
        self._silent = np.array([bool(sign) and not _written_here(sign) for sign in self._signs])

    def find(self, image: NDArray[Any], side: int) -> list[NDArray[np.float32]]:
        """Boxes of text lines (four corners each, in pixels of ``image``), looked for with the long side at ``side``."""
        height, width = image.shape[:2]
        scale = min(1.0, side / max(height, width))
        wide, high = (max(32, round(one * scale / 32) * 32) for one in (width, height))
        small = cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA).astype(np.float32)
        planes = ((small / 127.5) - 1.0).transpose(2, 0, 1)[None]
        ink = self._find.run(None, {"x": planes})[0][0, 0]
        mask = cv2.dilate((ink > INK).astype(np.uint8), np.ones((2, 2), np.uint8))
        outlines, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        boxes = [box for outline in outlines[:1000] if (box := _box(outline, ink)) is not None]
        stretch = np.array([width / wide, height / high], np.float32)
        return [box * stretch for box in boxes]

    def read(self, image: NDArray[Any], boxes: Sequence[NDArray[np.float32]]) -> list[Seen]:
        """What stands in these boxes; boxes that say nothing are left out."""
        strips = [_strip(image, box) for box in boxes]
        order = sorted(range(len(strips)), key=lambda one: strips[one][0].shape[1])
        seen: list[Seen | None] = [None] * len(strips)
        for at in range(0, len(order), BATCH):
            some = order[at : at + BATCH]
            for one, (text, sure) in zip(some, self._say([strips[one][0] for one in some]), strict=True):
                if text.strip() and sure >= LOWEST:
                    seen[one] = Seen(boxes[one], mended(text.strip()), sure, strips[one][1])
        return [one for one in seen if one is not None]

    def _say(self, strips: Sequence[NDArray[Any]]) -> list[tuple[str, float]]:
        widest = max(320, *(strip.shape[1] for strip in strips))
        planes = np.zeros((len(strips), 3, STRIP, widest), np.float32)
        for number, strip in enumerate(strips):
            planes[number, :, :, : strip.shape[1]] = ((strip.astype(np.float32) / 127.5) - 1.0).transpose(2, 0, 1)
        chances = self._read.run(None, {"x": planes})[0]
        chances[:, :, self._silent] = 0.0
        best, sure = chances.argmax(axis=2), chances.max(axis=2)
        return [self._words(best[number], sure[number]) for number in range(len(strips))]

    def _words(self, best: NDArray[np.int64], sure: NDArray[np.float32]) -> tuple[str, float]:
        kept = (best != 0) & np.append(True, best[1:] != best[:-1])
        if not kept.any():
            return "", 0.0
        return "".join(self._signs[one] for one in best[kept]), float(sure[kept].mean())


def _written_here(sign: str) -> bool:
    if sign.isascii() or sign in BESIDES:
        return True
    for charset in ("shift_jis", "cp932"):
        try:
            sign.encode(charset)
        except UnicodeEncodeError:
            continue
        return not "Α" <= sign <= "я"  # Greek and Cyrillic look like Latin and are none
    return False


def _box(outline: NDArray[Any], ink: NDArray[np.float32]) -> NDArray[np.float32] | None:
    (x, y), (wide, high), angle = cv2.minAreaRect(outline)
    if min(wide, high) < LEAST:
        return None
    left, top, across, down = cv2.boundingRect(outline)
    part = np.zeros((down, across), np.uint8)
    cv2.fillPoly(part, [outline - np.array([left, top])], 1)
    if cv2.mean(ink[top : top + down, left : left + across], part)[0] < SURE:
        return None
    grown = 2 * (wide * high * GROW / (2 * (wide + high)))
    corners = cv2.boxPoints(((x, y), (wide + grown, high + grown), angle))
    if min(wide, high) + grown < LEAST + 2:
        return None
    return clockwise(corners.astype(np.float32))


def clockwise(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    """Four corners from the top left one (the one nearest to the origin along the diagonal), clockwise."""
    middle = corners.mean(axis=0)
    turn = np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))
    ordered = corners[turn]
    return np.roll(ordered, -int(np.argmin(ordered.sum(axis=1))), axis=0).astype(np.float32)


def _strip(image: NDArray[Any], box: NDArray[np.float32]) -> tuple[NDArray[Any], bool]:
    """The box as a strip of 48 pixels; a vertical line lies on its left side in it."""
    wide = max(1.0, float(np.linalg.norm(box[1] - box[0])), float(np.linalg.norm(box[2] - box[3])))
    high = max(1.0, float(np.linalg.norm(box[3] - box[0])), float(np.linalg.norm(box[2] - box[1])))
    vertical = high >= TALL * wide
    long, short = (high, wide) if vertical else (wide, high)
    size = int(np.clip(round(long * STRIP / short), 8, WIDEST))
    # from the quad straight to the strip: one interpolation only. Great type is first made small, else it flickers
    corners = np.roll(box, -1, axis=0) if vertical else box
    to = np.array([[0, 0], [size, 0], [size, STRIP], [0, STRIP]], np.float32)
    shrink = short / STRIP
    if shrink > 2:
        to = to * int(shrink)
    flat = cv2.getPerspectiveTransform(corners.astype(np.float32), to.astype(np.float32))
    big = (round(float(to[2][0])), round(float(to[2][1])))
    strip = cv2.warpPerspective(image, flat, big, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if shrink > 2:
        strip = cv2.resize(strip, (size, STRIP), interpolation=cv2.INTER_AREA)
    return strip, vertical
