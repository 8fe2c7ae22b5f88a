"""A face that was found on a sheet is pointed out with the rest of what is private, in parts of the sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tamemap.domain.reading_field import NoGazetteer
from tamemap.gateways.reader import Readout
from tamemap.services.reading_sheets import sheets_of
from tests.services.reading_fake import page_of


def test_what_may_be_a_face_is_pointed_out_in_parts_of_the_sheet():
    page = replace(page_of().pages[0], faces=((100.0, 140.0, 300.0, 420.0),))
    (sheet,) = sheets_of(Readout("read", (page,)), today=date(2026, 11, 22), gazetteer=NoGazetteer())
    assert sheet["around"] == []
    assert sheet["private"] == [{"kind": "face", "box": [0.1, 0.1, 0.2, 0.2]}]


def test_who_stands_beside_the_sheet_is_pointed_out_in_parts_of_the_photograph():
    page = replace(page_of(photo=(1000, 2000)).pages[0], around=((0.0, 200.0, 80.0, 300.0),))
    (sheet,) = sheets_of(Readout("read", (page,)), today=date(2026, 11, 22), gazetteer=NoGazetteer())
    assert (sheet["around"], sheet["private"]) == ([{"kind": "face", "box": [0.0, 0.1, 0.08, 0.05]}], [])
