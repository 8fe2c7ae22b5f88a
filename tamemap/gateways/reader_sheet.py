"""The four edges of a sheet in a photograph: many candidates, each scored by what speaks for it. Runs in the reader's child.

No network: lines and shapes from several views of the picture (brightness, colour, likeness to the paper around the text)
give candidates; a candidate is good when light or colour changes along all four of its sides, when the text of the sheet
lies within it and when no line of text is cut by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from tamemap.gateways.reader_candidates import candidates
from tamemap.gateways.reader_look import Look, along, change, meet, rough, score, sensible, sides
from tamemap.gateways.reader_text import clockwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Quad = NDArray[np.float32]

BEST = 24  # candidates that are looked at closely
RUNS_ON = 0.62  # of the strength that a side has, in the piece beyond its corner
REACHES = tuple(0.04 + 0.0125 * step for step in range(72))
SLANTS = (-0.06, -0.04, -0.02, 0.0, 0.02, 0.04, 0.06)
GOOD = 0.34  # score from which it is an edge and no fancy


@dataclass(frozen=True, slots=True)
class Sheet:
    """Four corners in pixels of the photograph, clockwise, and how much speaks for them (0 to 1)."""

    corners: Quad
    score: float


def find_sheet(image: NDArray[Any], boxes: Sequence[Quad]) -> Sheet | None:
    """The sheet that these text boxes stand on; None when nothing has four edges."""
    look = Look(image, boxes)
    quads = [quad for quad in candidates(look) if sensible(quad, look)]
    if not quads:
        return None
    rated = np.array(rough(np.stack(quads), look))
    close = []
    for one in _different(quads, rated):
        fitted = _fitted(quads[one], look)
        for quad in (quads[one], fitted):
            if quad is not None and sensible(quad, look):
                close.append((score(quad, look), quad))
    if not close:
        return None
    best, quad = max(close, key=lambda one: one[0])
    quad = _grown(quad, look)
    return Sheet(clockwise(quad) / look.scale, best) if best >= GOOD else None


def _different(quads: list[Quad], scores: NDArray[np.float64]) -> list[int]:
    kept: list[int] = []
    for one in np.argsort(-scores):
        if all(np.abs(clockwise(quads[one]) - clockwise(quads[other])).max() > 6 for other in kept):
            kept.append(int(one))
        if len(kept) == BEST:
            break
    return kept


def _grown(quad: Quad, look: Look) -> Quad:
    """A printed band is an edge too: while the two sides beside it run on beyond it, the sheet does, to the next edge."""
    quad = clockwise(quad)
    for at in range(4):
        longer = [one for moved in _moved(quad, at, look) if (one := _longer(quad, moved, at, look)) is not None]
        if longer:
            best = max(longer, key=lambda one: one[0])[1]
            fitted = _fitted(best, look)
            quad = fitted if fitted is not None and sensible(fitted, look) else best
    return quad


def _moved(quad: Quad, at: int, look: Look) -> list[Quad]:
    """The candidate with side ``at`` moved outwards along its neighbours: the few places where most changes across it."""
    one, two, three, four = (quad[(at + k) % 4] for k in range(4))
    shares = np.array([(share, share + slant) for share in REACHES for slant in SLANTS], np.float32)
    made = np.repeat(quad[None], len(shares), axis=0)
    made[:, at] = one + shares[:, :1] * (one - four)
    made[:, (at + 1) % 4] = two + shares[:, 1:] * (two - three)
    points, normal = along(made)
    changed = change(points[:, at : at + 1], normal[:, at : at + 1], look).mean(axis=(1, 2))
    kept: list[int] = []
    for number in np.argsort(-changed):
        if all(abs(shares[number, 0] - shares[other, 0]) > 0.04 for other in kept):
            kept.append(int(number))
        if len(kept) == 6:
            break
    return [made[number] for number in kept if sensible(made[number], look)]


def _longer(quad: Quad, moved: Quad, at: int, look: Look) -> tuple[float, Quad] | None:
    """The longer candidate and how good it is; None when one of its three new sides is no edge."""
    before = sides(quad, look)
    after = (at + 1) % 4
    new = sides(np.array([moved[at], moved[after], quad[after], quad[at]], np.float32), look)
    if new[1] < RUNS_ON * before[after] or new[3] < RUNS_ON * before[at - 1] or new[0] < max(0.5 * before[at], 0.38):
        return None
    return float(new[0] + 0.5 * min(new[1], new[3])), moved


def _fitted(quad: Quad, look: Look) -> Quad | None:
    """The candidate with its sides laid on the strongest changes nearby; near each corner by themselves, for paper bends."""
    quad = clockwise(quad)
    points, normal = along(quad[None])
    spots = _strongest(points[0], normal[0], look)
    corners = []
    for at in range(4):
        before, after = spots[at - 1], spots[at]
        pair = _line_of(before[len(before) // 2 :]), _line_of(after[: (len(after) + 1) // 2])
        if pair[0] is None or pair[1] is None:
            return None
        corner = meet(pair[0], pair[1])
        if corner is None or np.hypot(*(np.array(corner) - quad[at])) > 40:
            return None
        corners.append(corner)
    return np.array(corners, np.float32)


def _strongest(points: NDArray[np.float32], normal: NDArray[np.float32], look: Look) -> list[NDArray[np.float32]]:
    high, wide = look.shape
    spots = []
    reach = np.arange(-9, 10, dtype=np.float32)
    for side, direction in zip(points, normal, strict=True):
        lanes = side[:, None] + reach[None, :, None] * direction
        x, y = (np.round(lanes[..., k]).astype(int).clip(0, most - 1) for k, most in ((0, wide), (1, high)))
        pull = np.abs(look.across[y, x] * direction[0] + look.down[y, x] * direction[1]) - 0.25 * np.abs(reach)
        best = pull.argmax(axis=1)
        spots.append(lanes[np.arange(len(side)), best])
    return spots


def _line_of(points: NDArray[np.float32]) -> NDArray[np.float64] | None:
    if len(points) < 5:
        return None
    vx, vy, px, py = cv2.fitLine(points.astype(np.float32), cv2.DIST_WELSCH, 0, 0.01, 0.01).ravel()
    return np.array([vy, -vx, vy * px - vx * py], float)


def straight(image: NDArray[Any], corners: Quad, most: int) -> NDArray[Any]:
    """The sheet laid flat, its long side at most ``most`` pixels."""
    wide = max(float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[2] - corners[3])))
    high = max(float(np.linalg.norm(corners[3] - corners[0])), float(np.linalg.norm(corners[2] - corners[1])))
    scale = min(1.0, most / max(wide, high))
    size = max(32, round(wide * scale)), max(32, round(high * scale))
    to = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    flat = cv2.getPerspectiveTransform(corners.astype(np.float32), to)
    return cv2.warpPerspective(image, flat, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
