"""Where and when, from Exif blocks as phones, thieves and fuzzers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.TiffImagePlugin import IFDRational

from tamemap.gateways import imaging_exif
from tests.gateways.photos import exif

PLACE = {1: "N", 2: (32.0, 13.0, 12.0), 3: "E", 4: (130.0, 45.0, 36.0)}
NAN = float("nan")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (32.22, 130.76)),
        ({1: "S", 3: "W"}, (-32.22, -130.76)),
        ({1: "n", 3: "e"}, (32.22, 130.76)),
        ({1: b"N\0", 3: "E\0"}, (32.22, 130.76)),
        ({1: None, 3: None}, (32.22, 130.76)),
        ({2: (32.22, 0.0, 0.0), 4: (130.76, 0.0, 0.0)}, (32.22, 130.76)),
        ({2: (32.22,), 4: (130.76,)}, (32.22, 130.76)),
        ({2: (0.0, 0.0, 0.0), 4: (0.0, 0.0, 0.0)}, None),
        ({2: (0.0, 0.0, 0.0)}, (0.0, 130.76)),
        ({2: (NAN, NAN, NAN)}, None),
        ({2: (IFDRational(32, 0), IFDRational(13, 1), IFDRational(12, 1))}, None),
        ({2: (IFDRational(0, 0), IFDRational(0, 0), IFDRational(0, 0))}, None),
        ({4: (IFDRational(130, 1), IFDRational(45, 1), IFDRational(36, 0))}, None),
        ({2: (91.0, 0.0, 0.0)}, None),
        ({4: (181.0, 0.0, 0.0)}, None),
        ({2: (90.0, 0.0, 0.1)}, None),
        ({2: (-32.0, 0.0, 0.0)}, None),
        ({2: (float("inf"), 0.0, 0.0)}, None),
        ({1: "X"}, None),
        ({2: None}, None),
        ({4: ()}, None),
        ({2: 32.22}, None),
    ],
)
def test_a_position_is_exact_or_none(change, expected):
    assert imaging_exif.position(PLACE | change) == expected


def test_a_block_without_a_place_has_none():
    assert imaging_exif.read(exif(6)) == (None, None)
    assert imaging_exif.read(None) == (None, None)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({0x9003: "2026:11:23 09:30:00"}, datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ({0x9003: "2026:11:23 09:30:00", 0x9011: "-05:30"}, datetime(2026, 11, 23, 15, 0, tzinfo=UTC)),
        ({0x9003: "2026:11:23 09:30:00", 0x9011: "nonsense"}, datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ({0x9004: "2026:11:23 09:30:00"}, datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ({0x9003: "0000:00:00 00:00:00"}, None),
        ({0x9003: "    :  :     :  :  "}, None),
        ({0x9003: "0001:01:01 00:00:00"}, None),
        ({}, None),
    ],
)
def test_a_moment_is_exact_or_none(tags, expected):
    assert imaging_exif.taken_at(tags) == expected


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_a_hostile_block_is_passed_over(block):
    place, moment = imaging_exif.read(b"Exif\0\0" + block)
    assert place is None or (abs(place[0]) <= 90 and abs(place[1]) <= 180)
    assert moment is None or moment.tzinfo is UTC


@settings(deadline=None)
@given(st.data())
def test_a_damaged_block_is_passed_over(data):
    block = bytearray(exif(6, PLACE))
    for _ in range(3):
        block[data.draw(st.integers(0, len(block) - 1))] = data.draw(st.integers(0, 255))
    place, _ = imaging_exif.read(bytes(block))
    assert place is None or (abs(place[0]) <= 90 and abs(place[1]) <= 180)
