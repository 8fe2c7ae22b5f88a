"""Where it is: the name of the place and its address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_addresses import NUMBER, address_in
from tamemap.domain.reading_field import Found, Gazetteer, sure
from tamemap.domain.reading_homes import a_home
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_when import event_words
from tamemap.domain.reading_words import counted, plain, wide_folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_lines import Item

BESIDES = re.compile(
    r"〒\d{3}-\d{4}|(?:TEL|FAX|電話|☎)?[:.\s]*\(?0\d{1,4}[)\-(\s]{1,2}\d{1,4}[)\-\s]{1,2}\d{3,4}|\s", re.IGNORECASE
)
CALLED = re.compile(r"0\d{1,4}[)\-(\s]{1,2}\d{1,4}[)\-\s]{1,2}\d{3,4}")
FACILITY = re.compile(
    r"(?:"
    r"公民館|センター|ホール|会館|体育館|公園|小学校|中学校|高校|高等学校|大学|学校|図書館|文庫|神社|寺|院|"
    r"広場|ビーチ|海岸|浜|天文台|プラザ|館|ギャラリー|カフェ|食堂|商店街|駅|港|園|苑|荘|ドーム|スタジアム|"
    r"グラウンド|球場|競技場|住宅|役場|庁舎|役所|病院|医院|教会|ロビー|スペース|ハウス|ひろば|交流館|"
    r"記念館|資料館|キャンプ場|牧場|農園|道場|アリーナ|プール|テラス|マルシェ会場|市場|教室|集会所|公会堂|"
    r"自治会館|城|城跡|河川敷|湖畔|劇場|シアター|ターミナル|海水浴場|校舎|支所|レストラン|ホテル|パーク|ランド|高原|渓谷|農場|分館|別館|スタジオ|児童館|保育園|幼稚園|こども園|モール|店|ビル|"
    r"会議室|大広間|研修室|和室|本堂|舞台|展示室|学習室|講義室|多目的室|調理室|音楽室|集会室|実習室|相談室|空き地|跡地|酒造|工房|農協|JA[^\s]*|会場|参道|境内|通り|駅前|ロータリー|コミセン|警察署|消防署|郵便局|空港|校庭|キャンパス|コート|遊歩道|河原|桟橋|(?<=[一-鿿ァ-ヶー])(?<![入登出退開工])場|温泉|の里|埠頭|登山口"
    r")"
    r"(?:[\s　].{1,14}|[0-9]階.{0,10}"
    r"|[^\s。]{0,12}(?:室|堂|舞台|ステージ|前|側|内|ホール|広場|庭|棟|横|裏|離れ|ロビー|会場|駐車場|直売所|隣|エリア|芝生|前庭|中庭|入口|ロータリー|デッキ)|[ぁ-んァ-ヶー]{2,8}|[「『][^」』]{1,12}[」』](?:前|横)?)?$"
)
PROSE = re.compile(
    r"[。！？!?]|ます|です|ください|しよう|ません|でした|ましょう|[\d百千万]円|円[ 　(・で]"
    r"|主催|共催|後援|出演|無料|歳|先着|徒歩|行き|方面|お車|バス停|詳し"
)
_CUT = re.compile(
    r"[\s　]*(?:\([^)]*\d(?::\d\d|時)[^)]*\)$|"
    r"(?:午前|午後)?\d{1,2}(?::\d\d|時(?:半|\d{1,2}分)?)(?:集合)?$|集合|に集合|現地集合|にて|で開催|※.*|TEL.*|電話.*|☎.*|でんわ.*|\d{2,4}-\d{2,4}-\d{4}.*)$",
    re.DOTALL,
)


HALL_BEHIND = re.compile(r"\)[\s　]*(\S{1,8}(?:ホール|室|館|広場|ロビー|階))$")
SAID = re.compile(r"(?:会場|場所)は、?[「『]?([^「」『』。、\s]{3,20}?)[」』]?(?:です|になります|にて|で[、す行開])")
ODD = re.compile(r"\d:\d\d|\d[時円月]|[〇○●◎■◆※:]|[a-z]{3,}")  # more than a name stands there
HOUR_AHEAD = re.compile(r"^.*\d(?:時半?|分|:\d\d)(?:から|より|~|まで)?[\s　]+(?=[^\d\s]{3,}$)")  # 出発式 15:30 駅前広場
# where it is to be found, in words
WAY = re.compile(r"^[^(\d]*\d?丁目(?!\d)|となり|隣$|向かい|そば$|裏手|徒歩|駅から|バス停|すぐ$")
HOURS = re.compile(r"\d時(?![一-鿿])")
# what takes place there
NO_PLACE = re.compile(r"(?:講座|講演会|コンサート|大会|まつり|祭り?|フェア|フェスタ|フェスティバル|展|(?<![\d各階])教室)$")
OWN_LABEL = re.compile(r"^[一-鿿ぁ-ん]{2,6}[:/]\s*")  # 集積所:みどり会館
ROOM = re.compile(r"\d(?:階|F|号室|教室|号館)")
NOTE = re.compile(
    r"(?<=.{3})\([^()]*(?:[はがを]|に集合|から|あり|徒歩|駐車|雨|順延)[^()]*(?:\([^()]*\)[^()]*)?\)$"
)  # a sentence about it
TOWARDS = re.compile(r"^至[\s　]*\S")  # of a map: the way to the station, not the station
# 集合 8時半 駅前広場, 集合 2月6日午前6時 市役所駐車場
HOUR_BEFORE = re.compile(
    r"^(?:\d{1,2}(?:月\d{1,2}日|/\d{1,2})(?:\([^)]{1,3}\))?[\s　]*)?"
    r"(?:午前|午後)?\d{1,2}(?:時(?:\d{1,2}分|半)?|:\d\d)(?:まで)?に?[\s　、]+"
)


def places_of(items: Sequence[Item], gazetteer: Gazetteer) -> tuple[Found[str] | None, Found[str] | None]:
    """Venue and address, each None where the flyer says none."""
    address, at = _address(items, gazetteer)
    venue = _labelled_venue(items, gazetteer) or _loose_venue(items, at, gazetteer)
    return venue, address


# ── addresses ──


def _address(items: Sequence[Item], gazetteer: Gazetteer) -> tuple[Found[str] | None, Item | None]:
    rank = {"address": 4.0, "where": 3.0, "": 2.0, "time": 1.5, "when": 1.5, "contact": 0.6, "organiser": 0.5, "issued": 0.4}
    found = []
    page = [line for item in items for line in item.lines]
    for item in items:
        parts = address_in(item.text) if item.kind in rank else None
        if parts is None and item.kind == "address" and re.search(NUMBER, item.text) and len(item.text) < 40:
            parts = "", re.sub(r"^〒?\d{3}-\d{4}\s*", "", wide_folded(item.text).strip("() ")), ""
        if (
            parts
            and not a_home(item.lines, page)
            and (item.kind != "" or len(BESIDES.sub("", wide_folded(item.text))) - len(parts[1]) <= 24)
        ):
            office = item.kind == "" and _office(item, parts[0], items)
            found.append((0.5 if office else rank[item.kind], item, parts[1]))
    if not found:
        return None, None
    score, item, text = max(found, key=lambda one: one[0])
    if score < 1 and not gazetteer.town(text):
        return None, None  # the office of who answers is not where it takes place
    text = text.replace("\n", "").strip()
    known = gazetteer.town(text)
    venues = [one for one in items if one.kind == "where" and one.text]
    if score == 2.0 and not known and venues and min(near(item, one) for one in venues) > 2.5:
        score = 1.9  # it may be another's
    confidence = {4.0: 0.96, 3.0: 0.93, 2.0: 0.92, 1.9: 0.84}.get(score, 0.6)
    if known and not text.startswith(known):
        text, confidence = known + text[len(known) :], min(confidence, 0.8)
    return Found(text, sure(confidence, [item]), item.lines, "label" if score >= 3 else "form"), item


def _office(item: Item, before: str, items: Sequence[Item]) -> bool:
    """Whether an address stands with who answers, while the flyer names a venue elsewhere."""
    venues = [one for one in items if one.kind == "where" and one.text]
    if not venues:
        return False
    before = re.sub(r"〒?\d{3}-\d{4}|\W", "", before)
    if before and CALLED.search(wide_folded(item.text)):
        return not any(before in re.sub(r"\W", "", wide_folded(one.text)) for one in venues)
    others = [
        one
        for one in items
        if one is not item and (one.kind in {"contact", "organiser", "issued"} or CALLED.search(wide_folded(one.text)))
    ]
    named = [plain(one.text) for one in venues]
    if any(near(item, one) < 1 and any(plain(one.text).startswith(name) for name in named) for one in others):
        return False  # the house itself answers: its address
    return any(near(item, one) < 1.2 and near(item, one) < min(near(item, venue) for venue in venues) for one in others)


# ── venues ──


def _labelled_venue(items: Sequence[Item], gazetteer: Gazetteer) -> Found[str] | None:
    for item in items:
        if item.kind != "where" or not item.text:
            continue
        said = [line for line in item.text.split("\n") if not event_words(line)]
        said = said[:1] + [line for line in said[1:] if not WAY.search(line)]
        name = _without_address("\n".join(said))
        if name and len(name) <= 60 and not event_words(name):
            known = gazetteer.place(name)
            prose = bool(re.search(r"ます|です|。", name)) or len(name) > 32
            # called so, and named like one: two witnesses
            named = known is not None or any(FACILITY.search(part) for part in re.split("[~・(「]", name))
            odd = len(name) > 26 or ODD.search(name) is not None
            confidence = 0.7 if prose else 0.96 if named and not odd else 0.84
            return Found(known or name, sure(confidence, [item]), item.lines, "label")
    return None


def _without_address(text: str) -> str:
    text = HOUR_BEFORE.sub("", wide_folded(text))
    parts = address_in(text)
    if parts:
        hall = HALL_BEHIND.match(parts[2]) if parts[0].strip() else None  # 会館(中央1-1)大ホール
        text = f"{parts[0].rstrip('(〒 ')} {hall[1]}" if hall else parts[0].rstrip("(〒 \n") or re.sub(r"^[)\s]+", "", parts[2])
        text = re.sub(r"[(\[]?\s*(?:住所:?|所在地:?|〒\d{3}-\d{4})?\s*$", "", text)
    text = re.split(r"\n(?=〒|TEL|電話)", text)[0].replace("\n", " ")
    text = re.split(r"\s+(?=(?:入場|参加費?|観覧)?無料|\d[\d,]*円)", text)[0]  # the cell beside it: a price is no place
    return _CUT.sub("", NOTE.sub("", text)).strip(" 　、。/●○◆◇■")


def _loose_venue(items: Sequence[Item], at: Item | None, gazetteer: Gazetteer) -> Found[str] | None:
    """Without a label: the line right above the address, or a line that is the name of a facility."""
    found = []
    days = [item for item in items if item.kind == "" and event_words(item.text) and re.search(r"\d", counted(item.text))]
    largest = max((item.size for item in items), default=0.0)
    for item in items:
        name = HOUR_AHEAD.sub("", _CUT.sub("", wide_folded(item.text))).strip(" 　@")
        said = SAID.search(wide_folded(item.text))
        name = said[1] if said else OWN_LABEL.sub("", name)
        if (
            item.kind != ""
            or PROSE.search(name)
            or TOWARDS.match(name)
            or event_words(name)
            or HOURS.search(counted(name))
            or NO_PLACE.search(name)
            or not 2 <= len(name) <= 30
            or item is at
        ):
            continue
        facility = (
            any(FACILITY.search(part) for part in re.split("[~・]", re.sub(r"\([^)]*\)$", "", name)))
            or gazetteer.place(name) is not None
        )
        above = at is not None and near(item, at) < 1.2 and _top(item) < _top(at)
        score = (2.0 if facility else 0.0) + (2.0 if above else 0.0) + (1.0 if gazetteer.place(name) else 0.0)
        score += 0.3 if any(near(item, day) < 2 and _top(item) > _top(day) for day in days) else 0.0  # right below the day
        score += 0.5 if facility and ROOM.search(name) else 0.0
        if above and item.size > 2.5 * at.size:  # type: ignore[union-attr]  # above says that there is one
            score -= 2.0  # a title over an address
        if score >= 3 or (score >= 2 and item.size < largest):  # the largest words are the title
            found.append((score, item, name))
    if at is not None and at.kind == "" and not found and (name := _without_address(at.text)) and FACILITY.search(name):
        found.append((3.0, at, name))
    if not found:
        return None
    score, item, name = max(found, key=lambda one: one[0])
    confidence = 0.93 if score >= 4 else 0.72 if score >= 3 else 0.55
    return Found(
        gazetteer.place(name) or name, sure(confidence, [item]), item.lines, "above_address" if score >= 4 else "facility"
    )


def _top(item: Item) -> float:
    return min(line.frame[1] for line in item.lines)
