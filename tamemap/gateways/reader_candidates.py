"""Candidates for the edges of a sheet: outlines of what is like its paper, and straight lines. In the reader's child only."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tamemap.gateways.reader_look import LEAST_AREA, Look, meet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Quad = NDArray[np.float32]

LINES = 12  # kept of each of the two directions


def candidates(look: Look) -> Iterator[Quad]:
    """All candidates, good and bad."""
    yield from _from_shapes(look)
    yield from _from_lines(look)


def _from_shapes(look: Look) -> Iterator[Quad]:
    kernel = np.ones((5, 5), np.uint8)
    for mask in _masks(look):
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
        closed = cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:3]:
            if cv2.contourArea(outline) >= LEAST_AREA * look.shape[0] * look.shape[1]:
                yield from _quads_of(outline)


def _masks(look: Look) -> Iterator[NDArray[Any]]:
    light = look.lab[..., 0]
    text = cv2.dilate(look.text, np.ones((7, 7), np.uint8)) * 255
    distance = np.linalg.norm(look.lab.astype(np.float32) - look.paper(), axis=2)
    colour = np.linalg.norm(look.lab[..., 1:].astype(np.float32) - look.paper()[1:], axis=2)
    for limit in (8, 12, 17, 24, 34, 48):
        yield cv2.bitwise_or((distance < limit).astype(np.uint8) * 255, text)
    for limit in (5, 8, 12):
        yield cv2.bitwise_or(((colour < limit) & (distance < 90)).astype(np.uint8) * 255, text)
    otsu, _ = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    for level in (otsu - 25, otsu, otsu + 25):
        yield cv2.bitwise_or(cv2.threshold(light, level, 255, cv2.THRESH_BINARY)[1], text)
    strength = np.hypot(look.across, look.down)
    for limit in (6, 12, 20):
        edges = cv2.dilate((strength > limit).astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
        yield edges
        flooded = _filled(edges, look)
        if flooded is not None:
            yield flooded


def _filled(edges: NDArray[Any], look: Look) -> NDArray[Any] | None:
    """All that cannot be reached from the rim of the picture without crossing an edge."""
    rim = cv2.copyMakeBorder(edges, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reached = np.zeros((rim.shape[0] + 2, rim.shape[1] + 2), np.uint8)
    cv2.floodFill(rim, reached, (0, 0), 255, flags=4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8))
    inside: NDArray[Any] = 255 - reached[2:-2, 2:-2]
    return inside if inside.mean() > 10 else None


def _quads_of(outline: NDArray[Any]) -> Iterator[Quad]:
    hull = cv2.convexHull(outline)
    length = cv2.arcLength(hull, True)
    for slack in (0.01, 0.02, 0.035, 0.05):
        near = cv2.approxPolyDP(hull, slack * length, True)
        if len(near) == 4:
            yield near.reshape(4, 2).astype(np.float32)
            break
    around = cv2.approxPolyN(hull, 4, ensure_convex=True) if len(hull) >= 4 else None
    if around is not None and around.size == 8:
        yield around.reshape(4, 2).astype(np.float32)


def _from_lines(look: Look) -> Iterator[Quad]:
    families = _lines(look)
    if families is None:
        return
    ones, others = families
    for first in combinations(ones, 2):
        for second in combinations(others, 2):
            corners = [
                meet(a, b)
                for a, b in zip(
                    (first[0], first[0], first[1], first[1]), (second[0], second[1], second[1], second[0]), strict=True
                )
            ]
            if all(corner is not None for corner in corners):
                yield np.array(corners, np.float32)


def _lines(look: Look) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]] | None:
    """The strongest straight lines along the text and across it, each as (a, b, c) of ax + by = c."""
    finder = cv2.createLineSegmentDetector()
    found = []
    for channel in range(3):
        segments = finder.detect(np.ascontiguousarray(look.lab[..., channel]))[0]
        if segments is not None:
            found.append(segments.reshape(-1, 4))
    if not found:
        return None
    segments = np.concatenate(found)
    length = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    segments, length = segments[length > 28], length[length > 28]
    angle = np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0])
    along = np.abs(np.angle(np.exp(2j * (angle - _tilt(look))))) / 2 < np.pi / 4
    return _merged(segments[along], length[along], look), _merged(segments[~along], length[~along], look)


def _tilt(look: Look) -> float:
    """The direction in which lines of text run, or stand."""
    angles = []
    for box in look.boxes:
        side = box[1] - box[0] if np.linalg.norm(box[1] - box[0]) >= np.linalg.norm(box[3] - box[0]) else box[3] - box[0]
        angles.append((2 * np.arctan2(side[1], side[0]), float(np.linalg.norm(side))))
    if not angles:
        return 0.0
    return float(np.angle(sum(weight * np.exp(2j * angle) for angle, weight in angles))) / 2


def _merged(segments: NDArray[np.float32], length: NDArray[np.float32], look: Look) -> list[NDArray[np.float64]]:
    """Segments on one line become one, each pixel of it counted once; the longest are kept."""
    rest = list(np.argsort(-length))
    lines: list[tuple[float, NDArray[np.float64]]] = []
    while rest and len(lines) < 3 * LINES:
        x1, y1, x2, y2 = segments[rest[0]].astype(float)
        normal = np.array([y2 - y1, x1 - x2]) / max(1e-6, np.hypot(x2 - x1, y2 - y1))
        offset = normal @ np.array([x1, y1])
        ends = segments[rest].reshape(-1, 2, 2)
        away = np.abs(ends @ normal - offset).max(axis=1)
        mine = away < 5
        points = ends[mine].reshape(-1, 2).astype(np.float32)
        vx, vy, px, py = cv2.fitLine(points, cv2.DIST_L2, 0, 0.01, 0.01).ravel()
        line = np.array([vy, -vx, vy * px - vx * py], float)
        lines.append((float(np.sqrt(length[rest][mine]).sum() * np.sqrt(length[rest][mine].max())), line))
        rest = [one for one, taken in zip(rest, mine, strict=True) if not taken]
    lines.sort(key=lambda one: -one[0])
    return [line for _, line in lines[:LINES]]
