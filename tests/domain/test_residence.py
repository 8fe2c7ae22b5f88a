"""Printed codes as they are read out, typed and pasted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.residence import ALPHABET, CODE_SIGNS, PROOF_LIFE, code_of, proof_holds, read_code, said_code
from tamemap.errors import Invalid
from tests.conftest import NOON

CODE = "k7m29xpqab"


def problem(typed: object) -> str:
    with pytest.raises(Invalid) as refused:
        read_code(typed)
    (error,) = refused.value.errors
    assert error.field == "code"
    return error.code


@pytest.mark.parametrize(
    "typed",
    [
        "K7M-29XP-QAB",
        "k7m29xpqab",
        " k7m 29xp　qab ",
        "Ｋ７Ｍ－２９ＸＰ－ＱＡＢ",
        "k7mー29xpーqab",
        "k7m‐29xp–qab",
        "K7M.29XP.QAB",
        "https://tamemap.example.jp/me/residence?code=k7m29xpqab",
        "https://tamemap.example.jp/me/residence?code=K7M-29XP-QAB&lang=en",
    ],
)
def test_a_code_is_read_in_whatever_way_it_is_typed(typed):
    assert read_code(typed) == CODE


def test_what_is_no_code_is_said_so():
    assert [problem(typed) for typed in ("", "  ", "---", None, 12, "https://tamemap.example.jp/")] == [
        *["residence_code_missing"] * 5,
        "residence_code_shape",
    ]


@pytest.mark.parametrize("sign", "01ilo")
def test_look_alikes_are_in_no_code_and_nothing_is_guessed_for_them(sign):
    assert sign not in ALPHABET
    assert problem(CODE[:-1] + sign) == "residence_code_shape"


@given(st.text(alphabet=ALPHABET, min_size=CODE_SIGNS, max_size=CODE_SIGNS))
def test_what_is_printed_can_be_typed(code):
    assert read_code(said_code(code)) == code
    assert [len(part) for part in said_code(code).split("-")] == [3, 4, 3]


@given(st.binary(min_size=32, max_size=32))
def test_a_hash_becomes_ten_signs_of_the_alphabet(digest):
    code = code_of(digest.hex())
    assert len(code) == CODE_SIGNS
    assert set(code) <= set(ALPHABET)


def test_a_proof_holds_for_a_year():
    assert proof_holds(NOON, NOON + PROOF_LIFE - timedelta(seconds=1))
    assert not proof_holds(NOON, NOON + PROOF_LIFE)
    assert not proof_holds(None, NOON)
