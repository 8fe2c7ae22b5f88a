"""What is taken as a picture's edit, and what is refused."""

from __future__ import annotations

import pytest

from tamemap.domain.picture_edits import MOST_BOXES, Edit, read_edit, stored_edit
from tamemap.errors import Invalid

WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def test_an_edit_comes_back_as_it_was_kept():
    edit = read_edit([[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.12, 0.88]], [[0.2, 0.3, 0.1, 0.05]])
    assert stored_edit(edit.stored()) == edit
    assert stored_edit({}) == Edit() == read_edit(None, [])
    assert Edit().stored() == {}


def test_a_sheet_may_lie_on_its_side_and_reach_a_little_beyond_the_photograph():
    for turn in range(4):
        assert read_edit(WHOLE[turn:] + WHOLE[:turn], None).corners
    assert read_edit([[-0.1, -0.1], [1.1, 0], [1, 1.1], [0, 1]], None).corners


@pytest.mark.parametrize(
    "corners",
    [
        "all",
        [],
        WHOLE[:3],
        [*WHOLE, [0, 0]],
        [[0, 0], [1, 1], [1, 0], [0, 1]],  # crossed
        WHOLE[::-1],  # counter-clockwise: a mirror picture
        [[0, 0], [1, 0], [0.2, 0.2], [0, 1]],  # bulges inwards
        [[0, 0], [0.5, 0], [1, 0], [0.5, 0]],  # a line
        [[0, 0], [0.001, 0], [0.001, 0.001], [0, 0.001]],
        [[0, 0], [1, 0], [1, 1], [0, True]],
        [[0, 0], [1, 0], [1, 1], [0, float("nan")]],
        [[0, 0], [1, 0], [1, 1], [0, float("inf")]],
        [[0, 0], [1, 0], [1, 1], ["0", "1"]],
        [[0, 0], [4, 0], [4, 4], [0, 4]],
        {"0": 1},
        7,
    ],
)
def test_no_sheet_has_such_corners(corners):
    with pytest.raises(Invalid) as refused:
        read_edit(corners, None)
    assert refused.value.errors[0].field == "corners"


@pytest.mark.parametrize(
    "blur",
    ["x", [[0, 0, 1]], [[0, 0, 0, 1]], [[0.5, 0.5, -0.2, 0.1]], [[2, 2, 1, 1]], [[0, 0, 1, None]], [[0, 0, 0.1, 0.1]] * 41, 3],
)
def test_no_picture_has_such_boxes(blur):
    with pytest.raises(Invalid) as refused:
        read_edit(None, blur)
    assert refused.value.errors[0].field == "blur"


def test_a_box_ends_at_the_edge_of_its_picture():
    assert read_edit(None, [[-0.5, 0.75, 1, 9]]).blur == ((0.0, 0.75, 0.5, 0.25),)
    assert len(read_edit(None, [[0, 0, 0.1, 0.1]] * MOST_BOXES).blur) == MOST_BOXES


def test_reading_what_was_read_changes_no_digit():
    edit = read_edit(None, [[0.1, 0.7, 0.2, 0.1], [1 / 3, 2 / 3, 0.7, 1 / 7]])
    assert stored_edit(edit.stored()) == edit == stored_edit(stored_edit(edit.stored()).stored())
