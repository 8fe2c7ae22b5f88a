"""Further layouts, papers that invite to nothing among them: unseen when the rules were first measured on them."""

from __future__ import annotations

from tests.reading.flyers import Truth
from tests.reading.sheets import Sheet


def science_show_without_labels() -> tuple[Sheet, Truth]:
    page = Sheet().put("親子で楽しむ科学実験ショー", 80, 100, 70)
    page.put("2027年2月11日(木・祝)", 80, 260, 56)
    page.put("開演 13:00 / 14:30終演予定", 80, 340, 40)
    page.put("（開場12:30）", 640, 340, 36)
    page.put("鹿嶋市立青少年会館 多目的ホール", 80, 430, 40)
    page.put("（鹿嶋市大船津2201）", 80, 480, 28)
    page.put("全席自由 おとな800円 こども300円 ※3歳未満無料", 80, 560, 34)
    page.put("【お問い合わせ】青少年会館 Tel 0299-00-2211（9:00～17:00 月曜休館）", 80, 1200, 26)
    page.put("主催 鹿嶋市青少年育成市民会議", 80, 1250, 26)
    return page, {
        "title": "親子で楽しむ科学実験ショー",
        "starts": "2027-02-11 13:00",
        "ends": "2027-02-11 14:30",
        "venue": "鹿嶋市立青少年会館 多目的ホール",
        "address": "鹿嶋市大船津2201",
        "fee": "全席自由 おとな800円 こども300円 ※3歳未満無料",
        "phone": "0299-00-2211",
        "organiser": "鹿嶋市青少年育成市民会議",
    }


def sports_day_labels_above() -> tuple[Sheet, Truth]:
    page = Sheet().put("第5回 むらの運動会", 150, 80, 90)
    page.put("日にち", 120, 300, 30)
    page.put("令和9年5月23日(日)", 120, 350, 40)
    page.put("時間", 560, 300, 30)
    page.put("8時30分～15時", 560, 350, 40)
    page.put("場所", 120, 450, 30)
    page.put("錦原中学校グラウンド", 120, 500, 40)
    page.put("参加費", 560, 450, 30)
    page.put("無料", 560, 500, 40)
    page.put("雨天時は5月30日(日)に順延", 120, 620, 30)
    page.put("主催", 120, 800, 30)
    page.put("錦原地区体育協会", 220, 800, 30)
    page.put("事務局 090-0000-2525（尾崎）", 120, 850, 30)
    return page, {
        "title": "第5回 むらの運動会",
        "starts": "2027-05-23 08:30",
        "ends": "2027-05-23 15:00",
        "venue": "錦原中学校グラウンド",
        "address": None,
        "fee": "無料",
        "phone": "090-0000-2525",
        "organiser": "錦原地区体育協会",
    }


def noh_in_vertical_type() -> tuple[Sheet, Truth]:
    page = Sheet().put("能楽鑑賞のつどい", 820, 80, 100, vertical=True)
    page.put("令和九年三月六日（土）", 640, 120, 50, vertical=True)
    page.put("午後二時開演（午後一時半開場）", 570, 120, 42, vertical=True)
    page.put("於　八幡神社能舞台", 480, 120, 50, vertical=True)
    page.put("入場料　二千円（学生無料）", 400, 120, 42, vertical=True)
    page.put("主催　八幡能楽保存会", 300, 120, 36, vertical=True)
    page.put("後援　人吉市教育委員会", 250, 120, 36, vertical=True)
    page.put("お申込み　〇九六六-〇〇-三六三六", 180, 120, 36, vertical=True)
    return page, {
        "title": "能楽鑑賞のつどい",
        "starts": "2027-03-06 14:00",
        "ends": None,
        "venue": "八幡神社能舞台",
        "address": None,
        "fee": "二千円(学生無料)",
        "organiser": "八幡能楽保存会",
    }


def workshop_twice_a_day() -> tuple[Sheet, Truth]:
    page = Sheet().put("ワークショップ", 80, 60, 40)
    page.put("革小物をつくろう", 80, 120, 100)
    page.put("12/13(日)", 80, 300, 70)
    page.put("午前の部 10:00-12:00", 80, 400, 40)
    page.put("午後の部 14:00-16:00", 80, 460, 40)
    page.put("料金：3,500円（材料費・お茶つき）", 80, 560, 36)
    page.put("定員：各回8名", 80, 620, 36)
    page.put("場所：古民家カフェ つむぎ", 80, 680, 36)
    page.put("住所：球磨郡多良木町久米410", 80, 740, 36)
    page.put("予約・お問い合わせ：つむぎ 0966-00-4104 または Instagram DM", 80, 900, 30)
    return page, {
        "title": "革小物をつくろう",
        "day": "2026-12-13",
        "venue": "古民家カフェ つむぎ",
        "address": "球磨郡多良木町久米410",
        "fee": "3,500円(材料費・お茶つき)",
        "phone": "0966-00-4104",
    }


def travelling_library() -> tuple[Sheet, Truth]:
    page = Sheet().put("移動図書館「かもめ号」", 80, 80, 70)
    page.put("12月の巡回日", 80, 180, 50)
    page.put("12月2日(水)・16日(水)", 80, 300, 44)
    page.put("北浦小学校前　10:00～10:40", 80, 380, 36)
    page.put("北浦公民館　11:00～11:40", 80, 430, 36)
    page.put("貸出 1人10冊まで・2週間", 80, 520, 30)
    page.put("市立中央図書館　TEL 0299-00-8877", 80, 700, 34)
    return page, {"day": "2026-12-02", "address": None, "fee": None, "phone": "0299-00-8877"}


def school_bazaar() -> tuple[Sheet, Truth]:
    page = Sheet().put("PTAバザー開催！", 100, 100, 100)
    page.put("日　時：令和8年11月28日(土)", 100, 300, 40)
    page.put("　　　　10:00～13:00（売り切れ次第終了）", 100, 350, 40)
    page.put("会　場：潮見小学校 体育館", 100, 420, 40)
    page.put("※上履きをご持参ください。駐車場はありません。", 100, 500, 28)
    page.put("提供品を募集しています！11月20日(金)までに各クラス担任へ", 100, 600, 30)
    page.put("潮見小学校PTA事業委員会", 500, 900, 34)
    return page, {
        "title": "PTAバザー開催！",
        "starts": "2026-11-28 10:00",
        "ends": "2026-11-28 13:00",
        "venue": "潮見小学校 体育館",
        "address": None,
        "fee": None,
        "phone": None,
        "organiser": "潮見小学校PTA事業委員会",
    }


def half_marathon() -> tuple[Sheet, Truth]:
    page = Sheet().put("第20回 湖畔ハーフマラソン大会", 60, 80, 66)
    page.put("期　日　令和9年2月21日(日) 午前9時30分スタート", 60, 240, 36)
    page.put("会　場　湖畔総合運動公園（スタート・フィニッシュ）", 60, 300, 36)
    page.put("種　目　ハーフ・10km・3km", 60, 360, 36)
    page.put("参加料　一般4,000円　高校生2,000円　小中学生1,000円", 60, 420, 36)
    page.put("申込期間　令和8年11月1日(日)～12月20日(日)", 60, 480, 36)
    page.put("主　催　湖畔ハーフマラソン大会実行委員会", 60, 540, 36)
    page.put("問合せ　大会事務局（市スポーツ課内）0299-00-2021", 60, 600, 36)
    return page, {
        "title": "第20回 湖畔ハーフマラソン大会",
        "starts": "2027-02-21 09:30",
        "ends": None,
        "fee": "一般4,000円 高校生2,000円 小中学生1,000円",
        "phone": "0299-00-2021",
        "organiser": "湖畔ハーフマラソン大会実行委員会",
        "address": None,
    }


def jazz_in_a_cafe() -> tuple[Sheet, Truth]:
    page = Sheet().put("ジャズの夜", 120, 120, 140)
    page.put("木曜の夜は生演奏", 120, 300, 44)
    page.put("12.10 thu", 120, 420, 80)
    page.put("open 18:00 start 19:00", 120, 520, 44)
    page.put("charge 1,500円（1ドリンク付）", 120, 590, 40)
    page.put("珈琲 灯台", 120, 1000, 60)
    page.put("神栖市波崎8-12", 120, 1080, 32)
    page.put("0479-00-1010", 120, 1130, 32)
    return page, {
        "title": "ジャズの夜",
        "starts": "2026-12-10 19:00",
        "ends": None,
        "venue": "珈琲 灯台",
        "address": "神栖市波崎8-12",
        "phone": "0479-00-1010",
    }


def town_paper_short_labels() -> tuple[Sheet, Truth]:
    page = Sheet().put("くらしの情報", 80, 60, 60)
    page.put("相続・遺言の無料相談会", 80, 180, 50)
    page.put("日 12月17日(木) 13時～16時", 80, 260, 30)
    page.put("所 市役所1階 市民相談室", 80, 300, 30)
    page.put("費 無料", 80, 340, 30)
    page.put("申 12月10日(木)から電話で市民課へ", 80, 380, 30)
    page.put("問 市民課 0966-00-5000", 80, 420, 30)
    return page, {
        "title": "相続・遺言の無料相談会",
        "starts": "2026-12-17 13:00",
        "ends": "2026-12-17 16:00",
        "venue": "市役所1階 市民相談室",
        "fee": "無料",
        "phone": "0966-00-5000",
    }


def doll_exhibition() -> tuple[Sheet, Truth]:
    page = Sheet().put("ひなまつり展", 120, 80, 120)
    page.put("2027.2.13 sat - 3.3 wed", 120, 280, 60)
    page.put("10:00 - 16:30（最終日は15:00まで）", 120, 370, 40)
    page.put("旧旅館 松風", 120, 470, 50)
    page.put("人吉市九日町41", 120, 540, 30)
    page.put("観覧料 200円", 120, 620, 40)
    page.put("主催：九日町おかみの会　電話 0966-00-3303", 120, 1200, 28)
    return page, {
        "title": "ひなまつり展",
        "starts": "2027-02-13 10:00",
        "ends": "2027-03-03 16:30",
        "venue": "旧旅館 松風",
        "address": "人吉市九日町41",
        "fee": "200円",
        "phone": "0966-00-3303",
        "organiser": "九日町おかみの会",
    }


def a_lost_cat() -> tuple[Sheet, Truth]:
    page = Sheet().put("ねこを探しています", 100, 80, 100)
    page.put("名前：ミケ　メス　5歳", 100, 260, 40)
    page.put("11月3日の夜、若葉町3丁目付近でいなくなりました。", 100, 330, 32)
    page.put("見かけた方はご連絡ください", 100, 400, 36)
    page.put("080-0000-7777", 100, 480, 70)
    return page, {"starts": None, "venue": None, "address": None, "fee": None, "phone": "080-0000-7777", "organiser": None}


def a_job() -> tuple[Sheet, Truth]:
    page = Sheet().put("パート・アルバイト募集", 80, 80, 80)
    page.put("時給1,050円～", 80, 220, 60)
    page.put("勤務時間 9:00～14:00（週3日～）", 80, 320, 36)
    page.put("仕事内容 弁当の盛付け", 80, 380, 36)
    page.put("勤務地 鹿嶋市平井1350", 80, 440, 36)
    page.put("応募 お電話ください 0299-00-7700 担当 佐藤", 80, 520, 36)
    page.put("まごころ弁当", 80, 640, 60)
    return page, {"starts": None, "fee": None, "phone": "0299-00-7700"}


MORE = (
    science_show_without_labels,
    sports_day_labels_above,
    noh_in_vertical_type,
    workshop_twice_a_day,
    travelling_library,
    school_bazaar,
    half_marathon,
    jazz_in_a_cafe,
    town_paper_short_labels,
    doll_exhibition,
    a_lost_cat,
    a_job,
)
