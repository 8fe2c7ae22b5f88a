"""Who does it: the organiser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tamemap.domain.reading_addresses import address_in
from tamemap.domain.reading_contact import in_figures
from tamemap.domain.reading_field import Found, sure
from tamemap.domain.reading_lines import near
from tamemap.domain.reading_when import event_words
from tamemap.domain.reading_words import plain, wide_folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tamemap.domain.reading_lines import Item

ORGANISATION = re.compile(
    r"(?:会|クラブ|協議会|委員会|サークル|協会|PTA|ＰＴＡ|係|担当|課|科|署|室|部|局|公民館|社協|組合|ひろば|連盟|有志|一同|センター|館|苑|店|学校|園|法人.*|NPO.*|役場|市役所|町役場|財団|"
    r"事務局|案内所|事務所|本部|支部|団|隊|工房|道場|神社|(?<!小野)寺|教会|農園|牧場|大学|高校|学園|ホテル|クリニック|薬局|書店|商店街|ネット|ネットワーク|の里|の家|研究所|新聞社|市|町|村|区|会社|プロジェクト|温泉|酒造|病院|医院|農協|漁協|生協|スクール|アカデミー|塾|ラボ|カフェ|劇団|楽団|チーム|倶楽部|[^\s]*ボランティア.*)$"
)
HOUSE = re.compile(r"^(?:[FSJ]+C|NPO|劇団|楽団|チーム)|工房|ギャラリー|スタジオ|サロン|倶楽部|.の会(?![場議員報長期展])")
CIRCLE = re.compile(
    r"(?:会|委員会|協議会|クラブ|サークル|PTA|連盟|組合|有志|実行委|保存会|協会|団|[会団盟]\s*\S{1,5}支部|ボランティア\s*[^\s\d]{0,8})$"
)
# who speaks for it: 町内会 会長 山野太郎, 書道会(松尾)
PERSON = re.compile(
    r"^(?P<who>.{2,}?)[\s　]*(?:(?:副?会長|代表者?|校長|園長|館長|院長|所長|団長|部長|区長|理事長|委員長|世話人|担当|係)"
    r"(?!会)[\s　:]*[一-鿿々ぁ-んァ-ヶ\s　]{1,9}|\((?:代表者?|会長|担当|世話人)?[\s:]*[一-鿿々ぁ-んァ-ヶ]{1,5}\))$"
)
# 若宮婦人会川口: whoever answers for it, without a gap
SURNAME = re.compile(
    r"^(?P<who>.{2,}?(?:会(?![議館場社員事本支長])|クラブ|連盟|サークル))[\s　]*[一-鿿]{1,2}[^\W会部課係局隊班団所室館員]$"
)
# お問い合わせは町会まで; 問 農林課
ASKED = re.compile(
    r"^(?:お?(?:問い?合わ?せ|申し?込み?|連絡|登録|予約|見学)(?:先)?は、?|問[\s　]*(?=[一-鿿]{2,}[課係室]))(.+?)"
    r"(?:まで|へ)?。?(?=[\s　]*(?:TEL|電話|☎|0\d|$))"
)
# 水利組合 組合長, 朗読の会「ことのは」、宮下
ROLE_LAST = re.compile(r"(?<=..)[\s　]*(?:組合長|会長|代表|委員長|班長|区長|支部長|理事長|事務局長)$")
BESIDE_NAME = re.compile(r"^(?P<who>.{2,}(?:[」会部課係室局]|クラブ))[、,\s　]+[一-鿿]{1,2}[^\W係課室部局会班\d]\(?$")
# 2月20日から電話で みどり科学館(☎0966-00-5000)へ
WHOSE_NUMBER = re.compile(r"(?:^|[\s、。:/でに])([^\s、。:/()でに]{3,20})\s*\(?\s*(?:☎|TEL|電話|でんわ)?[\s:.]*\(?0\d{1,4}[-(]")
NOBODY = re.compile(r"[\d、。をにで]|[下上左右]記|電話|窓口|班長|スタッフ|係員|早め|フォーム|こちら|LINE|メール|店頭|受付|最寄")
OFFICE = re.compile(r"^事務局[\s:/]+(?=\S{3})")
# 商店会 事務局: the circle, not the desk that takes its calls
OF_OFFICE = re.compile(r"(?:(?<=.会)|(?<=連盟)|(?<=組合)|(?<=クラブ))[\s　]*事務局$")
ISSUED = re.compile(r"^(?:(?:No|NO|Vol|vol)\.?\d+|第\d+号)?[\s　]*(?:令和\d+年|20\d\d年)?\d+月(?:\d+日)?号?[\s　]*発行?[\s　:]*")
NOT_ORGANISER = re.compile(
    r"[。！？!?]|ます|です|ください|各位|様$|ご参加|お待ち|円|無料|詳しく|こちら|QR|参加者|対象|歳|http|www|申込|お気軽"
)
_CUT = re.compile(
    r"[\s　・/,(（]*(?:TEL|Tel|tel|℡|電話|でんわ|☎|☏|FAX|ファックス|〒|共催|後援(?!会)|協力(?![会隊])|特別協賛|協賛"
    r"|助成|問い?合わ?せ|お問|連絡先|[A-Za-z0-9._+\-]+@|E-?mail|mail|メール|https?:|0\d{1,4}-\d).*$",
    re.DOTALL,
)
ADDRESSED = re.compile(r"各位|様$|(?:みなさま|皆さま|皆様|皆さん|みなさん)へ?$")


def organiser_of(items: Sequence[Item], title: Found[str] | None) -> Found[str] | None:
    """Who does it: named so, or who issues the paper, signs the letter or answers the telephone; None where nobody is named."""
    first = sorted(items, key=lambda item: not item.label.startswith("主催"))
    for kind, confidence, reason in (("organiser", 0.96, "label"), ("issued", 0.82, "issued")):
        for item in first:
            name = _cut(item.text) if item.kind == kind else ""
            if name and not re.fullmatch(r"[\d\W]+", name) and not event_words(name) and len(name) <= 45:
                # called so, and named like one: two witnesses
                witness = 0.0 if ORGANISATION.search(name) or HOUSE.search(name) else 0.12
                return Found(name, sure(confidence - witness, [item]), item.lines, reason)
    for item in items:
        whose = re.fullmatch(r"[(\s]*([^\s(:/、。]{3,24}?)[\s　]*主催[)\s]*", wide_folded(item.text))
        if whose and item.kind == "" and _is_organisation(whose[1]):
            return Found(whose[1], sure(0.86, [item]), item.lines, "label")
    answering, undersigned = _answering(items), _undersigned(items, title)
    if answering and undersigned and _is_venue(answering.value, items):
        return undersigned  # the house takes the calls, the circle invites
    return _signing(items, title) or answering or _asked(items) or undersigned or _over_title(items, title)


def _is_venue(name: str, items: Sequence[Item]) -> bool:
    """Whether a house of this name stands on the page as the place: 図書館, where 町立図書館 えほんのへや is said."""
    return any(
        item.kind in {"where", ""} and re.match(rf"(?:\S{{1,4}}立)?{re.escape(plain(name))}", plain(item.text)) for item in items
    )


def _answering(items: Sequence[Item]) -> Found[str] | None:
    """The name in the block with the telephone number, or right above it."""
    calls = [item for item in items if re.search(r"0\d{1,4}[-)(\s]\d{1,4}[-)\s]{1,2}\d{3,4}", in_figures(wide_folded(item.text)))]
    for call in calls:
        name = SURNAME.sub(r"\g<who>", _cut(call.text))
        if (call.kind in {"contact", "deadline", ""} or call.label == "担当") and _is_organisation(name):
            return Found(name, sure(0.86 if call.kind == "contact" else 0.82, [call]), call.lines, "contact")
    for call in calls:
        named = WHOSE_NUMBER.search(wide_folded(call.text)) if call.kind == "deadline" else None
        if named and _is_organisation(named[1]):
            return Found(named[1], sure(0.8, [call]), call.lines, "contact")
    for item in items:
        if item.kind == "contact" and _is_organisation(_cut(item.text)):
            return Found(_cut(item.text), sure(0.88, [item]), item.lines, "contact")
    for call in calls:
        beside = [
            item
            for item in items
            if item.kind == ""
            and item is not call
            and near(item, call) < 1.5
            and item.lines[0].frame[1] < call.lines[0].frame[3]
            and _is_organisation(_cut(item.text))
        ]
        if beside:
            best = min(beside, key=lambda item: near(item, call))
            return Found(_cut(best.text), sure(0.85, [best]), best.lines, "contact")
    return None


def _signing(items: Sequence[Item], title: Found[str] | None) -> Found[str] | None:
    """A letter's sender: a short name above the title, under the date or 各位."""
    used = set(title.lines) if title else set()
    top = min((line.frame[1] for line in title.lines), default=0.0) if title else 0.0
    if not any(ADDRESSED.search(plain(item.text)) for item in items):
        return None
    for item in items:
        line = item.lines[0]
        if item.kind == "" and line not in used and line.frame[1] < top and _is_organisation(_cut(item.text)):
            return Found(_cut(item.text), sure(0.9, [item]), item.lines, "letter")
    return None


def _undersigned(items: Sequence[Item], title: Found[str] | None) -> Found[str] | None:
    """The name of a circle or a committee that stands alone in the last quarter of the page."""
    used = set(title.lines) if title else set()
    for item in reversed(items):
        name = _cut(item.text)
        low = item.lines[0] not in used and _last_quarter(item, items)
        if item.kind == "" and low and _is_organisation(name) and _a_circle(name):
            return Found(name, sure(0.78, [item]), item.lines, "undersigned")
    return None


def _over_title(items: Sequence[Item], title: Found[str] | None) -> Found[str] | None:
    """The name of a circle right above what it invites to."""
    top = min((line.frame[1] for line in title.lines), default=0.0) if title else 0.0
    for item in items:
        line, name = item.lines[0], _cut(item.text)
        above = top - 2.5 * item.size < line.frame[3] <= top + item.size and line not in (title.lines if title else ())
        if item.kind == "" and above and _is_organisation(name) and _a_circle(name):
            return Found(name, sure(0.75, [item]), item.lines, "undersigned")
    return None


def _a_circle(name: str) -> bool:
    """Whether people who do something together are called so: also サークル「つくし」."""
    return CIRCLE.search(re.sub(r"[「『][^」』]*[」』]$", "", name)) is not None


def _last_quarter(item: Item, items: Sequence[Item]) -> bool:
    """Whether it stands at the end of the page: at the bottom, or of vertical writing at the left."""
    line = item.lines[0]
    tops = [other.frame[1] for one in items for other in one.lines if other.vertical == line.vertical]
    ends = [other.frame[3] for one in items for other in one.lines if other.vertical == line.vertical]
    return line.frame[1] > min(tops) + 0.75 * (max(ends) - min(tops))


def _is_organisation(name: str) -> bool:
    name = re.sub(r"[「『][^」』]*[」』]$", "", name)  # サークル「ステップ」
    return (
        2 < len(name) <= 30
        and not NOT_ORGANISER.search(name)
        and (ORGANISATION.search(name) is not None or HOUSE.search(name) is not None)
        and (not event_words(name))
    )


def _named_before_address(text: str) -> str:
    """The name, where its address follows: 温泉センター 湯沢郡湯の森町大湯27番地."""
    parts = address_in(text)
    return parts[0].rstrip("(〒 　") if parts and len(parts[0].strip()) > 2 else text


def _asked(items: Sequence[Item]) -> Found[str] | None:
    """お申し込みは◯◯まで: whoever is named there, whatever it is called."""
    for item in items:
        found = ASKED.match(wide_folded(item.text)) if item.kind in {"", "deadline"} else None
        name = found[1].strip() if found else ""
        if 3 <= len(name) <= 20 and name[-1] not in "話先方" and not NOBODY.search(name):
            return Found(name, sure(0.78, [item]), item.lines, "contact")
    return None


def _behind_address(text: str) -> str:
    """The name behind its address, where nothing stands before that: 〒… 大波市…1-1-1 大波市下水道局."""
    parts = address_in(text)
    behind = _CUT.sub("", parts[2]).strip() if parts and re.fullmatch(r"[〒\d\-\s]*", parts[0]) else ""
    return behind if _is_organisation(behind) else text


def _cut(text: str) -> str:
    text = _behind_address(text)
    text = ASKED.sub(r"\1", re.sub(r"\([^)]*(?:\d|休館|定休|祝日)[^)]*\)|\([^)]*内\)", "", wide_folded(text)))  # its address
    text = next((part for part in _CUT.sub("", text).split("\n") if len(part.strip()) > 1), "")
    text = ISSUED.sub("", text.strip(" 　:/・、。[]■●◆"))
    text = OF_OFFICE.sub("", OFFICE.sub("", _named_before_address(text)))
    text = re.sub(r"[\s　]+[ぁ-ん]{2,5}$", "", text.removesuffix("まで")) if text.endswith("まで") else text
    text = ROLE_LAST.sub("", BESIDE_NAME.sub(r"\g<who>", text))
    person = PERSON.match(text)
    return person["who"] if person and (ORGANISATION.search(person["who"]) or HOUSE.search(person["who"])) else text
