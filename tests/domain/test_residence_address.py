"""An address as one line names its town, however it is written; and never another one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tamemap.domain.residence import Town, municipality_of_address

TOWNS = (
    Town("432032", "熊本県", "人吉市"),
    Town("435015", "熊本県", "錦町"),
    Town("435147", "熊本県", "あさぎり町"),
    Town("435121", "熊本県", "山江村"),
    Town("082228", "茨城県", "鹿嶋市"),
    Town("122246", "千葉県", "鎌ケ谷市"),
    Town("473031", "沖縄県", "東村"),
    Town("131016", "東京都", "千代田区"),
)
BY_CODE = {town.code: town for town in TOWNS}


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("熊本県球磨郡錦町大字一武1587番地", "435015"),
        ("熊本県錦町一武", "435015"),
        ("球磨郡錦町大字一武", "435015"),
        ("錦町大字一武１５８７", "435015"),
        ("熊本県 人吉市　西間下町７番地の１", "432032"),
        ("人吉市古市町1", "432032"),
        ("熊本県球磨郡あさぎり町免田東1199", "435147"),
        ("千葉県鎌ヶ谷市新鎌ヶ谷二丁目6番1号", "122246"),
        ("東京都千代田区紀尾井町1番3号", "131016"),
        ("沖縄県国頭郡東村字平良804", "473031"),
        # other places of the same sound
        ("東京都立川市錦町三丁目", None),
        ("山口県岩国市錦町広瀬", None),
        ("熊本県八代市郡錦町1", None),
        ("熊本県水俣市あさぎり町", None),
        ("東京都東村山市本町1-2-3", None),
        ("東村山市本町1-2-3", None),
        ("鹿児島県人吉市", None),
        ("茨城県錦町", None),
        ("茨城県鹿島郡鹿嶋市", None),
        ("人吉", None),
        ("熊本県", None),
        ("", None),
    ],
)
def test_addresses_as_cards_have_them(address, code):
    assert municipality_of_address(address, TOWNS) == code


def test_what_could_be_two_towns_is_none():
    two = (Town("016331", "北海道", "上ノ国町"), Town("071234", "福島県", "伊達市"), Town("012335", "北海道", "伊達市"))
    assert municipality_of_address("伊達市鹿島町20", two) is None
    assert municipality_of_address("北海道伊達市鹿島町20", two) == "012335"
    assert municipality_of_address("福島県伊達市保原町", two) == "071234"


def test_the_longer_name_is_meant():
    two = (Town("1", "長野県", "大町"), Town("2", "長野県", "大町市"))
    assert municipality_of_address("長野県大町市大町3887", two) == "2"


REST = st.text(st.sampled_from("一二三四大字上下中東西南北0123456789-番地のヶケアパート町村市 　"), max_size=20)


@given(st.sampled_from(TOWNS), REST, st.sampled_from(["", " ", "　", "\u3000 "]), st.booleans())
def test_with_its_prefecture_every_address_of_a_town_is_found(town, rest, gap, wide):
    address = f"{town.prefecture}{gap}{town.name}{gap}{rest}"
    if wide:
        address = address.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    assert municipality_of_address(address, TOWNS) == town.code
    assert municipality_of_address(unicodedata.normalize("NFD", address), TOWNS) == town.code


@given(st.text(max_size=60))
def test_whatever_is_said_is_a_town_of_ours_or_none(text):
    code = municipality_of_address(text, TOWNS)
    assert code is None or BY_CODE[code].name[0] in unicodedata.normalize("NFKC", text).replace("ヶ", "ケ")


@given(st.sampled_from(TOWNS), st.sampled_from(TOWNS), REST)
def test_a_town_named_after_another_one_is_not_meant(town, other, rest):
    address = f"{town.prefecture}{town.name}{other.name}{rest}"
    assert municipality_of_address(address, TOWNS) == town.code
    without = tuple(one for one in TOWNS if one != town)
    assert municipality_of_address(address, without) is None
