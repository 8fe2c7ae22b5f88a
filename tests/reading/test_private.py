"""What is pointed out before a picture becomes public."""

from __future__ import annotations

import pytest

from tamemap.domain.reading import fields_of
from tamemap.domain.reading_homes import homes_in
from tamemap.domain.reading_private import private_in
from tamemap.domain.reading_rows import Line
from tests.reading.flyers import TAKEN


def line(text, *, vertical=False):
    return Line(text, (100.0, 100.0, 140.0, 700.0) if vertical else (100.0, 100.0, 700.0, 140.0), 40.0, vertical)


@pytest.mark.parametrize(("text", "kinds"), [
    ("連絡先 080-0000-5303", ["mobile"]),
    ("０９０（００００）１２３４", ["mobile"]),
    ("0966-00-1201", []),
    ("熊本 500 あ 12-34", ["plate"]),
    ("水戸33Aさ・・・1", ["plate"]),
    ("第500回 あゆ釣り 12-34番", []),
])  # fmt: skip
def test_what_belongs_to_a_person(text, kinds):
    assert [one.kind for one in private_in([line(text)])] == kinds


def test_only_the_number_is_in_the_box():
    left, _, right, _ = private_in([line("代表の山本まで 080-0000-5303")])[0].box
    assert 300 < left < 420
    assert right > 690


def test_in_a_vertical_line_the_box_is_below_what_comes_before():
    _, top, _, bottom = private_in([line("代表の山本まで 080-0000-5303", vertical=True)])[0].box
    assert 300 < top < 420
    assert bottom > 690


def page(*texts):
    """Lines under each other."""
    return [Line(text, (100.0, 100.0 + 60 * at, 100.0 + 40 * len(text), 140.0 + 60 * at), 40.0) for at, text in enumerate(texts)]


@pytest.mark.parametrize(("texts", "homes"), [
    (["世話人　吉村 一郎", "山並市上野町456番地", "電話 0966-00-2143"], ["山並市上野町456番地"]),
    (["場所　宮田宅（津田市緑ヶ丘3-12-5）"], ["津田市緑ヶ丘3-12-5"]),
    (["連絡先　宮田 雅子", "津田市緑ヶ丘3-12-5"], ["津田市緑ヶ丘3-12-5"]),
    (["申込先：津田市本町2-8 山本様方"], ["津田市本町2-8"]),
    (["吉村 一郎", "〒868-0000 津田市本町2-8"], ["津田市本町2-8"]),
    (["会場　上野公民館", "山並市上野町456番地"], []),
    (["主催　山並市文化協会", "住所　山並市上野町456番地"], []),
    (["問合せ　健康増進課", "山並市上野町456番地"], []),
    (["連絡先　東部公民館", "山並市上野町456番地"], []),
    (["住宅展示場", "山並市上野町456番地"], []),
    (["自宅で療養中の方へ", "山並市上野町456番地"], []),
])  # fmt: skip
def test_the_address_beside_a_persons_name_is_a_home(texts, homes):
    lines = page(*texts)
    found = [one for one in private_in(lines) if one.kind == "address"]
    assert [line.text[start:end].strip() for line, start, end in homes_in(lines)] == homes
    assert len(found) == len(homes)


def test_a_home_is_never_given_as_the_place_of_the_flyer():
    fields = fields_of(page("日時 12月27日(日) 9時", "場所 上野公民館", "世話人 吉村 一郎", "山並市上野町456番地"), taken=TAKEN)
    assert (fields.venue.value, fields.address) == ("上野公民館", None)
