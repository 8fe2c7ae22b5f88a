"""What a flyer is: its fields, what is taken and what is refused, and what a search may look through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.flyers import CATEGORIES, HIDEABLE, LIMITS, UNSEEN, Facts, cleaned, read_facts
from tamemap.domain.folding import fold_words
from tamemap.errors import Invalid

# what turns the writing of a line around, or says where it does
TURNING = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
GOOD = {"title": "秋の市", "category": "market"}


def errors_of(**changes):
    with pytest.raises(Invalid) as caught:
        read_facts(GOOD | changes)
    return [(one.field, one.code) for one in caught.value.errors]


def test_the_least_that_a_flyer_says():
    assert read_facts(GOOD) == Facts("秋の市", "market")


def test_every_category_of_the_interface_is_there():
    assert " ".join(CATEGORIES) == (
        "event market food sports culture learning children health welfare disaster volunteer recruit farm notice shop other"
    )
    for category in CATEGORIES:
        assert read_facts(GOOD | {"category": category}).category == category


@pytest.mark.parametrize("name", LIMITS)
def test_each_field_is_as_long_as_it_may_be_and_no_longer(name):
    longest = {"url": "https://example.jp/" + "a" * 481, "phone": "0" * 40}.get(name, "あ" * LIMITS[name])
    assert len(longest) == LIMITS[name]
    assert getattr(read_facts(GOOD | {name: longest}), name) == longest
    assert (name, "too_long") in errors_of(**{name: longest + "1"})


@pytest.mark.parametrize("url", ["ftp://example.jp/", "javascript:alert(1)", "example.jp", "https://", "https://localhost/",
                                 "https://me:secret@example.jp/", "http://[", "data:text/html,x"])  # fmt: skip
def test_what_is_no_address_of_a_page(url):
    assert errors_of(url=url) == [("url", "url_wrong")]


def test_a_telephone_number_has_digits_of_any_width():
    assert read_facts(GOOD | {"phone": "０９６６（００）００００"}).phone
    assert errors_of(phone="でんわ") == [("phone", "phone_wrong")]


def test_fields_to_be_hidden_are_known_ones_each_once():
    assert read_facts(GOOD, ["phone", "fee,phone", " venue "]).hidden_outside == ("phone", "fee", "venue")
    assert read_facts(GOOD, HIDEABLE).hidden_outside == HIDEABLE
    for wrong in (["title"], ["phone,lat"], ["*"]):
        with pytest.raises(Invalid, match="hidden_outside_wrong"):
            read_facts(GOOD, wrong)


def test_all_that_is_wrong_is_named_at_once():
    assert errors_of(title="", category="", url="x", phone="x", ends_at="2026-12-01") == [
        ("title", "title_missing"),
        ("category", "category_missing"),
        ("url", "url_wrong"),
        ("phone", "phone_wrong"),
        ("starts_at", "start_missing"),
    ]


@given(st.text())
def test_nothing_that_nobody_sees_is_kept(text):
    once = cleaned(text)
    assert not UNSEEN.search(once)
    assert once == once.strip()
    assert "\n" not in once
    assert cleaned(once) == once


@given(st.text())
def test_lines_stay_where_there_may_be_lines(text):
    kept = cleaned(text, lines=True)
    assert not UNSEEN.search(kept)
    assert "\r" not in kept
    assert cleaned(kept, lines=True) == kept


def test_letters_that_deceive_are_taken_out():
    assert cleaned("安全\u202e市の\u200bお知らせ\ufeff") == "安全市のお知らせ"
    assert cleaned("".join(f"市{sign}" for sign in TURNING)) == "市" * len(TURNING)
    assert cleaned("カ\u3099ンバ") == "ガンバ"
    assert cleaned("一行目\r\n二行目\u0000", lines=True) == "一行目\n二行目"


def test_a_search_outside_looks_through_nothing_that_is_hidden_there():
    facts = Facts("秋の市", "market", venue="青井集会所", fee="三百円", body="焼き栗", hidden_outside=("venue", "body"))
    inside, outside = facts.searchable(outside=False), facts.searchable(outside=True)
    for word, there in (("集会所", False), ("栗", False), ("三百円", True), ("秋", True)):
        (folded,) = fold_words(word)
        assert folded in inside
        assert (folded in outside) is there


def test_the_telephone_number_is_never_searched():
    facts = Facts("秋の市", "market", phone="0966-12-3456", url="https://example.jp/tel")
    assert "0966" not in facts.searchable(outside=False)
