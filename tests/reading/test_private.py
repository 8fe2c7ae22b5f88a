"""What is pointed out before a picture becomes public."""

from __future__ import annotations

import pytest

from tamemap.domain.reading_private import private_in
from tamemap.domain.reading_rows import Line


def line(text, *, vertical=False):
    return Line(text, (100.0, 100.0, 140.0, 700.0) if vertical else (100.0, 100.0, 700.0, 140.0), 40.0, vertical)


@pytest.mark.parametrize(("text", "kinds"), [
    ("連絡先 080-0000-5303", ["mobile"]),
    ("０９０（００００）１２３４", ["mobile"]),
    ("0966-00-1201", []),
    ("熊本 500 あ 12-34", ["plate"]),
    ("水戸33Aさ・・・1", ["plate"]),
    ("第500回 あゆ釣り 12-34番", []),
])  # fmt: skip
def test_what_belongs_to_a_person(text, kinds):
    assert [one.kind for one in private_in([line(text)])] == kinds


def test_only_the_number_is_in_the_box():
    left, _, right, _ = private_in([line("代表の山本まで 080-0000-5303")])[0].box
    assert 300 < left < 420
    assert right > 690


def test_in_a_vertical_line_the_box_is_below_what_comes_before():
    _, top, _, bottom = private_in([line("代表の山本まで 080-0000-5303", vertical=True)])[0].box
    assert 300 < top < 420
    assert bottom > 690
