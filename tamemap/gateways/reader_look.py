"""A photograph as the edge finder sees it, and what speaks for a candidate for a sheet in it. Runs in the reader's child."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tamemap.gateways.reader_text import clockwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Quad = NDArray[np.float32]

SIDE = 720  # long side of the picture in which edges are looked for
POINTS = 40  # looked at along each side
LEAST_AREA = 0.06  # of the photograph
STRETCHES = 8  # of each side, looked at by themselves
LARGER = 0.2  # printed bands and frames have edges too: of two alike candidates the larger is the sheet


class Look:
    """A photograph as the edge finder sees it: small, in Lab, with its changes and its text boxes."""

    def __init__(self, image: NDArray[Any], boxes: Sequence[Quad]) -> None:
        height, width = image.shape[:2]
        self.scale = SIDE / max(height, width)
        small = cv2.resize(image, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.shape = small.shape[:2]
        self.lab = cv2.cvtColor(cv2.bilateralFilter(small, 7, 30, 5), cv2.COLOR_BGR2LAB)
        self.boxes = [np.asarray(box, np.float32) * self.scale for box in boxes]
        plane = cv2.GaussianBlur(self.lab, (0, 0), 1.2).astype(np.float32)
        across, down = cv2.Sobel(plane, cv2.CV_32F, 1, 0) / 4, cv2.Sobel(plane, cv2.CV_32F, 0, 1) / 4
        most = np.argmax(across**2 + down**2, axis=2)[..., None]
        self.across, self.down = (np.take_along_axis(one, most, 2)[..., 0] for one in (across, down))
        self.text = np.zeros(self.shape, np.uint8)
        for box in self.boxes:
            cv2.fillConvexPoly(self.text, np.round(box).astype(np.int32), 1)
        self.smooth = cv2.GaussianBlur(self.lab, (0, 0), 2.0).astype(np.float32)

    def paper(self) -> NDArray[np.float32]:
        """The colour of the paper around the text."""
        near = cv2.dilate(self.text, np.ones((5, 5), np.uint8)) > 0
        pixels = self.lab[near] if near.sum() > 50 else self.lab.reshape(-1, 3)
        bright = pixels[pixels[:, 0] >= np.percentile(pixels[:, 0], 50)]
        return np.median(bright, axis=0).astype(np.float32)


def along(quads: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points along every side (n, 4, POINTS, 2) and the sides' normals (n, 4, 2) that point outwards."""
    ends = np.roll(quads, -1, axis=1)
    at = np.linspace(0.04, 0.96, POINTS, dtype=np.float32)[None, None, :, None]
    points = quads[:, :, None] * (1 - at) + ends[:, :, None] * at
    side = ends - quads
    normal = np.stack([side[..., 1], -side[..., 0]], axis=-1) / np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-6)
    middle = quads.mean(axis=1, keepdims=True)
    outwards = np.sign(
        ((quads + ends) / 2 - middle)[..., 0] * normal[..., 0] + ((quads + ends) / 2 - middle)[..., 1] * normal[..., 1]
    )
    return points, (normal * outwards[..., None]).astype(np.float32)


def rough(quads: NDArray[np.float32], look: Look) -> NDArray[np.float64]:
    """A quick score of many candidates: change across their sides, and text within them."""
    points, normal = along(quads)
    changed = change(points, normal, look)
    across = changed.mean(axis=2)
    return 0.6 * across.mean(axis=1) + 0.4 * across.min(axis=1) + np.array([_text(quad, look) for quad in quads])


def change(points: NDArray[np.float32], normal: NDArray[np.float32], look: Look) -> NDArray[np.float32]:
    """How much light or colour changes across the side at each point, 0 to 1; outside the picture nothing is known."""
    high, wide = look.shape
    best = np.zeros(points.shape[:3], np.float32)
    for shift in (-2, -1, 0, 1, 2):
        spot = points + shift * normal[:, :, None]
        x, y = np.round(spot[..., 0]).astype(int), np.round(spot[..., 1]).astype(int)
        inside = (x >= 0) & (y >= 0) & (x < wide) & (y < high)
        x, y = x.clip(0, wide - 1), y.clip(0, high - 1)
        pull = np.abs(look.across[y, x] * normal[..., None, 0] + look.down[y, x] * normal[..., None, 1])
        best = np.maximum(best, np.where(inside, pull, 2.0))
    return best / (best + 9.0)


def _text(quad: Quad, look: Look) -> float:
    """Text within counts for a candidate, text that it cuts against it."""
    if not look.boxes:
        return 0.0
    centres = np.array([box.mean(axis=0) for box in look.boxes])
    areas = np.array([cv2.contourArea(box) for box in look.boxes])
    within = np.stack([_inside(np.array([box[k] for box in look.boxes]), quad, 3) for k in range(4)])
    whole, some = within.all(axis=0), within.any(axis=0) | _inside(centres, quad, 0)
    total = areas.sum()
    return float(0.5 * areas[whole].sum() / total - 0.9 * areas[some & ~whole].sum() / total)


def _inside(points: NDArray[np.float32], quad: Quad, slack: float) -> NDArray[np.bool_]:
    ordered = clockwise(quad)
    side = np.roll(ordered, -1, axis=0) - ordered
    length = np.linalg.norm(side, axis=1)
    away = (
        side[None, :, 0] * (points[:, None, 1] - ordered[None, :, 1])
        - side[None, :, 1] * (points[:, None, 0] - ordered[None, :, 0])
    ) / length
    return (away > -slack).all(axis=1)


def score(quad: Quad, look: Look) -> float:
    """All that speaks for a candidate: changes along its sides, a difference of inside and outside, whole text."""
    points, normal = along(quad[None])
    changed = change(points, normal, look)[0]
    apart = _apart(points[0], normal[0], look)
    # a side that runs on beyond its sheet has a stretch where nothing changes
    stretches = changed.reshape(4, STRETCHES, -1).mean(axis=2)
    weakest = np.sort(stretches, axis=1)[:, :2].mean(axis=1)
    each = 0.35 * changed.mean(axis=1) + 0.3 * weakest + 0.35 * apart
    large = cv2.contourArea(quad) / (look.shape[0] * look.shape[1])
    return float(0.6 * each.mean() + 0.4 * each.min() + _text(quad, look) + LARGER * np.sqrt(large))


def _apart(points: NDArray[np.float32], normal: NDArray[np.float32], look: Look) -> NDArray[np.float32]:
    """Per side: how far the sheet (just inside) and its surroundings (just outside) differ in colour."""
    high, wide = look.shape
    strips = []
    for shift in (-6, 6):
        spot = points + shift * normal[:, None]
        x, y = (np.round(spot[..., k]).astype(int).clip(0, most - 1) for k, most in ((0, wide), (1, high)))
        strips.append(look.smooth[y, x])
    differ = np.linalg.norm(strips[0] - strips[1], axis=2)
    return np.median(differ / (differ + 12.0), axis=1)


def sides(quad: Quad, look: Look) -> NDArray[np.float32]:
    """How much of an edge each side is: changes along it, and its weakest stretches."""
    points, normal = along(quad[None])
    changed = change(points, normal, look)[0]
    weakest = np.sort(changed.reshape(4, STRETCHES, -1).mean(axis=2), axis=1)[:, :2].mean(axis=1)
    return 0.4 * changed.mean(axis=1) + 0.2 * weakest + 0.4 * _apart(points[0], normal[0], look)


def sensible(quad: Quad, look: Look) -> bool:
    """Whether a candidate lies in the picture, is large enough and shaped like a sheet seen from somewhere."""
    high, wide = look.shape
    slack = 0.03 * SIDE
    if quad[:, 0].min() < -slack or quad[:, 1].min() < -slack or quad[:, 0].max() > wide + slack:
        return False
    if quad[:, 1].max() > high + slack:
        return False
    sides = np.roll(quad, -1, axis=0) - quad
    turns = sides[:, 0] * np.roll(sides, -1, axis=0)[:, 1] - sides[:, 1] * np.roll(sides, -1, axis=0)[:, 0]
    lengths = np.linalg.norm(sides, axis=1)
    if not (np.all(turns > 0) or np.all(turns < 0)) or lengths.min() < 60:
        return False
    bend = np.abs(turns) / (lengths * np.roll(lengths, -1))
    ratio = min(lengths[0], lengths[2]) / max(lengths[0], lengths[2]), min(lengths[1], lengths[3]) / max(lengths[1], lengths[3])
    return bool(bend.min() > 0.7 and min(ratio) > 0.5 and cv2.contourArea(quad) >= LEAST_AREA * high * wide)


def meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float] | None:
    """Where two lines (a, b, c) cross; None when they hardly do."""
    flat = one[0] * other[1] - one[1] * other[0]
    if abs(flat) < 0.3:
        return None
    return ((one[2] * other[1] - other[2] * one[1]) / flat, (one[0] * other[2] - other[0] * one[2]) / flat)
