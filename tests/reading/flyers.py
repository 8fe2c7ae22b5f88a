"""Flyers of other layouts than the developers' photographs, each with what a Japanese reader takes from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.reading.sheets import Sheet

TAKEN = date(2026, 11, 20)
Truth = dict[str, Any]


def table_of_two_columns() -> tuple[Sheet, Truth]:
    page = Sheet().put("冬の暮らしを整える", 100, 60, 36).put("やさしい片づけ講座", 100, 130, 84)
    page.rows([("日　時", "12月8日(火) 13:30～15:00"), ("会　場", "若葉交流センター 2階会議室"), ("所在地", "人吉市若葉町3丁目2-1")],
              80, 400)  # fmt: skip
    page.rows([("参加費", "300円（資料代）"), ("定　員", "24名（申込順）")], 80, 600)
    page.rows([("申込期間", "11月24日(火)～12月4日(金)"), ("主　催", "若葉町婦人会"), ("電　話", "0966-00-3344"), ("FAX", "0966-00-3345")],
              80, 760)  # fmt: skip
    return page, {"title": "やさしい片づけ講座", "starts": "2026-12-08 13:30", "ends": "2026-12-08 15:00",
                  "venue": "若葉交流センター 2階会議室", "address": "人吉市若葉町3丁目2-1", "fee": "300円(資料代)", "phone": "0966-00-3344",
                  "organiser": "若葉町婦人会"}  # fmt: skip


def vertical_handbill() -> tuple[Sheet, Truth]:
    page = Sheet().put("寒中座禅会", 800, 80, 110, vertical=True).put("心しずかに年を送る", 700, 120, 46, vertical=True)
    page.put("とき", 560, 120, 40, vertical=True).put("十二月二十七日（日）", 560, 240, 40, vertical=True)
    page.put("午前七時より八時半まで", 500, 240, 40, vertical=True)
    page.put("ところ", 420, 120, 40, vertical=True).put("青蓮寺　本堂", 420, 280, 40, vertical=True)
    page.put("参加費", 340, 120, 40, vertical=True).put("志納", 340, 280, 40, vertical=True)
    page.put("主催　青蓮寺護持会", 260, 120, 40, vertical=True).put("電話　0966-00-2727", 300, 1250, 36)
    return page, {"title": "寒中座禅会", "starts": "2026-12-27 07:00", "ends": "2026-12-27 08:30", "venue": "青蓮寺 本堂", "address": None,
                  "phone": "0966-00-2727", "organiser": "青蓮寺護持会"}  # fmt: skip


def handbill_with_a_map() -> tuple[Sheet, Truth]:
    page = Sheet().put("焼きたてパンの朝市", 120, 80, 90).put("12.6", 120, 240, 140).put("SUN", 440, 300, 60)
    page.put("8:00～11:00", 600, 300, 52).put("売り切れしだい終了", 600, 370, 28)
    page.put("会場：川辺の小さなパン屋 前庭", 120, 480, 40).put("鹿嶋市川辺2-7-18", 120, 540, 30)
    page.put("国道51号", 200, 800, 24).put("至 水戸", 700, 760, 24).put("川辺小学校", 620, 900, 24).put("鹿島川", 300, 1000, 24)
    page.put("ココ", 480, 880, 30).put("P 10台", 560, 960, 24).put("川辺駅より徒歩8分", 120, 1120, 26)
    page.put("主催：川辺パン部", 120, 1240, 28).put("TEL 0299-00-8118", 520, 1240, 28)
    return page, {"title": "焼きたてパンの朝市", "starts": "2026-12-06 08:00", "ends": "2026-12-06 11:00",
                  "venue": "川辺の小さなパン屋 前庭", "address": "鹿嶋市川辺2-7-18", "fee": None, "phone": "0299-00-8118",
                  "organiser": "川辺パン部"}  # fmt: skip


def exhibition() -> tuple[Sheet, Truth]:
    page = Sheet().put("第12回 球磨の器展", 120, 100, 88).put("土と火のかたち", 120, 220, 40)
    page.put("会期　2026年12月1日(火)～12月13日(日)", 120, 420, 40).put("開館時間　9:30～17:00（入館は16:30まで）", 120, 490, 32)
    page.put("休館日　12月7日(月)", 120, 550, 32).put("会場　山の端美術館", 120, 620, 36).put("球磨郡あさぎり町岡原南45-3", 120, 680, 28)
    page.put("観覧料　一般400円・高校生以下無料", 120, 760, 32).put("主催　球磨陶芸協会", 120, 900, 30)
    page.put("問い合わせ　0966-00-4500", 120, 960, 30)
    return page, {"title": "第12回 球磨の器展", "starts": "2026-12-01 09:30", "ends": "2026-12-13 17:00", "venue": "山の端美術館",
                  "address": "球磨郡あさぎり町岡原南45-3", "fee": "一般400円・高校生以下無料", "phone": "0966-00-4500",
                  "organiser": "球磨陶芸協会"}  # fmt: skip


def market_every_month() -> tuple[Sheet, Truth]:
    page = Sheet().put("毎月第2日曜はマルシェの日！", 120, 80, 44).put("広場マルシェ", 120, 170, 120)
    page.put("次回開催 12月13日(日)", 120, 380, 56).put("10時～15時　雨天中止", 120, 460, 40)
    page.put("駅前ふれあい広場", 120, 560, 48).put("入場無料", 120, 660, 40).put("出店者募集中　締切11月30日(月)", 120, 800, 30)
    page.put("お問い合わせ　広場マルシェ実行委員会　090-0000-1313", 120, 1200, 28)
    return page, {"title": "広場マルシェ", "starts": "2026-12-13 10:00", "ends": "2026-12-13 15:00", "venue": "駅前ふれあい広場",
                  "address": None, "fee": "入場無料", "phone": "090-0000-1313", "organiser": "広場マルシェ実行委員会"}  # fmt: skip


def recruiting_without_a_day() -> tuple[Sheet, Truth]:
    page = Sheet().put("消防団員募集", 120, 100, 110).put("あなたの力で町を守る", 120, 260, 44)
    page.put("応募資格　18歳以上で町内に住む方", 120, 420, 32).put("応募締切　令和9年1月29日（金）必着", 120, 480, 32)
    page.put("報酬　年額36,500円", 120, 540, 32).put("問い合わせ　町消防団事務局", 120, 700, 32).put("電話 0966-00-0119", 120, 750, 32)
    return page, {"title": "消防団員募集", "starts": None, "ends": None, "venue": None, "address": None, "fee": None,
                  "phone": "0966-00-0119", "organiser": "町消防団事務局"}  # fmt: skip


def circular_letter() -> tuple[Sheet, Truth]:
    page = Sheet().put("回覧", 80, 60, 30).put("令和8年11月12日", 720, 60, 28).put("組合員のみなさまへ", 80, 130, 30)
    page.put("緑ヶ丘町内会", 720, 170, 28).put("もちつき大会のご案内", 280, 260, 48)
    page.put("師走の候、皆様いかがお過ごしでしょうか。", 80, 360, 28).put("下記の通り、もちつき大会を行います。", 80, 400, 28)
    page.put("記", 490, 470, 28).put("1. 日　時　令和8年12月20日（日）午前9時30分～正午", 120, 530, 28)
    page.put("2. 場　所　緑ヶ丘集会所 前広場", 120, 580, 28).put("3. 会　費　大人500円、子ども無料", 120, 630, 28)
    page.put("4. 雨天時　12月27日（日）に延期", 120, 680, 28).put("5. 連絡先　副会長 0299-00-3210", 120, 730, 28)
    return page, {"title": "もちつき大会のご案内", "starts": "2026-12-20 09:30", "ends": "2026-12-20 12:00", "venue": "緑ヶ丘集会所 前広場",
                  "address": None, "fee": "大人500円、子ども無料", "phone": "0299-00-3210", "organiser": "緑ヶ丘町内会"}  # fmt: skip


def concert_in_latin() -> tuple[Sheet, Truth]:
    page = Sheet().put("CHRISTMAS CONCERT 2026", 100, 60, 48).put("聖夜に響くハンドベル", 100, 140, 92)
    page.put("2026", 100, 320, 40).put("12/24", 100, 370, 120).put("Thu.", 470, 440, 44)
    page.put("18:00 OPEN / 18:30 START", 100, 530, 44).put("港町キリスト教会 礼拝堂", 100, 640, 44).put("鹿嶋市港町1丁目5番", 100, 700, 30)
    page.put("入場無料（自由献金あり）", 100, 780, 36).put("出演：みなとベルクワイア", 100, 860, 30)
    page.put("主催・お問い合わせ", 100, 1180, 26).put("港町キリスト教会", 100, 1220, 34).put("☎0299（00）1224", 100, 1270, 32)
    return page, {"title": "聖夜に響くハンドベル", "starts": "2026-12-24 18:30", "ends": None, "venue": "港町キリスト教会 礼拝堂",
                  "address": "鹿嶋市港町1丁目5番", "fee": "入場無料(自由献金あり)", "phone": "0299-00-1224",
                  "organiser": "港町キリスト教会"}  # fmt: skip


def health_check() -> tuple[Sheet, Truth]:
    page = Sheet().put("大腸がん検診を受けましょう", 100, 100, 64).put("年に一度の安心を。", 100, 190, 36)
    page.put("■とき", 100, 320, 34).put("令和8年12月2日（水）・3日（木）", 140, 370, 34).put("■受付時間", 100, 440, 34)
    page.put("8時30分～10時30分", 140, 490, 34).put("■ところ", 100, 560, 34).put("町民保健センター", 140, 610, 34)
    page.put("■料金", 100, 680, 34).put("500円（70歳以上は無料）", 140, 730, 34).put("■申込み", 100, 800, 34)
    page.put("11月27日（金）までに電話で", 140, 850, 34).put("健康推進課 保健係　電話0966-00-6161", 100, 1000, 32)
    return page, {"title": "大腸がん検診を受けましょう", "day": "2026-12-02", "venue": "町民保健センター", "address": None,
                  "fee": "500円(70歳以上は無料)", "phone": "0966-00-6161", "organiser": "健康推進課 保健係"}  # fmt: skip


def festival_with_a_timetable() -> tuple[Sheet, Truth]:
    page = Sheet().put("秋の味覚大集合", 100, 60, 40).put("山里収穫祭", 100, 120, 130).put("11月29日(日)", 100, 320, 80)
    page.put("午前9時～午後3時", 600, 340, 46).put("山里村農村広場（雨天時：山里村体育館）", 100, 450, 40)
    page.put("9:00　開会式", 120, 600, 30).put("9:30　山里太鼓", 120, 645, 30).put("11:00　新米早食い競争", 120, 690, 30)
    page.put("13:00　ビンゴ大会（参加費100円）", 120, 735, 30).put("14:30　もち投げ", 120, 780, 30)
    page.put("先着100名様に豚汁プレゼント！", 100, 900, 40).put("主催／山里村収穫祭実行委員会　共催／JA山里", 100, 1200, 28)
    page.put("問合せ／山里村産業課 TEL.0966-00-1129", 100, 1250, 28)
    return page, {"title": "山里収穫祭", "starts": "2026-11-29 09:00", "ends": "2026-11-29 15:00", "address": None, "phone": "0966-00-1129",
                  "organiser": "山里村収穫祭実行委員会"}  # fmt: skip


def film() -> tuple[Sheet, Truth]:
    page = Sheet().put("ドキュメンタリー映画上映会", 100, 80, 40).put("海と生きる", 100, 150, 130)
    page.put("R9.1.31（日）", 100, 360, 56).put("①10:00～11:40　②14:00～15:40（各回30分前開場）", 100, 440, 34)
    page.put("会場／鹿嶋文化ホール 小ホール", 100, 540, 36).put("前売1,000円／当日1,200円（高校生以下無料）", 100, 620, 36)
    page.put("チケット取扱　市内各書店　※前売開始 12月1日", 100, 720, 28).put("主催／海と生きる上映実行委員会", 100, 1100, 30)
    page.put("お申込み・お問い合わせ　080-0000-0131（大川）", 100, 1150, 30)
    return page, {"title": "海と生きる", "starts": "2027-01-31 10:00", "ends": "2027-01-31 11:40", "venue": "鹿嶋文化ホール 小ホール",
                  "address": None, "fee": "前売1,000円/当日1,200円(高校生以下無料)", "phone": "080-0000-0131",
                  "organiser": "海と生きる上映実行委員会"}  # fmt: skip


def for_small_children() -> tuple[Sheet, Truth]:
    page = Sheet().put("おやこで あそぼう！", 100, 60, 50).put("どんぐりころころ会", 100, 150, 96)
    page.put("★ひにち", 100, 340, 36).put("11がつ28にち（どようび）", 340, 340, 36).put("11月28日（土）", 340, 400, 36)
    page.put("★じかん", 100, 470, 36).put("10:00～11:00", 340, 470, 36).put("★ばしょ", 100, 540, 36).put("どんぐり児童館", 340, 540, 36)
    page.put("★もちもの", 100, 610, 36).put("すいとう、タオル", 340, 610, 36).put("★さんかひ", 100, 680, 36).put("むりょう", 340, 680, 36)
    page.put("どんぐり児童館　でんわ 0299-00-1128", 100, 900, 32)
    return page, {"title": "どんぐりころころ会", "starts": "2026-11-28 10:00", "ends": "2026-11-28 11:00", "venue": "どんぐり児童館",
                  "address": None, "fee": "むりょう", "phone": "0299-00-1128", "organiser": "どんぐり児童館"}  # fmt: skip


def newsletter() -> tuple[Sheet, Truth]:
    page = Sheet().put("コミセンだより", 80, 50, 90).put("第87号", 720, 60, 36).put("令和8年11月15日発行", 720, 120, 26)
    page.put("発行　東浜コミュニティセンター　電話0299-00-8700", 80, 180, 26)
    page.put("歳末そば打ち体験", 80, 280, 56).put("年越しそばを自分の手で打ってみませんか。初めての方", 80, 360, 28)
    page.put("も大歓迎です。", 80, 394, 28).put("●日時　12月30日(水) 9:00～12:00", 80, 450, 28).put("●場所　東浜コミセン 調理室", 80, 494, 28)
    page.put("●費用　1,500円（そば粉代）", 80, 538, 28).put("●定員　16人", 80, 582, 28).put("●申込　12月11日(金)から電話で", 80, 626, 28)
    page.put("図書室から", 80, 760, 40).put("12月28日から1月4日まで休館します。", 80, 820, 28).put("年会費は1,000円です。", 80, 860, 28)
    return page, {"title": "歳末そば打ち体験", "starts": "2026-12-30 09:00", "ends": "2026-12-30 12:00", "venue": "東浜コミセン 調理室",
                  "address": None, "fee": "1,500円(そば粉代)", "phone": "0299-00-8700", "organiser": "東浜コミュニティセンター"}  # fmt: skip


def sale_of_a_shop() -> tuple[Sheet, Truth]:
    page = Sheet().put("創業30周年 感謝祭", 100, 80, 96).put("12/4(金)▶6(日)", 100, 260, 80).put("AM10:00～PM7:00", 100, 370, 50)
    page.put("全品2割引", 100, 500, 70).put("お買上げ3,000円以上で抽選1回", 100, 600, 36).put("手芸のいとや", 100, 1100, 60)
    page.put("人吉市紺屋町15", 100, 1180, 32).put("TEL 0966-00-1515／定休日 水曜", 100, 1230, 32)
    return page, {"title": "創業30周年 感謝祭", "starts": "2026-12-04 10:00", "ends": "2026-12-06 19:00", "address": "人吉市紺屋町15",
                  "fee": None, "phone": "0966-00-1515"}  # fmt: skip


def course_of_three() -> tuple[Sheet, Truth]:
    page = Sheet().put("はじめてのスマホ教室", 100, 100, 84).put("全3回・どなたでも", 100, 210, 36)
    page.put("【日　程】 1月12日・19日・26日（いずれも火曜日）", 100, 340, 34).put("【時　間】 午後1時30分～3時30分", 100, 400, 34)
    page.put("【会　場】 中央公民館 パソコン室", 100, 460, 34).put("【受講料】 無料", 100, 520, 34)
    page.put("【申込み】 12月18日（金）までに中央公民館へ", 100, 580, 34).put("中央公民館（人吉市中町8-1）☎0966-00-8100", 100, 800, 32)
    return page, {"title": "はじめてのスマホ教室", "starts": "2027-01-12 13:30", "ends": "2027-01-26 15:30", "venue": "中央公民館 パソコン室",
                  "fee": "無料", "phone": "0966-00-8100", "organiser": "中央公民館"}  # fmt: skip


ALL = (table_of_two_columns, vertical_handbill, handbill_with_a_map, exhibition, market_every_month, recruiting_without_a_day,
       circular_letter, concert_in_latin, health_check, festival_with_a_timetable, film, for_small_children, newsletter,
       sale_of_a_shop, course_of_three)  # fmt: skip
