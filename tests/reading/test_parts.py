"""Lines that say several things, odd bullets, labels of one sign, and days that belong together."""

from __future__ import annotations

from datetime import date

import pytest

from tamemap.domain.reading import fields_of
from tamemap.domain.reading_days import days_in
from tamemap.domain.reading_lines import items_of
from tamemap.domain.reading_mend import mended
from tamemap.domain.reading_times import hours_in
from tests.reading.flyers import TAKEN
from tests.reading.sheets import Sheet


def said(*texts):
    """(kind, text) of what a page of these lines says."""
    page = Sheet()
    for number, text in enumerate(texts):
        page.put(text, 80, 300 + 90 * number)
    return [(item.kind, item.text) for item in items_of(page.lines())]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("主催／みどり会　主管／あおい会", [("organiser", "みどり会"), ("organiser", "あおい会")]),
        ("主催：みどり会　後援：みどり市", [("organiser", "みどり会"), ("other", "みどり市")]),
        ("参加費 無料 定員 50名", [("fee", "無料"), ("other", "50名")]),
        ("参加費：800円（食材費）定員：12名", [("fee", "800円(食材費)"), ("other", "12名")]),
        ("●参加費　無料●持ち物　水筒", [("fee", "無料"), ("other", "水筒")]),
        ("【日時】12月6日(日)【会場】東公民館", [("when", "12月6日(日)"), ("where", "東公民館")]),
        ("入場料 無料　定員100名", [("fee", "無料"), ("other", "100名")]),
    ],
)
def test_a_line_with_several_labels_is_taken_apart(line, parts):
    assert said(line) == parts


@pytest.mark.parametrize(
    "line",
    [
        "日時 12月6日(日) 受付 8:30 開会 9:00",
        "参加費 無料（定員 20名）",
        "問合せ みどり会 電話 0966-00-1234",
        "みどり市 会場は東公民館",
    ],
)
def test_a_line_that_says_one_thing_stays_whole(line):
    assert len(said(line)) == 1


def test_a_sign_before_every_line_is_a_bullet_whatever_it_was_read_as():
    assert said("学日時　1月14日(木)", "学場所　竹の里会館", "学講話　転ばない体")[:2] == [
        ("when", "1月14日(木)"),
        ("where", "竹の里会館"),
    ]


def test_signs_at_one_edge_are_labels_also_without_a_gap():
    kinds = dict(said("日　12月22日(火)", "時　10時～12時", "所東公民館 駐車場"))
    assert kinds["where"] == "東公民館 駐車場"
    assert kinds["time"] == "10時~12時"


def test_a_place_called_toki_is_no_day():
    assert said("とき川町文化センター") == [("", "とき川町文化センター")]


@pytest.mark.parametrize(
    "text",
    ["12/12 土 16:30～", "12月12日 土", "Dec. 12, 2026 (Sat)", "'26.12.12", "SAT 12.12", "12月第2土曜日", "12がつ12にち（ど）"],
)
def test_a_day_is_read_as_it_is_written(text):
    assert [mention.first for mention in days_in(text, TAKEN)] == [date(2026, 12, 12)]


def test_a_saturday_that_was_not_recognised_is_one_beside_a_day():
    assert mended("12/12 ± 7:00→9:00") == "12/12 土 7:00→9:00"


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("土曜9:30～16:00 日曜9:30～15:00", 15 * 60),
        ("午前10時～11時45分 午後1時～4時", 16 * 60),
        ("9:30集合～12:00解散", 12 * 60),
        ("13:15開場 14:00開演（終演予定16:00）", 16 * 60),
    ],
)
def test_hours_end_when_the_last_of_them_does(text, ends):
    assert hours_in(text).to == ends


@pytest.mark.parametrize(
    ("texts", "starts", "ends"),
    [
        (("12月5日(土) 10:00～16:00", "12月6日(日) 10:00～15:00"), ("2026-12-05", 600), ("2026-12-06", 900)),
        (("毎月第2・第4水曜日 10時～11時30分", "※12月は9日・23日です"), ("2026-12-09", 600), ("2026-12-09", 690)),
    ],
)
def test_days_that_belong_together_are_one_event(texts, starts, ends):
    page = Sheet().put("ほっこりサロン", 80, 100, 100)
    for number, text in enumerate(texts):
        page.put(text, 80, 300 + 50 * number, 36)
    page.put("みどり会館", 80, 600, 30)
    when = fields_of(page.lines(), taken=TAKEN).when.value
    assert ((str(when.first), when.start), (str(when.last), when.end)) == (starts, ends)


def test_a_price_in_brackets_behind_a_thing_is_that_things():
    page = Sheet().put("春まつり", 80, 100, 100).put("日時 12月6日(日) 10時～15時", 80, 300)
    page.put("こども広場/ふわふわ遊具(1回200円)、ミニSL", 80, 500)
    assert fields_of(page.lines(), taken=TAKEN).fee is None


def test_a_line_set_in_under_a_value_belongs_to_it():
    page = Sheet().put("ところ：総合福祉会館", 80, 300, 30).put("3階 栄養実習室", 185, 340, 30)
    items = [(item.kind, item.text.replace("\n", " ")) for item in items_of(page.lines())]
    assert items == [("where", "総合福祉会館 3階 栄養実習室")]


def read(*puts):
    page = Sheet()
    for put in puts:
        page.put(*put)
    return fields_of(page.lines(), taken=TAKEN)


def test_what_is_said_by_the_way_is_not_the_day():
    fields = read(
        ("イルミネーション点灯式", 80, 60, 70),
        ("11月28日（土）17時30分～", 80, 200, 60),
        ("※点灯期間：11月28日（土）～2月14日（日）17時～22時", 80, 350, 32),
    )
    assert (str(fields.when.value.last), fields.when.value.start) == ("2026-11-28", 17 * 60 + 30)


def test_rows_of_who_pays_how_much_are_the_fee():
    fields = read(
        ("人形劇", 80, 60, 90),
        ("12月6日(日) 10時～", 80, 200, 50),
        ("おとな", 80, 400, 40),
        ("1,000円", 600, 400, 40),
        ("こども", 80, 460, 40),
        ("600円", 600, 460, 40),
    )
    assert fields.fee.value == "おとな 1,000円 こども 600円"


def test_whoever_takes_the_bookings_is_named_so():
    fields = read(("寄せ植え", 80, 60, 90), ("お申し込みは フラワーパーク白河 まで", 80, 500, 34))
    assert fields.organiser.value == "フラワーパーク白河"
    assert read(("寄せ植え", 80, 60, 90), ("お申し込みは スタッフ まで", 80, 500, 34)).organiser is None


def test_the_hours_of_the_reception_are_not_those_of_the_ceremony():
    assert hours_in("受付 9:00～9:30 式典 9:45～10:45").start == 9 * 60 + 45


def test_an_address_begins_behind_the_name_of_a_house():
    fields = read(
        ("柚子湯の日", 80, 60, 90),
        ("12月21日(月) 11時～21時", 80, 200, 50),
        ("湯の森温泉センター湯沢郡湯の森町大湯27番地", 80, 500, 34),
    )
    assert (fields.venue.value, fields.address.value) == ("湯の森温泉センター", "湯沢郡湯の森町大湯27番地")
