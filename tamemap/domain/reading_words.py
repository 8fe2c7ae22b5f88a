"""The words of Japanese flyers: labels and what they announce, and how numbers are written."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tamemap.domain.kanji_numbers import number_of

# kind → the words that announce it, as they stand at the start of a line or by themselves
LABELS: dict[str, tuple[str, ...]] = {
    kind: tuple(words.split())
    for kind, words in {
        "when": (
            "開催日時 開催期間 開催日程 開催日 実施日時 実施日 日時 とき いつ 日程 期日 会期 日にち 月日 年月日 期間 "
            "公演日 上映日 開催予定日 開演日時 活動日 練習日 稽古日 けいこ日 公開日 配布日 "
            "日程・時間 日・時 にちじ ひにち 開講日 検診日 健診日 受診日 相談日 月日・曜日 次回 DATE"
        ),
        "time": "開催時間 開館時間 営業時間 実施時間 時程 時間 時刻 じかん TIME",
        "where": "開催場所 実施場所 開催会場 開催地 しゅうごう 集合 集合場所 集合・出発 集合・解散 集合・受付 受付・集合 "
        "行先 行き先 開催場 実施会場 会場・集合場所 活動場所 練習場所 練習場 稽古場 けいこ場 講座会場 配布場所 受付場所 "
        "集まるところ あつまるところ あつまり 集まる場所 発着 発着所 スタート地点 回収場所 集積所 設置場所 "
        "会場 場所 ところ どこで どこ ばしょ かいじょう PLACE VENUE",
        "address": "会場住所 所在地 住所 所在 じゅうしょ",
        "fee": (
            "参加費用 参加費 参加料 入場料 入場料金 観覧料 受講料 入園料 入館料 聴講料 利用料 料金 費用 会費 いくら "
            "木戸銭 月謝 体験料 鑑賞料 さんかひ ひよう おかね 入浴料 拝観料 会場費 材料費 材料代 "
            "教材費 入場券 入場整理券 受講費 体験費 参加会費 検査料 かかるお金 お代 相談料 観戦料 見学料 乗車料 使用料 "
            "自己負担額 自己負担金 負担金 検診料金 健診料金 検診料 出店料 出展料 出品料 参加料金 参加負担金 参加協力金 "
            "CHARGE FEE チケット料金 チケット"
        ),
        "organiser": "主催者 主催団体 主催・問い合わせ 主催・問合せ 主催 主管 しゅさい 発注者 事業主体 実施主体 実施団体 実施 "
        "主催・主管 主催・運営 主催・共催 企画・運営 企画運営 企画・制作 主催・企画 企画・主催 運営",
        "issued": "発行者 発行元 発行所 発行日 編集・発行 発行・編集 編集発行 発行 編集",
        "contact": (
            "申込み・問い合わせ先 申込み・問い合わせ 申込・問合せ先 申込・問合せ 申込・問合先 申し込み・問い合わせ "
            "申込み・お問い合わせ お申込み・お問い合わせ お申し込み・お問い合わせ お申込・お問合せ お問い合わせ先 "
            "問い合わせ先 お問合せ先 問合せ先 問合先 お問い合わせ 問い合わせ お問合せ お問合わせ 問合せ 問合わせ "
            "連絡先 提出先 送付先 相談窓口 申込窓口 受付窓口 ご予約・お問合せ 申込み・問合せ先 お申込み・お問い合わせ先 "
            "連絡・問合せ "
            "申込先 申込み先 お申込み先 といあわせ 電話番号 電話 でんわ 予約・問い合わせ ご予約・お問い合わせ"
        ),
        "deadline": (
            "申込締切 申込み締切 申込締切日 申込期限 申込期間 申込受付 申込方法 申込み方法 申込み 申し込み お申し込み "
            "お申込み 申込 締切日 締切 締め切り 〆切 応募締切 応募期間 応募方法 応募 回答期限 提出期限 期限 募集期間 "
            "販売期間 受付期間 受付開始 受付時間 受付 予約 チケット販売 前売開始 販売開始 もうしこみ しめきり 出欠"
        ),
        "rain": "雨天時 雨天の場合 雨天 荒天時 荒天 予備日 順延日 延期日 雨天順延 曇天時",
        "other": (
            "曜日 送迎 区域 対象地域 対象区域 範囲 コース "
            "対象者 対象 定員 席数 持ち物 持参品 持参物 もちもの 内容 講師 出演者 出演 演目 曲目 交通案内 交通 駐車場 "
            "備考 その他 回収品目 お願い 服装 共催 後援 協力 協賛 特別協賛 たいしょう ていいん 募集人数 参加資格 資格 "
            "参加団体 勤務時間 勤務地 勤務先 時給 "
            "種目 種別 目的 趣旨 プレイガイド チケット取扱 チケット取扱所 前売所 取扱所 販売所 施工者 "
            "注意事項 注意 アクセス 託児 司会 指導 担当 ゲスト 監督 スケジュール プログラム 次第 議題 案内人 休館日 "
            "休業日 定休日 写真 お知らせ 編集後記 ホームページ メール 景品 特典"
        ),
    }.items()
}
KINDS = {word: kind for kind, words in LABELS.items() for word in words}
_SPACED = "|".join(r"[\s　]*".join(map(re.escape, word)) for word in sorted(KINDS, key=len, reverse=True))
_LEAD = (
    r"[DO□ロ]?[\s　◆◇●○◎■□▼▽▶►★☆※♪♦✿\-・.<〈《\[【(|]*(?:[0-9]{1,2}[.,)\s　]*|[一二三四五六七八九十]、|[①-⑳]\s*)?[\s　【\[<〈《]*"
)
_TOO = r"(?P<too>[・/&、]\s*お?(?:問い?合(?:わ?せ)?|といあわせ|申し?込み?|もうしこみ|連絡|予約)(?:先|・お?問い?合わ?せ(?:先)?)?)?"
_TOO += r"(?:\s*/\s*(?i:date|time|when|where|place|venue|fee|cost|price|contact|apply)\b)?"  # ばしょ/Place
# 訓練会場, 公演日時; 出店のお問い合わせ
_OF = (
    r"(?:(?:(?!募集|受付|販売|応募|申込|予約|営業|開館|抽選)[一-鿿]{2}(?=日時|会場|場所|期間|区域)|(?:受付|販売)(?=会場|場所)"
    r"|(?:訓練|講座|公演|上映|展示|大会|相談|検診|開講|開設|試験|面接|体験|配布|巡回|講演|回収|練習|活動)(?=時間|日程|内容))"
    r"|[^\W\d_]{1,6}(?:の|に関する)(?=お?問い?合|お申し?込み))?"
)
_LABEL = re.compile(
    rf"^{_LEAD}{_OF}({_SPACED})(?:(?<=[せ込み])先)?{_TOO}"
    rf"(?P<gap>[\s　]*[●○◆◇■□★☆:;】\])>〉》/|」、…‥\-―━─→►▶=]*[\s　:]*)(?P<rest>.*)$"
)
# what follows at once and makes the word something else: 会場周辺は, 時間帯, 主催者発表, 料金所, 期間中
_NO_LABEL = re.compile(
    r"[はがをにでのとももへや]|周辺|付近|近く|内[はにで、]|外[はにで]|中[はにのも、]|帯|割|番号|まで|より|から|者|所|額|表|等|など|を|さ|し|く|い[たま]|ま[でし]"
)
# as town papers shorten them: 日 12月17日, 所 市役所, 費 無料; only before a gap
SHORT = {
    "日": "when",
    "時": "time",
    "所": "where",
    "場": "where",
    "於": "where",
    "費": "fee",
    "料": "fee",
    "申": "deadline",
    "問": "contact",
    "対": "other",
    "定": "other",
    "内": "other",
    "持": "other",
    "主": "organiser",
}
_LISTED = re.compile(r"\s*(?:[一二三四五六七八九十]、|[(]?\d{1,2}[.)])")  # what is listed so has its label first
_SHORT = re.compile(
    rf"^[\s◆●■・]*(?:\[(?P<in>[{''.join(SHORT)}])\]|【(?P<bold>[{''.join(SHORT)}])】|(?P<bare>於|[{''.join(SHORT)}](?=[\s:/]))[\s:/]*)\s*(?P<rest>\S.*)$"
)
_DATED = re.compile(r"[\d令平毎R〇一二三四五六七八九十]|午前|午後")
_PARTICLE = re.compile(r"[はがをにでのともへや、。]")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the start of a line: what it announces, the word, and the rest of the line as it was written."""

    kind: str
    name: str
    rest: str
    glued: bool = False  # nothing stood between the two: the word may also be the beginning of another


def wide_folded(text: str) -> str:
    """Full width as half width, all dashes and tildes alike; spaces stay."""
    folded = unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return re.sub(r"(?<=\d)[ー一](?=\d)", "-", folded)


_ALIKE = str.maketrans(
    {
        **dict.fromkeys("〜～∼˜∿", "~"),
        **dict.fromkeys("‐‑‒–—―−─", "-"),
        "〔": "[",
        "〕": "]",
        "《": "<",
        "》": ">",
        "〈": "<",
        "〉": ">",
    }
)


def plain(text: str) -> str:
    """As :func:`wide_folded`, without spaces: the form in which rules look at a line."""
    return re.sub(r"\s+", "", wide_folded(text))


def label_of(text: str) -> Label | None:
    """The label that a line starts with; None when it starts with none, or the word only goes on as another one."""
    folded = wide_folded(text)
    found = _LABEL.match(folded)
    if not found:
        short = _SHORT.match(folded)
        name = (short["in"] or short["bold"] or short["bare"]) if short else ""
        return Label(SHORT[name], name, short["rest"]) if short else None
    name = re.sub(r"\s", "", found[1])
    rest, gap = found["rest"].strip(), found["gap"]
    if (
        rest
        and not gap
        and not (_LISTED.match(folded) and not _NO_LABEL.match(rest))
        and (name in _GAPPED or _NO_LABEL.match(rest) or (len(name) < 3 and name not in _GLUED and not _strong(rest, name)))
    ):
        return None
    if name == "とき" and rest and not gap and not _DATED.match(rest):
        return None  # とき川町
    if rest and gap.strip() == "" and gap and _PARTICLE.match(rest):
        return None
    if name == "実施" and not re.search("[:/]", gap):
        return None  # 実施日 and the like, set wide
    said = bool(re.search(r"[^\W_]", rest))
    # 申込み・問合せ: who answers stands there, not only until when
    kind = "contact" if KINDS[name] == "deadline" and re.search("問い?合|といあ|連絡", found["too"] or "") else KINDS[name]
    return Label(kind, name, rest if said else "", said and not gap)


# two signs that are labels even when the OCR has swallowed the gap behind them
_GLUED = frozenset("会場 会期 会費 住所 定員 所在 料金 日時 時間 期日 主催 締切 場所 発行 費用 申込 電話 とき".split())  # noqa: SIM905  words


# words that go on in many ways: labels only with a gap, a colon or a line of their own behind them
_GAPPED = {
    "集合",
    "チケット",
    "お知らせ",
    "スケジュール",
    "プログラム",
    "ゲスト",
    "メール",
    "写真",
    "お願い",
    "その他",
    "期間",
    "次回",
    "編集",
}


def _strong(rest: str, name: str) -> bool:
    return bool(rest[0].isdigit() and name in {"いつ", "期間", "日程", "次回", "受付", "時刻", "雨天", "荒天"})


_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十百千]+(?=年|月|日|時|分|円|回|週|丁目|番|号|名|人)")


_YEAR_BEHIND = re.compile(r"(?<![\d./])(?P<m>1[0-2]|0?[1-9])[./](?P<d>3[01]|[12]\d|0?[1-9])\s+(?P<y>20\d\d)(?![\d年])")


_KANA_DAYS = {"げつ": "月", "か": "火", "すい": "水", "もく": "木", "きん": "金", "ど": "土", "にち": "日"}
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = "(?i:" + "|".join(_ENGLISH) + ")"


_ENGLISH_DAY = re.compile(rf"(?<![A-Za-z])({_MONTHS})[a-z]*\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:時])(?:,?\s*(20\d\d))?")


def _in_figures(found: re.Match[str]) -> str:
    """An English day as a Japanese one: Dec.12,2026 as 2026年12月12日."""
    year = f"{found[3]}年" if found[3] else ""
    return f"{year}{_ENGLISH.index(found[1].lower()) + 1}月{found[2]}日"


# 10am, 12.5.sat, 5・6日(土・日); あさ9じはん~11じ, 12がつ19にち, as flyers for children write them
_OTHERWISE = tuple(
    (re.compile(kana), kanji)
    for kana, kanji in (
        (r"(?<![\d:.])(\d{1,2})(?=[AaPp][Mm](?![A-Za-z]))", r"\1時"),  # 10am-3pm
        (r"(?<=\d)\.(?=(?:MON|TUE|WED|THU|FRI|SAT|SUN|Mon|Tue|Wed|Thu|Fri|Sat|Sun|mon|tue|wed|thu|fri|sat|sun))", ""),
        (r"(\d{1,2})[・,、](\d{1,2})日\(([月火水木金土日])[・,、]([月火水木金土日])\)", r"\1日(\3)・\2日(\4)"),
        # '26.12.13: the year in two figures
        (r"(?<![\d./:\-])'?(2\d)([./])(?=(?:1[0-2]|0?[1-9])\2(?:3[01]|[12]\d|0?[1-9])(?![\d./:]))", r"20\1\2"),
        (r"(?<=[日\d][(])(げつ|か|すい|もく|きん|ど|にち)(?:よう)?び?(?=[)])", lambda found: _KANA_DAYS[found[1]]),
        (r"ごぜん(?=\d)", "午前"),
        (r"ごご(?=\d)", "午後"),
        (r"あさ(?=\d)", "朝"),
        (r"(?<=\d)がつ", "月"),
        (r"(?<=月\d)にち|(?<=月\d\d)にち", "日"),
        (r"(?<=\d)じ(?![ゃゅょッっ])", "時"),
        (r"(?<=時)はん", "半"),
        (r"(?<=時\d\d)[ふぷ]ん", "分"),
        (r"お(?:ひる|昼)(?=まで)", "正午"),
        (r"(?<=\d月)は(?=\d{1,2}日)", ""),  # 12月は9日・23日です
    )
)


_HOUR_BEHIND = re.compile(r"(?<=\d[./]\d)\s+(?=\d{1,2}(?::\d\d|時))|(?<=\d[./]\d\d)\s+(?=\d{1,2}(?::\d\d|時))")


def counted(text: str) -> str:
    """``plain``, with kanji numerals before 年 月 日 時 分 円 … as digits, and 元年 as 1年."""
    # 2.7 2027 (日): some write the year behind the day
    text = _HOUR_BEHIND.sub("、", _YEAR_BEHIND.sub(r"\g<y>.\g<m>.\g<d>", _ENGLISH_DAY.sub(_in_figures, wide_folded(text))))
    text = plain(text).replace("元年", "1年")
    for kana, kanji in _OTHERWISE:
        text = kana.sub(kanji, text)
    return _KANJI_NUMBER.sub(lambda found: str(number_of(found[0])), text)
