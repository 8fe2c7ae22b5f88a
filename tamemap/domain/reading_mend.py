"""Signs that look alike, set right by their neighbours: 一 and ー, エ and 工, ロ and 口, カ and 力, ニ and 二 …"""

from __future__ import annotations

import re
import unicodedata

KATAKANA = "ァ-ヴヵヶ"
KANJI = "一-鿿々"
# the kanji, or the other sign, that stands between katakana is the katakana that looks like it
AS_KATAKANA = {
    "一": "ー",
    "—": "ー",
    "–": "ー",
    "-": "ー",
    "工": "エ",
    "口": "ロ",
    "力": "カ",
    "二": "ニ",
    "夕": "タ",
    "卜": "ト",
    "才": "オ",
    "へ": "ヘ",
    "べ": "ベ",
    "ぺ": "ペ",
}
AS_KANJI = {"エ": "工", "ロ": "口", "カ": "力"}
_LONG = re.compile(f"(?<=[{KATAKANA}ぁ-ん])[一—–](?=[{KATAKANA}]|[^{KANJI}0-9０-９ぁ-ん]|$)")
_BETWEEN = re.compile(f"(?<=[{KATAKANA}ー])[{re.escape(''.join(AS_KATAKANA))}](?=[{KATAKANA}ー])")
_AMONG_KANJI = re.compile(f"(?<=[{KANJI}])[エロカ](?=[{KANJI}])")
_AT_NUMBERS = re.compile(f"(?<=[0-9０-９月日年])ー|(?<![{KATAKANA}])ー(?=[0-9０-９])")
_SMALL_I = re.compile("(?<=コミュニ)テイ|(?<=パー)テイ|(?<=ボラン)テイ|(?<=チャリ)テイ|(?<=シ)テイ(?=ホール|プラザ)")
_WEEKDAY = re.compile(r"(?<=[(（\[])[±士](?=[)）\]・曜])|(?<=[0-9０-９日])(?<!\d\d\d)(?P<gap>[ 　]?)[±士](?=[\s・、,~〜～→]|$)")
# between two hours it is a wave dash, also where the bracket is never closed: 午後五時（九時
_TO_HOUR = re.compile(r"(?<=[時分半])[（(](?=(?:午前|午後)?[0-9０-９一二三四五六七八九十]{1,3}時[^）)]*$)")
_SUNDAY = re.compile(r"(?P<day>[0-9０-９][/／][0-9０-９]{1,2}[ 　]?)[回曰囗](?=[\s　]|$)")  # 日 in a box
_KANA_LINE = re.compile(r"[ぁ-ん<5ー]{2,6}")
_LAST_KA = re.compile(f"(?<=[{KATAKANA}ー])力(?![{KANJI}])")
# a slash between two names, read as katakana: 主催／友の会, 0966-00-6100／楽器店
_SLASH = re.compile(
    "(?<=主催|共催|後援|協力|会場|日時|時間|期間|場所|会費|加費|場料|料金)ノ|(?<=合わせ)ノ|(?<=合せ)ノ|(?<=実施)ノ|(?<=ガイド)ノ|(?<=クラブ)ノ|(?<=員会)ノ|(?<=[0-9０-９]{4})ノ|(?<=■問)ノ|(?<=絡先)ノ|(?<=合先)ノ"
)
# what no katakana follows is a kanji: 窓口, 入口, 協力
_HALL = re.compile(f"(?<=[{KANJI}])ホル(?![{KATAKANA}ー])")  # the bar of a vertical ホール
_CENTRE = re.compile(f"センタ(?![{KATAKANA}ー])")
_LOBBY = re.compile("口(?=ビー)")
_KILO = re.compile(f"キ口(?![{KANJI}])")
_JA = re.compile(f"(?:^|(?<=[主催援力会場:：／\\s]))ノ[AＡ](?=[{KATAKANA}{KANJI}ぁ-ん])")  # the agricultural co-operative
_ZERO = re.compile("[○◯](?=[〇○◯一二三四五六七八九]{2})")  # of a number in kanji
_LAST_KANJI = re.compile(f"(?<=[窓入出河川戸人])ロ(?![{KATAKANA}ー])|(?<=[協能体努])カ(?![{KATAKANA}ー])")
_YUBE = re.compile("(?<=[ぁ-ん])タ(?=[ぁ-ん])")
_HE = re.compile(f"(?<![{KATAKANA}ー])ヘ(?![{KATAKANA}ー])")


def mended(text: str) -> str:
    """The line with such signs set right; everything else stays as it was read."""
    text = unicodedata.normalize("NFC", text).replace("·", "・").replace("•", "・").replace("增", "増")
    text = _WEEKDAY.sub(lambda found: f"{found['gap'] or ''}土", text)
    text = _SUNDAY.sub(r"\g<day>(日)", _TO_HOUR.sub("～", text))
    if _KANA_LINE.fullmatch(text) and re.search("[ぁ-ん]", text):
        text = text.replace("<", "く").replace("5", "ら")  # small round kana: いくら
    text = _YUBE.sub("夕", _LAST_KA.sub("カ", text))
    text = _CENTRE.sub("センター", _HALL.sub("ホール", text))
    text = _JA.sub("JA", _KILO.sub("キロ", _ZERO.sub("〇", text)))
    text = _LAST_KANJI.sub(lambda found: AS_KANJI[found[0]], _SLASH.sub("／", text))
    text = _LOBBY.sub("ロ", _SMALL_I.sub("ティ", text))
    text = _LONG.sub("ー", text)
    text = _BETWEEN.sub(lambda found: AS_KATAKANA[found[0]], text)
    text = _AMONG_KANJI.sub(lambda found: AS_KANJI[found[0]], text)
    text = _HE.sub("へ", text)
    return _AT_NUMBERS.sub("-", text)
