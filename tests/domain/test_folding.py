"""What Aki types finds what Ben wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.demo.regions import load_regions
from tamemap.domain.folding import fold, fold_place, fold_words


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("マーケット", "まーけっと"),
        ("ﾏｰｹｯﾄ", "マーケット"),
        ("マ－ケット", "マーケット"),
        ("ＦＲＥＥ　Ｍａｒｋｅｔ", "free market"),
        ("人吉 市", "人吉市"),
        ("10:00～12:00", "10:00〜12:00"),
        ("１‐２−３", "1-2-3"),
        ("三ヶ浦", "三ケ浦"),
        ("三が浦", "三ケ浦"),
        ("緑ガ丘", "緑ヶ丘"),
        ("葛\U000e0100城", "葛城"),
        ("祭\u200bり", "祭り"),
        ("ガイド", "がいど"),
        ("①", "1"),
    ],
)
def test_two_spellings_of_the_same_words_are_alike(typed, written):
    assert fold(typed) == fold(written)


@pytest.mark.parametrize(
    ("one", "other"), [("がん検診", "けん検診"), ("観光ガイド", "観光けいど"), ("は", "ば"), ("人吉", "日吉")]
)
def test_different_words_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("word", "text"), [("ガイド", "観光ガイド募集"), ("がんばれ", "人吉がんばれ"), ("らーめん", "味噌ラーメン")]
)
def test_a_word_is_found_inside_a_longer_text(word, text):
    assert fold(word) in fold(text)


def test_folding_what_is_folded_changes_nothing_in_ordinary_words():
    for text in ("人吉市 三ヶ浦マーケット", "Free Market 2026", "大野原四丁目"):
        assert fold(fold(text)) == fold(text)


@given(st.text())
def test_no_text_breaks_folding_and_no_space_is_left(text):
    folded = fold(text)
    assert not any(sign.isspace() for sign in folded)
    assert len(fold_words(text)) <= 8
    fold_place(text)


def test_akis_search_is_split_at_every_kind_of_space_and_said_once():
    assert fold_words("　ラーメン   まつり\tらーめん\n") == ("ら-めん", "まつり")


def test_a_search_of_spaces_and_invisible_signs_is_no_search():
    assert fold_words(" 　\u200b \n") == ()


def test_a_novel_pasted_into_the_search_is_cut():
    words = fold_words(" ".join(f"{number}" + "あ" * 90 for number in range(30)))
    assert [len(word) for word in words] == [40] * 8


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("久米", "大字久米"),
        ("潮来字浅間下", "潮来浅間下"),
        ("大字潮来字前", "潮来前"),
        ("大野原4丁目", "大野原四丁目"),
        ("大野原４丁目", "大野原四丁目"),
        ("11丁目", "十一丁目"),
        ("23丁目", "二十三丁目"),
        ("102丁目", "百二丁目"),
        ("23丁目", "二三丁目"),
    ],
)
def test_a_place_is_found_however_it_is_written(typed, written):
    assert fold_place(typed) == fold_place(written)


@pytest.mark.parametrize("name", ["十文字", "赤十字", "四日市"])
def test_what_belongs_to_a_name_is_kept(name):
    assert fold_place(name) == name


def test_a_half_typed_place_already_finds_it():
    assert fold_place("霞ヶ浦").startswith(fold_place("霞が"))


def test_no_two_districts_of_one_town_fold_to_the_same_place():
    for region in load_regions():
        for town in region.municipalities:
            folded = [fold_place(district.name) for district in town.towns]
            assert len(set(folded)) == len(folded), town.name
