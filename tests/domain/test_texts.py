"""Texts in few bytes: any of them, in any order, and in which of them a word stands."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain import texts
from tamemap.domain.texts import Texts

columns = st.lists(st.text("朝市祭りaé𠮷", max_size=6), max_size=12)


@given(columns, columns)
def test_what_went_in_comes_out(one, other):
    both = Texts.joined([Texts.of(one), Texts.of(other)])
    assert both.tolist() == one + other == [both[row] for row in range(len(both))]


@given(columns.flatmap(lambda column: st.tuples(st.just(column), st.permutations(range(len(column))))), st.integers(0, 12))
def test_some_of_them_in_any_order(wanted, many):
    column, rows = wanted
    taken = Texts.of(column).at(np.array(rows[:many], np.int64))
    assert taken.tolist() == [column[row] for row in rows[:many]]


@given(columns, st.text("朝市祭りaé𠮷", min_size=1, max_size=3), st.integers(1, 5))
def test_they_are_looked_through_at_once_as_one_by_one(column, word, at_once):
    usual, texts.AT_ONCE = texts.AT_ONCE, at_once
    try:
        assert Texts.of(column).saying(word).tolist() == [word in text for text in column]
    finally:
        texts.AT_ONCE = usual
