"""A town's words found in disguise, and links and contacts found in what newcomers write."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tamemap.domain.caring import (
    MOST,
    Hit,
    checked_number,
    checked_words,
    contacts_in,
    has_contact,
    has_link,
    links_in,
    read_hit,
    repeat_key,
)
from tamemap.domain.lookalikes import held_word, held_words, key_of, signs
from tamemap.errors import Invalid

FOUND = [
    ("お前なんか死ね", "死ね"),
    ("お前は死 ね", "死ね"),
    ("死\u200bね", "死ね"),
    ("死\u0301ね", "死ね"),
    ("死、ね", "死ね"),
    ("闇 バ イ ト です", "闇バイト"),
    ("闇・ばいと", "闇バイト"),
    ("ﾊﾞｶ", "バカ"),
    ("ば か！", "バカ"),
    ("ばか、と言われた", "バカ"),
    ("工ロ", "エロ"),
    ("工口い", "エロ"),
    ("ソ一プ", "ソープ"),
    ("ソ―プ", "ソープ"),
    ("ギャンブル", "ぎゃんぶる"),
    ("ＳＥＸ", "sex"),
    ("s e x", "sex"),
    ("s.e-x", "SEX"),
    ("se\u200bx", "sex"),
    ("ѕех", "sex"),
    ("ЅΕХ", "sex"),
    ("v1agra", "viagra"),
    ("VlAGRA!", "viagra"),
    ("via gra", "viagra"),
    ("C0in", "coin"),
    ("これsexです", "sex"),
    ("090ー1234-5678", "090-1234-5678"),
]
NOT_FOUND = [
    ("必死、ねこをさがした", "死ね"),
    ("そればかり", "バカ"),
    ("教えろ", "エロ"),
    ("人工口蓋", "エロ"),
    ("Essex と Sussex", "sex"),
    ("class exam", "sex"),
    ("Mac's ex", "sex"),
    ("coins", "coin"),
    ("なにもない", "。。。"),
    ("", "死ね"),
]


@pytest.mark.parametrize(("text", "word"), FOUND)
def test_a_word_is_found_in_disguise(text, word):
    assert held_word(text, [word]) == word


@pytest.mark.parametrize(("text", "word"), NOT_FOUND)
def test_harmless_words_are_not_hit(text, word):
    assert held_word(text, [word]) == ""


def test_all_words_of_the_town_that_stand_there_are_named():
    assert held_words("闇バイトで一攫千金", ["一攫千金", "闇バイト", "儲かる"]) == ("一攫千金", "闇バイト")


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=5))
def test_no_text_breaks_the_rules(text, words):
    assert set(held_words(text, words)) <= set(words)
    links_in(text), contacts_in(text), repeat_key(text), key_of(text)
    found = signs(text, bars=True)
    assert len(found.letters) == len(found.kinds) == len(found.gaps) - 1


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="闇バイト募集", min_size=3, max_size=9), st.sampled_from([" ", "・", "\u200b", ".", "　"]))
def test_spreading_a_japanese_word_hides_it_from_nobody(word, between):
    assert held_word(f"これは{between.join(word)}です", [word]) == word


@pytest.mark.parametrize("sign", ["あ", "a", "ばか", "\u0301", "ﷺ", "0-", "a.", "a@", "line ", "http:/", "@"])
def test_the_longest_posts_are_read_as_fast_per_sign_as_short_ones(sign):
    # counted, not timed: every sign is read once, and each word is looked for in one walk
    text = (sign * 8000)[:8000]
    words = [f"w{number}いう" for number in range(300)]
    assert held_words(text, words) == ()
    assert len(signs(text, bars=False).letters) <= 18 * len(text)
    links_in(text), contacts_in(text)


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("https://evil.example/x を見て", {"evil.example"}),
        ("ｈｔｔｐｓ：／／evil.example", {"evil.example"}),
        ("[ここ](https://a.example)", {"a.example"}),
        ("ttp://x.example", {"x.example"}),
        ("見てねexample.co.jp。", {"example.co.jp"}),
        ("t.me/abc と bit.ly/xyz", {"t.me", "bit.ly"}),
        ("http://user@evil.example:80/", {"evil.example"}),
        ("https://www.city.hitoyoshi.lg.jp/a", set()),
        ("https://tamemap.example/f/abc", set()),
        ("a@example.com", set()),
        ("Node.js が好き。2026.11.22 10:00〜 3.14", set()),
    ],
)
def test_links_out_of_here_are_seen(text, hosts):
    assert links_in(text, own="tamemap.example") == hosts
    assert has_link(text, own="tamemap.example") is bool(hosts)


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("a@example.com", {"a@example.com"}),
        ("ａ＠ｅｘａｍｐｌｅ．ｃｏｍ", {"a@example.com"}),
        ("a (at) example.com", {"a(at)example.com"}),
        ("090-1234-5678", {"09012345678"}),
        ("０９０－１２３４－５６７８", {"09012345678"}),
        ("〇九〇ー一二三四ー五六七八", {"09012345678"}),
        ("+81 90 1234 5678", {"09012345678"}),
        ("0966(22)2111", {"0966222111"}),
        ("LINE ID: abc_def", {"abc_def"}),
        ("ラインのIDはabcd12です", {"abcd12"}),
        ("ID：abcd12（LINE）", {"abcd12"}),
        ("〒868-0025、2026-11-22 10:00、1,000円、オンラインで。LINEで連絡してね", set()),
    ],
)
def test_ways_to_reach_somebody_are_seen(text, ways):
    assert contacts_in(text) == ways
    assert has_contact(text) is bool(ways)


def test_a_list_of_words_is_tidied_and_what_comes_to_the_same_stands_once():
    assert checked_words(" 闇バイト \n\n闇ばいと\n闇 バイト\nバカ\nばか\nＳＥＸ\nsex") == ("闇バイト", "バカ", "ばか", "ＳＥＸ")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("あ" * 41, "care_word_long"),
        ("。。。", "care_word_empty"),
        ("\n".join(f"こまった語{number}番" for number in range(301)), "care_words_many"),
    ],
)
def test_a_list_that_is_wrong_is_refused(text, code):
    with pytest.raises(Invalid) as refused:
        checked_words(text)
    assert [(one.field, one.code) for one in refused.value.errors] == [("words", code)]


def test_numbers_are_read_as_people_write_them():
    assert [checked_number("flood", one) for one in ("15", " １５ ", 0)] == [15, 15, 0]


@pytest.mark.parametrize(
    ("name", "value"), [("flood", "101"), ("surge", "-1"), ("hold_first", ""), ("flood", "1.5"), ("reports", "1")]
)
def test_numbers_that_cannot_be_are_refused(name, value):
    with pytest.raises(Invalid) as refused:
        checked_number(name, value)
    assert refused.value.errors[0].field == name
    assert set(MOST) == {"hold_first", "flood", "surge", "reports"}


def test_what_a_rule_saw_is_kept_and_read_again():
    assert read_hit(Hit("words", {"word": "闇バイト", "more": 0}).kept()) == Hit("words", {"word": "闇バイト", "more": 0})
    assert read_hit("{}") is None
