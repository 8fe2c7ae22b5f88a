"""Notices and walks: unseen when the rules were first measured on them."""

from __future__ import annotations

from tests.reading.flyers import Truth
from tests.reading.sheets import Sheet


def traffic_school() -> tuple[Sheet, Truth]:
    page = Sheet().put("交通安全教室", 100, 80, 100)
    page.put("交通課のおまわりさんがやってくる！", 100, 210, 38)
    page.put("12月11日（金）9時45分～10時30分", 100, 330, 44)
    page.put("会場●さくら保育園 園庭", 100, 420, 36)
    page.put("対象●未就園児とその保護者", 100, 480, 36)
    page.put("申込●不要（当日9時30分までにお集まりください）", 100, 540, 30)
    page.put("お問い合わせ●さくら保育園　☎0966-00-2468", 100, 800, 30)
    return page, {
        "title": "交通安全教室",
        "starts": "2026-12-11 09:45",
        "ends": "2026-12-11 10:30",
        "venue": "さくら保育園 園庭",
        "address": None,
        "fee": None,
        "phone": "0966-00-2468",
        "organiser": "さくら保育園",
    }


def choirs() -> tuple[Sheet, Truth]:
    page = Sheet().put("第38回", 100, 60, 40)
    page.put("市民合唱祭", 100, 110, 130)
    page.put("と　き　令和9年2月14日（日）", 100, 320, 40)
    page.put("　　　　13:00開場　13:30開演", 100, 375, 36)
    page.put("ところ　市民会館大ホール", 100, 440, 40)
    page.put("入場料　500円（全席自由・高校生以下無料）", 100, 500, 36)
    page.put("主催　市合唱連盟　　共催　市教育委員会", 100, 900, 30)
    page.put("問い合わせ　090-0000-6677（事務局・中村）", 100, 950, 30)
    return page, {
        "title": "第38回 市民合唱祭",
        "starts": "2027-02-14 13:30",
        "ends": None,
        "venue": "市民会館大ホール",
        "address": None,
        "fee": "500円(全席自由・高校生以下無料)",
        "phone": "090-0000-6677",
        "organiser": "市合唱連盟",
    }


def rubbish_collection() -> tuple[Sheet, Truth]:
    page = Sheet().put("年末年始のごみ収集について", 80, 80, 60)
    page.put("令和8年度", 80, 30, 30)
    page.put("燃やすごみ　12月30日(水)まで　年始は1月4日(月)から", 80, 240, 34)
    page.put("資源ごみ　12月23日(水)まで　年始は1月6日(水)から", 80, 300, 34)
    page.put("環境センターへの持込みは12月29日(火)16時まで", 80, 360, 34)
    page.put("問い合わせ　環境衛生課　0299-00-5300", 80, 500, 34)
    return page, {
        "title": "年末年始のごみ収集について",
        "venue": None,
        "address": None,
        "fee": None,
        "phone": "0299-00-5300",
        "organiser": "環境衛生課",
    }


def flea_market() -> tuple[Sheet, Truth]:
    page = Sheet().put("フリーマーケット in 錦川公園", 80, 80, 66)
    page.put("11月の第4土曜日です", 80, 200, 34)
    page.put("11/28", 80, 260, 140)
    page.put("(土)", 520, 330, 60)
    page.put("9:30-14:30", 80, 430, 56)
    page.put("小雨決行・荒天中止", 80, 510, 32)
    page.put("出店料 1区画1,000円", 80, 600, 36)
    page.put("入場は無料です", 80, 660, 36)
    page.put("〒868-0000 人吉市錦川町2番20号", 80, 740, 30)
    page.put("錦川フリマの会　MAIL nishikigawa@example.jp", 80, 1200, 28)
    return page, {
        "title": "フリーマーケット in 錦川公園",
        "starts": "2026-11-28 09:30",
        "ends": "2026-11-28 14:30",
        "address": "人吉市錦川町2番20号",
        "phone": None,
    }


def supper_twice_a_month() -> tuple[Sheet, Truth]:
    page = Sheet().put("ふれあい食堂", 100, 80, 120)
    page.put("毎月第1・第3金曜日に開いています", 100, 240, 40)
    page.put("時間　17:00～19:00（なくなりしだい終了）", 100, 330, 36)
    page.put("場所　常光寺 庫裏", 100, 390, 36)
    page.put("料金　大人300円　子ども100円", 100, 450, 36)
    page.put("TEL　0966-00-8585（いわた）", 100, 510, 36)
    page.put("運営：ふれあい食堂ボランティア", 100, 900, 30)
    return page, {
        "title": "ふれあい食堂",
        "venue": "常光寺 庫裏",
        "address": None,
        "fee": "大人300円 子ども100円",
        "phone": "0966-00-8585",
    }


def stars() -> tuple[Sheet, Truth]:
    page = Sheet().put("冬の星座観察会", 300, 80, 90)
    page.put("12/12", 120, 300, 90)
    page.put("SAT", 420, 330, 50)
    page.put("18:30", 560, 300, 60)
    page.put("▼", 640, 370, 30)
    page.put("20:00", 560, 400, 60)
    page.put("集合 青少年自然の家 正面玄関前", 120, 520, 36)
    page.put("参加費 ひとり 200円（保険代）", 120, 580, 36)
    page.put("定員 30人(小学生は保護者同伴)", 120, 640, 36)
    page.put("申込 12/8(火)までに電話で 0299-00-4747", 120, 700, 36)
    page.put("雨・くもりのときは館内でプラネタリウム", 120, 760, 30)
    return page, {
        "title": "冬の星座観察会",
        "day": "2026-12-12",
        "venue": "青少年自然の家 正面玄関前",
        "address": None,
        "fee": "ひとり 200円(保険代)",
        "phone": "0299-00-4747",
    }


def dues_of_a_neighbourhood() -> tuple[Sheet, Truth]:
    page = Sheet().put("町内会費納入のお願い", 100, 80, 70)
    page.put("令和8年10月1日", 700, 40, 26)
    page.put("町内会員 各位", 100, 200, 30)
    page.put("西浜町内会 会長 大山", 600, 250, 30)
    page.put("下記のとおり集金に伺います。", 100, 330, 30)
    page.put("期間　12月1日～12月10日", 100, 420, 32)
    page.put("金額　年額6,000円", 100, 470, 32)
    return page, {"title": "町内会費納入のお願い", "venue": None, "address": None, "fee": None, "phone": None}


def walk_with_a_deadline() -> tuple[Sheet, Truth]:
    page = Sheet().put("秋の里山ウォーク", 100, 80, 100)
    page.put("〜紅葉の峠道を歩く 約8km〜", 100, 210, 40)
    page.put("令和8年11月29日(日)雨天中止", 100, 310, 44)
    page.put("受付 8:30　出発 9:00　解散 14:00ごろ", 100, 390, 40)
    page.put("集合場所　JR一勝地駅前広場", 100, 470, 40)
    page.put("参加費　500円（保険料・豚汁代）", 100, 530, 40)
    page.put("申込先　球磨村観光案内所　TEL 0966-00-3200　FAX 0966-00-3201", 100, 600, 30)
    page.put("締切　11月25日(水)", 100, 650, 30)
    return page, {
        "title": "秋の里山ウォーク",
        "starts": "2026-11-29 09:00",
        "ends": "2026-11-29 14:00",
        "venue": "JR一勝地駅前広場",
        "address": None,
        "fee": "500円(保険料・豚汁代)",
        "phone": "0966-00-3200",
        "organiser": "球磨村観光案内所",
    }


NOTICES = (
    traffic_school,
    choirs,
    rubbish_collection,
    flea_market,
    supper_twice_a_month,
    stars,
    dues_of_a_neighbourhood,
    walk_with_a_deadline,
)
