"""A map in columns: what comes and goes, what fits, which are the first, and the squares of a crowd."""

from __future__ import annotations

from dataclasses import fields
from typing import NamedTuple

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.asking import Wanted
from tamemap.domain.cells import cell_of
from tamemap.domain.geography import Bounds
from tamemap.domain.pins import Pins, first_by, fitting, follow, squares

moments = st.integers(0, 50)


class Pin(NamedTuple):
    """One placement, in the order of the columns."""

    id: int
    cell: int
    lat: float
    lng: float
    until: int
    soon_at: int
    since: int
    category: str
    town: str
    words: str
    words_inside: str


def columns(pins):
    """Of pins in any order."""
    return Pins.of([*zip(*sorted(pins, key=lambda one: one.cell), strict=True)] or [()] * len(Pin._fields))


@st.composite
def pin(draw, number):
    lat, lng = draw(st.floats(32.0, 32.3)), draw(st.floats(130.6, 130.9))
    words = draw(st.sampled_from(["朝市", "祭り", "朝の祭り"]))
    category = draw(st.sampled_from(["event", "food", "of old"]))
    return Pin(
        number, cell_of(lat, lng), lat, lng, draw(moments), draw(moments), draw(moments), category, "432032", words, words + "内"
    )


@st.composite
def many(draw, first=1):
    return [draw(pin(first + at)) for at in range(draw(st.integers(0, 25)))]


def same(one: Pins, other: Pins) -> bool:
    """Whether they hold the same rows, whatever the order within a cell."""

    def rows(pins):
        return sorted(zip(*(getattr(pins, field.name).tolist() for field in fields(Pins)), strict=True))

    return rows(one) == rows(other)


@given(many(), many(first=100), st.sets(st.integers(1, 25)))
def test_what_came_and_went_leaves_the_same_as_beginning_anew(before, come, gone):
    changed, stay, at = columns(before).with_changes(gone, columns(come))
    assert same(changed, columns([one for one in before if one.id not in gone] + come))
    assert changed.cell.tolist() == sorted(changed.cell.tolist())
    mask = follow(columns(before).words.saying("朝"), stay, at, columns(come).words.saying("朝"))
    assert mask.tolist() == ["朝" in text for text in changed.words.tolist()]


@given(many(), many(first=100))
def test_what_is_read_in_portions_is_what_is_read_at_once(one, other):
    parts = one, other
    whole, rows = Pins.joined([columns(part) for part in parts])
    assert same(whole, columns([one for part in parts for one in part]))
    assert whole.cell.tolist() == sorted(whole.cell.tolist())
    ids = [number for part in parts for number in columns(part).id.tolist()]
    assert [ids[row] for row in rows.tolist()] == whole.id.tolist()


def test_where_both_faces_say_the_same_their_words_are_kept_once():
    alike = Pin(1, 1, 32.0, 130.0, 9, 9, 9, "event", "432032", "朝市", "朝市")
    other = alike._replace(id=2, cell=2, words_inside="朝市 公民館")
    one, both = columns([alike]), columns([alike, other])
    assert one.words_inside is one.words and both.words_inside is not both.words
    for changed in (Pins.joined([one, one])[0], one.with_changes([], columns([alike._replace(id=3)]))[0]):
        assert changed.words_inside is changed.words and changed.words.tolist() == ["朝市", "朝市"]
    assert Pins.joined([one, columns([other])])[0].words_inside.tolist() == ["朝市", "朝市 公民館"]
    assert one.with_changes([], columns([other]))[0].words_inside.tolist() == ["朝市", "朝市 公民館"]


@given(many(), moments)
def test_what_stands_in_a_box_with_that_category(pins, now):
    box = Bounds(130.7, 32.1, 130.8, 32.2)
    made = columns(pins)
    keep = fitting(made, Wanted(bounds=box, categories=("food", "market")), now)
    inside = [one for one in pins if 32.1 <= one.lat <= 32.2 and 130.7 <= one.lng <= 130.8]
    assert set(made.id[keep].tolist()) == {one.id for one in inside if one.category == "food" and one.until > now}


@given(st.lists(moments), st.integers(1, 9), st.booleans())
def test_the_first_ones_are_those_of_sorting_everything(keys, limit, newest_first):
    ids = np.arange(len(keys)) * 7 % 101
    wished = sorted(range(len(keys)), key=lambda at: (keys[at], -ids[at] if newest_first else ids[at]))[:limit]
    assert first_by(np.array(keys, np.int64), ids, limit, newest_first=newest_first).tolist() == wished


@given(many(), st.integers(8, 30))
def test_squares_gather_everybody_once(pins, shift):
    by: dict[int, list[Pin]] = {}
    for one in pins:
        by.setdefault(one.cell >> shift, []).append(one)
    found = squares(columns(pins), shift)
    assert [one.count for one in found] == [len(by[group]) for group in sorted(by)]
    for one, group in zip(found, sorted(by), strict=True):
        here = by[group]
        assert one.id in {other.id for other in here}
        lats, lngs = [other.lat for other in here], [other.lng for other in here]
        assert one.bounds == (min(lngs), min(lats), max(lngs), max(lats))
        assert abs(one.lat - sum(lats) / len(lats)) < 1e-9
