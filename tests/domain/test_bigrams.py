"""Texts as pairs of signs, and where words are found in them."""

from __future__ import annotations

import pytest

from tamemap.domain.bigrams import found_at, read_query, tokens, word_tokens
from tamemap.domain.folding import fold, fold_at


def found_in(query: str, *texts: str) -> bool:
    """Whether each word's tokens stand in a row in the texts' tokens: what both databases ask their index."""
    there = tokens(texts)
    return all(
        any(there[at].startswith(row[0]) if len(row[0]) == 1 else there[at : at + len(row)] == row for at in range(len(there)))
        for row in map(word_tokens, read_query(query))
    )


@pytest.mark.parametrize(
    ("query", "text"),
    [("朝市", "土曜の朝市です"), ("市", "朝市"), ("朝", "朝市"), ("す", "朝市です"), ("ｱｻｲﾁ", "あさいち"), ("Ａｂｃ", "xaBcd"),
     ("カキ氷", "かき氷"), ("三ケ浦", "三ヶ浦"), ("朝市 バス", "バスで朝市へ"), ("“朝の市”", "その朝の市へ"),
     ("パーティ", "ﾊﾟーﾃｨー"), ("3.5", "3.5km"), ("😀", "よい😀ね")],
)  # fmt: skip
def test_any_part_of_a_text_is_found_however_it_is_spelt(query, text):
    assert found_in(query, text)


@pytest.mark.parametrize(("query", "texts"), [("朝市", ("朝の市",)), ("市朝", ("朝市",)), ("朝市", ("朝", "市")),
                                              ("朝市 雨", ("朝市",)), ("35", ("3.5",)), ("朝市場", ("朝市と市場",))])  # fmt: skip
def test_what_does_not_stand_there_is_not_found(query, texts):
    assert not found_in(query, *texts)


def test_a_query_is_words_and_phrases_in_any_width():
    assert read_query("朝市　ﾊﾞｽ  朝市") == ("朝市", "ばす")
    assert read_query('"雨の 日" ＂傘＂ 「駅」') == ("雨の日", "傘", "駅")
    assert read_query('"開いたまま') == ("開いたまま",)
    assert read_query("ごみの日は？") == ("ごみの日は",)
    assert read_query(" ".join(f"語{n}" for n in range(20))) == tuple(f"語{n}" for n in range(8))
    assert len(read_query("長" * 1000)[0]) == 40


@pytest.mark.parametrize("query", ["", "   ", "\u200b\u202e", "！？。", '""', None, 5, "\ue000", "\x00", "\ud800"])
def test_what_holds_no_word_asks_for_nothing(query):
    assert read_query(query) == ()


@pytest.mark.parametrize("text", ["a'b\"c\\d:*()&|!<->", "NEAR(x y) OR -z {w}: ^v", "100% _ ;--"])
def test_no_token_holds_a_sign_of_any_query_language(text):
    for token in [*tokens([text]), *(one for word in read_query(text) for one in word_tokens(word))]:
        assert not set(token) & set("'\"\\:*()&|!<>-{}^;%_ ")


def test_found_words_are_marked_in_the_text_as_it_was_written():
    text = "ｱｻｲﾁは朝 市、ａｓａ−−市。ﾊﾞｽ"
    assert [text[start:end] for start, end in found_at(text, read_query("アサイチ 朝市 ASA- ばす"))] == [
        "ｱｻｲﾁ",
        "朝 市",
        "ａｓａ−−",
        "ﾊﾞｽ",
    ]
    assert found_at("朝市市場", ("朝市", "市市")) == ((0, 3),)
    assert found_at("㈱田中", ("(株",)) == ((0, 1),)
    assert found_at("何もない", ("朝市",)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "が",
        "霞が浦ガイド 一ヵ月",
        "ﾊﾟｰﾃｨー〜−x",
        "İstanbul ㌔㌶",
        "か\u3099き",
        "한글",
        "\u1112\u1161\u11ab",
        "👨‍👩‍👧",
        "e\u0301",
    ],
)
def test_the_way_back_fits_the_fold(text):
    folded, origins = fold_at(text)
    assert folded == fold(text)
    assert len(origins) in (0, len(folded))
    assert all(0 <= start < end <= len(text) for start, end in origins)
