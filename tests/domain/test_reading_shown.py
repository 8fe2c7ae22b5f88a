"""Where what was found lies in a picture as it is shown, and what of it can still be seen."""

from __future__ import annotations

from tamemap.domain.picture_edits import Edit
from tamemap.domain.reading_shown import private_shown, shown

SHEET = ((0.5, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.5))
OTHER = ((0.0, 0.5), (0.4, 0.5), (0.4, 1.0), (0.0, 1.0))
FACE, NUMBER = [0.0, 0.0, 0.2, 0.2], [0.5, 0.5, 0.4, 0.2]


def sheet(corners=SHEET, page=0, around=(), **private):
    """A sheet with what is private on it, by kind."""
    found = [{"kind": kind, "box": box} for kind, box in private.items()]
    return {"page": page, "corners": corners, "private": found, "around": [{"kind": "face", "box": box} for box in around]}


def test_a_box_of_the_sheet_is_found_in_the_whole_photograph():
    assert shown(NUMBER, SHEET, Edit()) == (0.75, 0.25, 0.2, 0.1)
    assert shown(NUMBER, SHEET, Edit(SHEET)) == (0.5, 0.5, 0.4, 0.2)
    assert shown(NUMBER, None, Edit()) == (0.5, 0.5, 0.4, 0.2)


def test_all_sheets_are_seen_in_the_whole_photograph_and_one_where_it_was_cut_out():
    sheets = [sheet(mobile=NUMBER), sheet(OTHER, plate=FACE)]
    assert [kind for kind, _ in private_shown(sheets, 0, Edit())] == ["mobile", "plate"]
    assert [kind for kind, _ in private_shown(sheets, 0, Edit(OTHER))] == ["plate"]
    assert private_shown(sheets, 1, Edit()) == []


def test_who_stands_beside_is_seen_in_the_whole_photograph_only_and_once():
    sheets = [sheet(face=FACE, around=([0.5, 0.0, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1]))]
    assert private_shown(sheets, 0, Edit()) == [("face", (0.5, 0.0, 0.1, 0.1)), ("face", (0.1, 0.1, 0.1, 0.1))]
    assert len(private_shown(sheets, 0, Edit(SHEET))) == 1


def test_what_was_hidden_is_not_asked_about_any_more():
    hidden = Edit(blur=((0.74, 0.24, 0.3, 0.2),))
    assert private_shown([sheet(mobile=NUMBER, face=FACE)], 0, hidden) == [("face", (0.5, 0.0, 0.1, 0.1))]
