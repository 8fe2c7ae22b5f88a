"""Labels, addresses, telephone numbers, prices, and signs that look alike."""

from __future__ import annotations

import pytest

from tamemap.domain.kanji_numbers import number_of
from tamemap.domain.reading_contact import phone_of
from tamemap.domain.reading_fees import fee_of
from tamemap.domain.reading_lines import items_of
from tamemap.domain.reading_mend import mended
from tamemap.domain.reading_places import address_in
from tamemap.domain.reading_words import label_of
from tests.reading.sheets import Sheet


def items(*texts):
    page = Sheet()
    for number, text in enumerate(texts):
        page.put(text, 100, 100 + 70 * number)
    return items_of(page.lines())


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("日　時　12月6日", "when", "12月6日"),
        ("◆会場　東部公民館", "where", "東部公民館"),
        ("1　場所　　北原第二公園", "where", "北原第二公園"),
        ("【参加費】無料", "fee", "無料"),
        ("会場月見ホール", "where", "月見ホール"),
        ("主催：花火実行委員会", "organiser", "花火実行委員会"),
        ("主催・お問い合わせ", "organiser", ""),
        ("集合・出発　市役所駐車場", "where", "市役所駐車場"),
        ("受付場所　駅前案内所", "where", "駅前案内所"),
        ("受付期間　1月8日まで", "deadline", "1月8日まで"),
        ("断水区域　南町3丁目", "other", "南町3丁目"),
        ("一、日時　十二月六日", "when", "十二月六日"),
        ("いつ", "when", ""),
    ],
)
def test_labels(text, kind, rest):
    label = label_of(text)
    assert (label.kind, label.rest) == (kind, rest)


@pytest.mark.parametrize(
    "text",
    [
        "会場周辺は17時より車両通行止め",
        "時間帯によって変わります",
        "いつも元気な町へ",
        "主催者の都合により",
        "ところにより雨",
        "チケット1枚で1杯楽しめます",
    ],
)
def test_words_that_are_no_labels(text):
    assert label_of(text) is None


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("人吉市さくら町12-3", "人吉市さくら町12-3"),
        ("〒869-0000 球磨郡水穂町森2240-5", "球磨郡水穂町森2240-5"),
        ("人吉市月見町五丁目一番", "人吉市月見町五丁目一番"),
        ("保健センター 研修室1（人吉市健軍寺町3番地）", "人吉市健軍寺町3番地"),
        ("茨城県鹿嶋市宮中1-2-3", "茨城県鹿嶋市宮中1-2-3"),
    ],
)
def test_addresses(text, address):
    assert address_in(text)[1] == address


@pytest.mark.parametrize(
    "text",
    [
        "市内在住のおおむね60歳以上の方",
        "市制70周年記念",
        "町内3か所で行います",
        "国道51号",
        "あなたの町で10時から",
        "12月9日(水) 10時",
        "人吉市の3人が出演",
    ],
)
def test_what_is_no_address(text):
    assert address_in(text) is None


@pytest.mark.parametrize(
    ("texts", "phone"),
    [
        (("問合せ 0966-00-1201",), "0966-00-1201"),
        (("TEL 0966-00-4680　FAX 0966-00-4689",), "0966-00-4680"),
        (("FAX 0966-00-4689", "TEL 0966-00-4680"), "0966-00-4680"),
        (("☎0299（00）1224",), "0299-00-1224"),
        (("電話　080-0000-5303",), "080-0000-5303"),
        (("TEL/FAX 0966-00-4680",), "0966-00-4680"),
        (("☎（〇九六六）〇〇一七七二二",), "0966-00-7722"),
        (("申込先 少年団（市体育館内） TEL・FAX 0966-", "00-5757"), "0966-00-5757"),
    ],
)
def test_telephones(texts, phone):
    assert phone_of(items(*texts)).value == phone


@pytest.mark.parametrize("text", ["FAX 0966-00-4689", "2026-12-09", "〒869-0000", "1234-56-7890", "0966-00-12", "TEL 0966-"])
def test_what_is_no_telephone(text):
    assert phone_of(items(text)) is None


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("参加費　1組800円（材料費込み）", "1組800円(材料費込み)"),
        ("入場無料", "入場無料"),
        ("2026年　入場無料", "入場無料"),
        ("料金前売千五百円当日二千円", "前売千五百円当日二千円"),
        ("大人300円 小中学生100円", "大人300円 小中学生100円"),
    ],
)
def test_fees(text, fee):
    assert fee_of(items(text)).value == fee


@pytest.mark.parametrize(
    "text",
    [
        "ヨガマットは無料で貸し出します。",
        "年会費二千円で、会報をお届け",
        "お買上げ3,000円以上で抽選1回",
        "報酬　年額36,500円",
        "駐車場無料",
    ],
)
def test_what_is_no_fee(text):
    assert fee_of(items(text)) is None


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("フォ一ラム", "フォーラム"),
        ("ロビ一", "ロビー"),
        ("工コバッグ", "工コバッグ"),
        ("カフ工ラテ", "カフエラテ"),
        ("アメリ力", "アメリカ"),
        ("12/26(±)", "12/26(土)"),
        ("音楽のタべ", "音楽の夕べ"),
        ("い<5", "いくら"),
        ("一組800円", "一組800円"),
        ("人口と入口", "人口と入口"),
        ("8日(土)·9日(日)", "8日(土)・9日(日)"),
    ],
)
def test_signs_that_look_alike(read, meant):
    assert mended(read) == meant


def test_kanji_numerals():
    assert [number_of(text) for text in ("二十三", "百二", "千五百", "二〇二六", "十")] == [23, 102, 1500, 2026, 10]
