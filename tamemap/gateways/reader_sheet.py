"""The four edges of a sheet in a photograph: many candidates, each scored by what speaks for it. Runs in the reader's child.

No network: lines and shapes from several views of the picture (brightness, colour, likeness to the paper around the text)
give candidates; a candidate is good when light or colour changes along all four of its sides, when the text of the sheet
lies within it and when no line of text is cut by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import cv2
import numpy as np

from tamemap.gateways.reader_text import clockwise

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Quad = NDArray[np.float32]

SIDE = 720  # long side of the picture in which edges are looked for
POINTS = 40  # looked at along each side
LEAST_AREA = 0.06  # of the photograph
LINES = 12  # kept of each of the two directions
BEST = 24  # candidates that are looked at closely
STRETCHES = 8  # of each side, looked at by themselves
LARGER = 0.2  # printed bands and frames have edges too: of two alike candidates the larger is the sheet
RUNS_ON = 0.62  # of the strength that a side has, in the piece beyond its corner
REACHES = tuple(0.04 + 0.0125 * step for step in range(72))
SLANTS = (-0.06, -0.04, -0.02, 0.0, 0.02, 0.04, 0.06)
GOOD = 0.34  # score from which it is an edge and no fancy


@dataclass(frozen=True, slots=True)
class Sheet:
    """Four corners in pixels of the photograph, clockwise, and how much speaks for them (0 to 1)."""

    corners: Quad
    score: float


class Look:
    """A photograph as the edge finder sees it: small, in Lab, with its changes and its text boxes."""

    def __init__(self, image: NDArray[np.uint8], boxes: Sequence[Quad]) -> None:
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


def find_sheet(image: NDArray[np.uint8], boxes: Sequence[Quad]) -> Sheet | None:
    """The sheet that these text boxes stand on; None when nothing has four edges."""
    look = Look(image, boxes)
    quads = [quad for quad in _candidates(look) if _sensible(quad, look)]
    if not quads:
        return None
    scores = np.array(_rough(np.stack(quads), look))
    close = []
    for one in _different(quads, scores):
        fitted = _fitted(quads[one], look)
        for quad in (quads[one], fitted):
            if quad is not None and _sensible(quad, look):
                close.append((_score(quad, look), quad))
    if not close:
        return None
    score, quad = max(close, key=lambda one: one[0])
    quad = _grown(quad, look)
    return Sheet(clockwise(quad) / look.scale, score) if score >= GOOD else None


def _different(quads: list[Quad], scores: NDArray[np.float64]) -> list[int]:
    kept: list[int] = []
    for one in np.argsort(-scores):
        if all(np.abs(clockwise(quads[one]) - clockwise(quads[other])).max() > 6 for other in kept):
            kept.append(int(one))
        if len(kept) == BEST:
            break
    return kept


# ── candidates ──


def _candidates(look: Look) -> Iterator[Quad]:
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


def _masks(look: Look) -> Iterator[NDArray[np.uint8]]:
    light = look.lab[..., 0]
    text = cv2.dilate(look.text, np.ones((7, 7), np.uint8)) * 255
    distance = np.linalg.norm(look.lab.astype(np.float32) - look.paper(), axis=2)
    colour = np.linalg.norm(look.lab[..., 1:].astype(np.float32) - look.paper()[1:], axis=2)
    for limit in (8, 12, 17, 24, 34, 48):
        yield cv2.bitwise_or((distance < limit).astype(np.uint8) * 255, text)
    for limit in (5, 8, 12):
        yield cv2.bitwise_or(((colour < limit) & (distance < 90)).astype(np.uint8) * 255, text)
    otsu, mask = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    for limit in (otsu - 25, otsu, otsu + 25):
        yield cv2.bitwise_or(cv2.threshold(light, limit, 255, cv2.THRESH_BINARY)[1], text)
    strength = np.hypot(look.across, look.down)
    for limit in (6, 12, 20):
        edges = cv2.dilate((strength > limit).astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
        yield edges
        flooded = _filled(edges, look)
        if flooded is not None:
            yield flooded


def _filled(edges: NDArray[np.uint8], look: Look) -> NDArray[np.uint8] | None:
    """All that cannot be reached from the rim of the picture without crossing an edge."""
    rim = cv2.copyMakeBorder(edges, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    reached = np.zeros((rim.shape[0] + 2, rim.shape[1] + 2), np.uint8)
    cv2.floodFill(rim, reached, (0, 0), 255, flags=4 | cv2.FLOODFILL_MASK_ONLY | (255 << 8))
    inside: NDArray[np.uint8] = 255 - reached[2:-2, 2:-2]
    return inside if inside.mean() > 10 else None


def _quads_of(outline: NDArray[np.int32]) -> Iterator[Quad]:
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
            corners = [_meet(a, b) for a, b in zip((first[0], first[0], first[1], first[1]),
                                                   (second[0], second[1], second[1], second[0]), strict=True)]  # fmt: skip
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


def _meet(one: NDArray[np.float64], other: NDArray[np.float64]) -> tuple[float, float] | None:
    flat = one[0] * other[1] - one[1] * other[0]
    if abs(flat) < 0.3:
        return None
    return ((one[2] * other[1] - other[2] * one[1]) / flat, (one[0] * other[2] - other[0] * one[2]) / flat)


def _sensible(quad: Quad, look: Look) -> bool:
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


# ── what speaks for a candidate ──


def _along(quads: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points along every side (n, 4, POINTS, 2) and the sides' normals (n, 4, 2) that point outwards."""
    ends = np.roll(quads, -1, axis=1)
    at = np.linspace(0.04, 0.96, POINTS, dtype=np.float32)[None, None, :, None]
    points = quads[:, :, None] * (1 - at) + ends[:, :, None] * at
    side = ends - quads
    normal = np.stack([side[..., 1], -side[..., 0]], axis=-1) / np.maximum(np.linalg.norm(side, axis=-1, keepdims=True), 1e-6)
    middle = quads.mean(axis=1, keepdims=True)
    outwards = np.sign(((quads + ends) / 2 - middle)[..., 0] * normal[..., 0]
                       + ((quads + ends) / 2 - middle)[..., 1] * normal[..., 1])  # fmt: skip
    return points, (normal * outwards[..., None]).astype(np.float32)


def _rough(quads: NDArray[np.float32], look: Look) -> NDArray[np.float64]:
    """A quick score of many candidates: change across their sides, and text within them."""
    points, normal = _along(quads)
    change = _change(points, normal, look)
    sides = change.mean(axis=2)
    return 0.6 * sides.mean(axis=1) + 0.4 * sides.min(axis=1) + np.array([_text(quad, look) for quad in quads])


def _change(points: NDArray[np.float32], normal: NDArray[np.float32], look: Look) -> NDArray[np.float32]:
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
    away = (side[None, :, 0] * (points[:, None, 1] - ordered[None, :, 1])
            - side[None, :, 1] * (points[:, None, 0] - ordered[None, :, 0])) / length  # fmt: skip
    return (away > -slack).all(axis=1)


def _score(quad: Quad, look: Look) -> float:
    """All that speaks for a candidate: changes along its sides, a difference of inside and outside, whole text."""
    points, normal = _along(quad[None])
    sides = _change(points, normal, look)[0]
    apart = _apart(points[0], normal[0], look)
    # a side that runs on beyond its sheet has a stretch where nothing changes
    stretches = sides.reshape(4, STRETCHES, -1).mean(axis=2)
    weakest = np.sort(stretches, axis=1)[:, :2].mean(axis=1)
    each = 0.35 * sides.mean(axis=1) + 0.3 * weakest + 0.35 * apart
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


# ── fitting ──


def _grown(quad: Quad, look: Look) -> Quad:
    """A printed band is an edge too: while the two sides beside it run on beyond it, the sheet does, to the next edge."""
    quad = clockwise(quad)
    for at in range(4):
        longer = [one for moved in _moved(quad, at, look) if (one := _longer(quad, moved, at, look)) is not None]
        if longer:
            best = max(longer, key=lambda one: one[0])[1]
            fitted = _fitted(best, look)
            quad = fitted if fitted is not None and _sensible(fitted, look) else best
    return quad


def _moved(quad: Quad, at: int, look: Look) -> list[Quad]:
    """The candidate with side ``at`` moved outwards along its neighbours: the few places where most changes across it."""
    one, two, three, four = (quad[(at + k) % 4] for k in range(4))
    shares = np.array([(share, share + slant) for share in REACHES for slant in SLANTS], np.float32)
    made = np.repeat(quad[None], len(shares), axis=0)
    made[:, at] = one + shares[:, :1] * (one - four)
    made[:, (at + 1) % 4] = two + shares[:, 1:] * (two - three)
    points, normal = _along(made)
    change = _change(points[:, at : at + 1], normal[:, at : at + 1], look).mean(axis=(1, 2))
    kept: list[int] = []
    for number in np.argsort(-change):
        if all(abs(shares[number, 0] - shares[other, 0]) > 0.04 for other in kept):
            kept.append(int(number))
        if len(kept) == 6:
            break
    return [made[number] for number in kept if _sensible(made[number], look)]


def _longer(quad: Quad, moved: Quad, at: int, look: Look) -> tuple[float, Quad] | None:
    """The longer candidate and how good it is; None when one of its three new sides is no edge."""
    before = _sides(quad, look)
    after = (at + 1) % 4
    new = _sides(np.array([moved[at], moved[after], quad[after], quad[at]], np.float32), look)
    if new[1] < RUNS_ON * before[after] or new[3] < RUNS_ON * before[at - 1] or new[0] < max(0.5 * before[at], 0.38):
        return None
    return float(new[0] + 0.5 * min(new[1], new[3])), moved


def _sides(quad: Quad, look: Look) -> NDArray[np.float32]:
    """How much of an edge each side is: changes along it, and its weakest stretches."""
    points, normal = _along(quad[None])
    change = _change(points, normal, look)[0]
    weakest = np.sort(change.reshape(4, STRETCHES, -1).mean(axis=2), axis=1)[:, :2].mean(axis=1)
    return 0.4 * change.mean(axis=1) + 0.2 * weakest + 0.4 * _apart(points[0], normal[0], look)


def _fitted(quad: Quad, look: Look) -> Quad | None:
    """The candidate with its sides laid on the strongest changes nearby; near each corner by themselves, for paper bends."""
    quad = clockwise(quad)
    points, normal = _along(quad[None])
    spots = _strongest(points[0], normal[0], look)
    corners = []
    for at in range(4):
        before, after = spots[at - 1], spots[at]
        pair = _line_of(before[len(before) // 2 :]), _line_of(after[: (len(after) + 1) // 2])
        if pair[0] is None or pair[1] is None:
            return None
        corner = _meet(pair[0], pair[1])
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


def straight(image: NDArray[np.uint8], corners: Quad, most: int) -> NDArray[np.uint8]:
    """The sheet laid flat, its long side at most ``most`` pixels."""
    wide = max(float(np.linalg.norm(corners[1] - corners[0])), float(np.linalg.norm(corners[2] - corners[3])))
    high = max(float(np.linalg.norm(corners[3] - corners[0])), float(np.linalg.norm(corners[2] - corners[1])))
    scale = min(1.0, most / max(wide, high))
    size = max(32, round(wide * scale)), max(32, round(high * scale))
    to = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    flat = cv2.getPerspectiveTransform(corners.astype(np.float32), to)
    return cv2.warpPerspective(image, flat, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
