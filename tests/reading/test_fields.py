"""The rules on perfectly read flyers of many layouts: what a Japanese reader takes from each."""

from __future__ import annotations

import re
import unicodedata

import pytest

from tamemap.domain.reading import fields_of
from tamemap.domain.reading_field import SURE
from tamemap.domain.reading_lines import items_of
from tamemap.domain.reading_rows import Line
from tests.reading.flyers import ALL, TAKEN
from tests.reading.flyers_more import MORE
from tests.reading.flyers_notices import NOTICES
from tests.reading.flyers_still_more import STILL_MORE
from tests.reading.sheets import Sheet


def folded(text):
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)) if text else None


def moment(day, minutes):
    return f"{day} {minutes // 60:02}:{minutes % 60:02}" if minutes is not None else None


@pytest.mark.parametrize("make", ALL + MORE + STILL_MORE + NOTICES, ids=lambda make: make.__name__)
def test_a_flyer_says_what_a_reader_would_take_from_it(make):
    page, truth = make()
    fields = fields_of(page.lines(), taken=TAKEN)
    when = fields.when.value if fields.when else None
    read = {
        name: field.value if (field := getattr(fields, name)) else None
        for name in ("title", "venue", "address", "fee", "phone", "organiser")
    }
    read |= {"starts": moment(when.first, when.start) if when else None, "ends": moment(when.last, when.end) if when else None}
    read |= {"day": str(when.first) if when else None}
    assert {name: folded(read[name]) for name in truth} == {name: folded(value) for name, value in truth.items()}


def test_every_field_shows_where_it_was_read():
    page, _ = ALL[0]()
    fields = fields_of(page.lines(), taken=TAKEN)
    assert fields.venue.boxes[0] == next(line.box for line in page.lines() if line.text.startswith("若葉交流"))
    assert fields.phone.reason == "label"


def test_what_was_hard_to_read_is_not_sure():
    page, _ = ALL[0]()
    blurred = [Line(line.text, line.box, line.size, line.vertical, 0.6) for line in page.lines()]
    fields = fields_of(blurred, taken=TAKEN)
    assert all(getattr(fields, name).confidence < SURE for name in ("title", "when", "venue", "fee", "phone"))


def test_a_weekday_that_does_not_fit_is_said():
    page = Sheet().put("もちつき", 100, 100, 90).put("日時 令和8年12月12日(水) 10:00～12:00", 100, 300)
    when = fields_of(page.lines(), taken=TAKEN).when
    assert when.problems == ("weekday",)
    assert when.confidence < SURE


def test_a_day_that_is_over_is_said():
    page = Sheet().put("夏まつり", 100, 100, 90).put("日時 2026年8月1日(土) 17:00～21:00", 100, 300)
    assert fields_of(page.lines(), taken=TAKEN).when.problems == ("past",)


def test_a_year_far_away_is_said():
    page = Sheet().put("夏まつり", 100, 100, 90).put("日時 令和18年8月2日(土) 17:00～21:00", 100, 300)
    assert "year" in fields_of(page.lines(), taken=TAKEN).when.problems


def test_a_page_without_words_has_no_fields():
    fields = fields_of([], taken=TAKEN)
    assert [fields.title, fields.when, fields.venue, fields.address, fields.fee, fields.phone, fields.organiser] == [None] * 7


def test_a_page_of_a_book_gives_no_day_no_price_and_no_telephone():
    page = Sheet()
    for number, text in enumerate(
        (
            "吾輩は猫である。名前はまだ無い。どこで生れたか",
            "とんと見当がつかぬ。何でも薄暗いじめじめした所で",
            "ニャーニャー泣いていた事だけは記憶している。",
            "吾輩はここで始めて人間というものを見た。",
        )
    ):
        page.put(text, 100, 100 + 50 * number, 32)
    fields = fields_of(page.lines(), taken=TAKEN)
    assert [fields.when, fields.venue, fields.address, fields.fee, fields.phone, fields.organiser] == [None] * 6


class Towns:
    """Knows one town and one hall."""

    def town(self, text):
        return "鹿嶋市宮中" if text.startswith(("鹿嶋市宮", "鹿鳴市宮中")) else None

    def place(self, name):
        return "鹿嶋勤労文化会館" if name in {"鹿嶋勤労文化会館", "鹿鳴勤労文化会館"} else None


def test_the_gazetteer_mends_what_was_read_wrongly():
    page = Sheet().put("合唱祭", 100, 100, 90).put("会場 鹿鳴勤労文化会館", 100, 300).put("鹿鳴市宮中325-1", 170, 345)
    fields = fields_of(page.lines(), taken=TAKEN, gazetteer=Towns())
    assert fields.venue.value == "鹿嶋勤労文化会館"
    assert fields.address.value == "鹿嶋市宮中325-1"
    assert fields.address.confidence < SURE


def test_a_wrapped_line_goes_on_and_a_new_label_does_not():
    page = (
        Sheet()
        .put("◆日時　12月6日(日) 10時～12時", 100, 100)
        .put("◆費用　大人1,000円（材料費と", 100, 140)
        .put("お茶代）", 100, 175)
    )
    page.put("◆対象　どなたでも", 100, 215)
    assert [(item.kind, item.text) for item in items_of(page.lines())] == [
        ("when", "12月6日(日) 10時~12時"),
        ("fee", "大人1,000円(材料費とお茶代）"),
        ("other", "どなたでも"),
    ]


def test_great_words_with_nothing_else_of_a_flyer_are_no_sure_title():
    screen = Sheet().put("ログイン 設定 ヘルプ", 80, 40, 24).put("あしたの天気 津田市", 80, 120, 90)
    screen.put("11月23日(月) 晴れ時々くもり", 80, 300, 40).put("最高15℃ 最低4℃", 80, 360, 32)
    assert fields_of(screen.lines(), taken=TAKEN).title.confidence < SURE
    flyer = screen.put("問い合わせ 0966-00-1234", 80, 900, 32)
    assert fields_of(flyer.lines(), taken=TAKEN).title.confidence >= SURE


def test_a_value_of_several_lines_in_a_table_is_whole():
    page = Sheet().put("ファミリーコンサート", 100, 100, 90).put("会場", 100, 300).put("みどり会館", 320, 300)
    page.put("大ホール", 320, 340).put("料金", 100, 400).put("一般 1,000円", 320, 400).put("学生 500円", 320, 440)
    page.put("主催", 100, 500).put("みどり音楽協会", 320, 500)
    fields = fields_of(page.lines(), taken=TAKEN)
    assert (fields.venue.value, fields.fee.value) == ("みどり会館大ホール", "一般 1,000円 学生 500円")


def test_a_quarters_hall_is_no_address():
    page = Sheet().put("定期総会", 100, 100, 90).put("会場 港町二丁目会館", 100, 300)
    fields = fields_of(page.lines(), taken=TAKEN)
    assert (fields.venue.value, fields.address) == ("港町二丁目会館", None)
