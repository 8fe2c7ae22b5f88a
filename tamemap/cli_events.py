"""Flyers as the municipal event list イベント一覧 of 推奨データセット (政府CIO, 2017): 32 columns in that order.

UTF-8 with BOM, CRLF, RFC 4180 quotes. Column 6 (the kana of the name) is not known and stays empty.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from typing import TYPE_CHECKING

from tamemap import clock, urls
from tamemap.i18n import t

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from tamemap.queries.flyer import FlyerView

COLUMNS = (
    "都道府県コード又は市区町村コード", "NO", "都道府県名", "市区町村名", "イベント名", "イベント名_カナ", "イベント名_英語",
    "開始日", "終了日", "開始時間", "終了時間", "開始日時特記事項", "説明", "料金(基本)", "料金(詳細)", "連絡先名称",
    "連絡先電話番号", "連絡先内線番号", "主催者", "場所名称", "住所", "方書", "緯度", "経度", "アクセス方法", "駐車場情報",
    "定員", "参加申込終了日", "参加申込終了時間", "参加申込方法", "URL", "備考",
)  # fmt: skip
FREE = re.compile(r"(入場|参加|観覧|拝観)?(無料|むりょう|タダ)")
YEN = re.compile(r"(?:一般|大人|お一人|一人)?\s*([\d,]+)\s*円")
PHONE = re.compile(r"0\d{1,4}-\d{1,4}-\d{3,4}")


def events_csv(flyers: Iterable[tuple[int, FlyerView]]) -> bytes:
    """The whole file, of flyers with dates; each with the number that is its own for ever."""
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for number, view in flyers:
        table.writerow([harmless(cell) for cell in row_of(number, view)])
    return written.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell, with a ' before what a spreadsheet would take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def row_of(number: int, view: FlyerView) -> list[str]:
    """One event as its 32 cells."""
    start, last = view.when.starts_at, view.when.last_day()
    end = None if view.when.all_day else view.when.ends_at
    fee = unicodedata.normalize("NFKC", view.fee)
    phone = PHONE.search(unicodedata.normalize("NFKC", view.phone))
    facts = {
        "都道府県コード又は市区町村コード": view.municipality_code,
        "NO": f"{number:010d}",
        "都道府県名": view.prefecture,
        "市区町村名": view.municipality_name,
        "イベント名": view.title,
        "開始日": _day(start),
        "終了日": last.isoformat() if last else "",
        "開始時間": "" if view.when.all_day else _time(start),
        "終了時間": _end_time(end),
        "説明": view.body or view.title,
        "料金(基本)": _yen(fee),
        "料金(詳細)": view.fee,
        "連絡先名称": view.organiser,
        "連絡先電話番号": phone[0] if phone else "",
        "主催者": view.organiser,
        "場所名称": view.venue,
        "住所": view.address,
        "緯度": f"{view.lat:.6f}",
        "経度": f"{view.lng:.6f}",
        "URL": urls.absolute(urls.flyer_page(view.public_id)),
        "備考": t(f"category.{view.category}"),
    }
    return [facts.get(column, "") for column in COLUMNS]


def _day(moment: datetime | None) -> str:
    return clock.tokyo(moment).date().isoformat() if moment else ""


def _time(moment: datetime | None) -> str:
    return clock.tokyo(moment).strftime("%H:%M") if moment else ""


def _end_time(moment: datetime | None) -> str:
    # the last day is then the day before (DS-441 knows 24:00)
    return "24:00" if _time(moment) == "00:00" else _time(moment)


def _yen(fee: str) -> str:
    if FREE.fullmatch(fee.strip()):
        return "0"
    found = YEN.match(fee.strip())
    return found[1].replace(",", "") if found else ""
