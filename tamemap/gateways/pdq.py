"""PDQ, the perceptual hash for photographs that Meta published with ThreatExchange (2019), on numpy.

Our own, because the package that has it (C++) brings no wheel for Linux, and a town's server has no compiler. Databases hold
hashes that it made, so the arithmetic is the same to the last bit: 32-bit floats, summed in the published order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 64
FREQUENCIES = 16
# a picture with a shorter side has no hash
LEAST = 5
# twice a box is a tent
PASSES = 2
WAVES = (
    float(np.float32(np.sqrt(2 / SIDE)))
    * np.cos(np.pi / 2 / SIDE * np.outer(np.arange(1, FREQUENCIES + 1), 2 * np.arange(SIDE) + 1))
).astype(np.float32)


def pdq(picture: NDArray[np.uint8]) -> tuple[bytes, int]:
    """The hash (32 bytes, the highest frequency first) and the quality (0 nothing to see … 100) of an RGB picture as
    ``(height, width, 3)`` in 0 … 255.
    """
    if min(picture.shape[:2]) < LEAST:
        return bytes(FREQUENCIES * FREQUENCIES // 8), 0
    red, green, blue = (picture[:, :, colour] for colour in range(3))
    small = _decimated((red * 0.299 + green * 0.587 + blue * 0.114).astype(np.float32))
    waves = _product(_product(WAVES, small), WAVES.T)
    # the lower of the two middle ones
    median = np.sort(waves, axis=None)[waves.size // 2 - 1]
    return np.packbits((waves > median).ravel()[::-1]).tobytes(), _quality(small)


def _decimated(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 64 × 64 centres of the blurred picture."""
    height, width = luma.shape
    if (height, width) != (SIDE, SIDE):
        for _ in range(PASSES):
            luma = _boxed(np.ascontiguousarray(_boxed(np.ascontiguousarray(luma.T)).T))
    rows, columns = (((np.arange(SIDE) + 0.5) * length / SIDE).astype(int) for length in (height, width))
    return luma[np.ix_(rows, columns)]


def _boxed(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each value's mean over its neighbours down the first axis, a 128th of its length together, fewer at the ends."""
    length = len(values)
    window = -(-length // (2 * SIDE))
    ahead = window // 2
    means = np.empty_like(values)
    total = np.zeros_like(values[0])
    # the published sum runs along: what enters the window is added, then what leaves it is taken away
    for entering in range(length + ahead):
        if entering < length:
            total += values[entering]
        leaving = entering - window
        if leaving >= 0:
            total -= values[leaving]
        if entering >= ahead:
            held = min(entering, length - 1) - max(leaving, -1)
            np.divide(total, np.float32(held), out=means[entering - ahead])
    return means


def _product(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """The matrix product, summed one after the other as the published code does, not in blocks."""
    total = np.zeros((len(left), right.shape[1]), np.float32)
    for at in range(len(right)):
        total += left[:, at, None] * right[at]
    return total


def _quality(small: NDArray[np.float32]) -> int:
    """How much there is to see: steps between neighbours in whole hundredths, their sum over 90, at most 100."""
    steps = (np.trunc(np.diff(small, axis=axis) * np.float32(100) / np.float32(255)) for axis in (0, 1))
    return min(int(sum(np.abs(each).sum(dtype=np.float64) for each in steps)) // 90, 100)
