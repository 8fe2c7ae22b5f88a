"""Hashes of pictures are what they were when the databases were filled: recorded from the package pdqhash 0.2.8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tamemap.gateways.pdq import pdq

PHOTOS = Path(__file__).parent.parent / "data" / "photos"
# height, width, steps across and down: the shortest side with a hash, no blur, blur along one side only, odd windows, even ones
DRAWN = {
    (64, 64, 3, 2): ("9999331b6331c6338c63186370c3e1c7838f0f0e3c1ff03ec06a03f47fedfe82", 100),
    (5, 5, 40, 9): ("64d9749d6b5a749d4b72d4370485214a84a52b4a64d9de371b06d4b5cb72de37", 9),
    (960, 677, 1, 2): ("eab5bbe0554a2947154a2967154af9ff154a284b7d4a294b7d4a294b7d4a294f", 100),
    (129, 127, 5, 7): ("9bf892281ca801ffbfb00dfabff04dfcfab0bbe09e09fff0b809f820124bd000", 100),
    (64, 300, 2, 11): ("41be157d45f4057d077c9e54b4f0d6d4bcf0de5efef0faa4ea844ab04a844a80", 100),
    (1500, 40, 1, 1): ("ffc0fdfcefd0cffc78f7f0001e18fa103e30f8103e30f8383f10f8381f10f810", 100),
}
TAKEN = {
    "d02.jpg": "83c3051e3afe9e541c784f078bc1e40b7ac73c791438b1e4eaf05aab778f8174",
    "d08.jpg": "ad4987b1b2391f8643bccf068ec6f05eab367d4bf0fb24c158cca07203b31eb4",
    "d14.jpg": "308dc8338782066f98fb19e8839b8b9f5d7a94e22b8f139cd139ee63cc634ccc",
    "d18.jpg": "f57c95b63a53621c0e93280953ae0f4994cc83d6a714cab60bcf56adb52be173",
    "d20.jpg": "c5004ad25444ab54efabbfafaaef9a9ca529452350545a545521b59b6afe6ac9",
}


def drawn(height, width, across, down):
    rows, columns = np.mgrid[0:height, 0:width]
    slope = (columns * across + rows * down) % 256
    return np.stack([slope, (columns * rows) % 256, 255 - slope], axis=2).astype(np.uint8)


@pytest.mark.parametrize("how", DRAWN, ids=str)
def test_a_drawn_picture_has_the_hash_and_the_quality_it_had(how):
    made, quality = pdq(drawn(*how))
    assert (made.hex(), quality) == DRAWN[how]


@pytest.mark.parametrize("name", TAKEN)
def test_a_photographed_flyer_has_the_hash_it_had(name):
    with Image.open(PHOTOS / name) as photo:
        made, quality = pdq(np.asarray(photo.convert("RGB").reduce(2)))
    assert (made.hex(), quality) == (TAKEN[name], 100)


@pytest.mark.parametrize("size", [(4, 300), (300, 4), (1, 1)])
def test_a_sliver_has_no_hash(size):
    assert pdq(drawn(*size, 3, 2)) == (bytes(32), 0)


def test_one_colour_all_over_has_no_quality():
    assert pdq(np.full((320, 240, 3), 200, np.uint8))[1] == 0
