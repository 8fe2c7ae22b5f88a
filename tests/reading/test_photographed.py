"""The rules on flyers as the reader really saw them: photographed on a desk, from the side, in the shade, with its mistakes.

``photographed.json`` holds the lines of invented flyers (printed, photographed, read once), and what a Japanese reader
takes from each; more than one answer where more than one is right, null where the flyer says nothing.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tamemap.domain.reading import fields_of
from tamemap.domain.reading_field import SURE
from tamemap.domain.reading_mend import mended
from tamemap.domain.reading_rows import Line
from tamemap.domain.reading_words import plain
from tests.reading.flyers import TAKEN

FLYERS = json.loads(Path(__file__).with_name("photographed.json").read_text(encoding="utf-8"))
NAMES = ("title", "venue", "address", "fee", "phone", "organiser")


def read(flyer):
    """Each field's value, and whether it is sure."""
    lines = [
        Line(mended(text), (left, top, right, bottom), size, bool(vertical), sure)
        for text, left, top, right, bottom, size, sure, vertical in flyer["lines"]
    ]
    fields = fields_of(lines, taken=TAKEN)
    found = {name: (one.value, one.confidence >= SURE) if (one := getattr(fields, name)) else (None, False) for name in NAMES}
    when = fields.when.value if fields.when else None
    sure = bool(fields.when and fields.when.confidence >= SURE)
    starts = moment(when.first, when.start) if when else None
    ends = moment(when.last, when.end) if when and (when.end is not None or when.last > when.first) else None
    return found | {"starts": (starts, sure), "ends": (ends, sure)}


def moment(day, minutes):
    return f"{day} {minutes // 60:02}:{minutes % 60:02}" if minutes is not None else str(day)


def folded(value):
    return plain(value).replace("-", "") if value else None


@pytest.mark.parametrize("flyer", FLYERS, ids=lambda flyer: flyer["name"])
def test_a_photographed_flyer_says_what_a_reader_would_take_from_it(flyer):
    got = read(flyer)
    wrong = {
        name: (got[name][0], right)
        for name, right in flyer["says"].items()
        if folded(got[name][0]) not in [folded(one) for one in right]
    }
    assert wrong == {}
