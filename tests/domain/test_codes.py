"""Codes of municipalities as tables, spreadsheets and people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.demo.regions import load_regions
from tamemap.domain.codes import check_digit, normalise_code
from tamemap.errors import Invalid

HITOYOSHI_KUMA = ("432032", "435015", "435058", "435066", "435074", "435104", "435112", "435121", "435139", "435147")
ROKKO = ("082228", "082236", "082325", "082333", "082341")
CODES = HITOYOSHI_KUMA + ROKKO


@pytest.mark.parametrize("code", CODES)
def test_the_check_digit_of_every_demo_town_is_the_ministrys(code):
    assert check_digit(code[:5]) == code[5]


def test_remainders_of_ten_and_eleven_become_nought_and_one():
    assert check_digit("43512") == "1"
    assert check_digit("01110") == "0"


def test_a_sum_below_eleven_is_taken_from_eleven():
    assert check_digit("01000") == "6"  # 北海道 010006


@pytest.mark.parametrize("five", ["4320", "432032", "4320a", "４３２０３", "", "-4320"])
def test_a_check_digit_needs_five_plain_digits(five):
    with pytest.raises(ValueError, match="five digits"):
        check_digit(five)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("432032", "432032"),
        ("43203", "432032"),
        (432032, "432032"),
        (43203, "432032"),
        ("４３２０３２", "432032"),
        (" 432032 ", "432032"),
        ("082228", "082228"),
        ("08222", "082228"),
        (82228, "082228"),
        ("82228", "082228"),
        (8222, "082228"),
        ("8222", "082228"),
    ],
)
def test_ben_may_write_a_code_in_any_common_way(written, code):
    assert normalise_code(written) == code


def test_five_digits_of_a_real_prefecture_are_not_taken_for_a_lost_zero():
    assert normalise_code("12203") == "122033"  # 市川市, although 012203 is 士別市


@pytest.mark.parametrize(
    "wrong", ["", "432033", "482035", "000000", "人吉市", "43-203", "4320321", 0, -43203, True, 10**9, "43203.2", "²"]
)
def test_what_is_no_code_is_refused_with_the_field(wrong):
    with pytest.raises(Invalid) as caught:
        normalise_code(wrong)
    assert [(error.field, error.code) for error in caught.value.errors] == [("code", "code_wrong")]


@given(st.integers(1, 47), st.integers(0, 999))
def test_every_code_survives_being_written_with_and_without_its_check_digit(prefecture, municipality):
    five = f"{prefecture:02}{municipality:03}"
    assert normalise_code(five) == normalise_code(five + check_digit(five)) == five + check_digit(five)


@given(st.text(max_size=8) | st.integers())
def test_anything_is_either_a_six_digit_code_or_refused(anything):
    try:
        code = normalise_code(anything)
    except Invalid:
        return
    assert len(code) == 6 and check_digit(code[:5]) == code[5]


def test_the_demo_has_exactly_these_towns():
    assert sorted(town.code6 for region in load_regions() for town in region.municipalities) == sorted(CODES)
