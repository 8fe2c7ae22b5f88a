"""Still more layouts: wide, narrow, Latin labels, notices. Unseen when the rules were first measured on them."""

from __future__ import annotations

from tests.reading.flyers import Truth
from tests.reading.sheets import Sheet


def care_supporters() -> tuple[Sheet, Truth]:
    page = Sheet(1400, 1000).put("令和８年度　第３回", 100, 60, 36)
    page.put("介護予防サポーター養成講座", 100, 110, 76)
    page.put("開催日時", 100, 280, 34)
    page.put("令和９年２月３日（水）", 330, 280, 34)
    page.put("１３：３０～１６：００", 760, 280, 34)
    page.put("（受付　１３：００～）", 1100, 280, 26)
    page.put("開催場所", 100, 350, 34)
    page.put("市総合福祉センター　３階　大会議室", 330, 350, 34)
    page.put("（人吉市西間上町２６０７－１）", 330, 400, 28)
    page.put("対　象　者", 100, 470, 34)
    page.put("市内にお住まいで、ボランティアに関心のある方", 330, 470, 34)
    page.put("受　講　料", 100, 530, 34)
    page.put("無　料", 330, 530, 34)
    page.put("申込締切", 100, 590, 34)
    page.put("令和９年１月２２日（金）", 330, 590, 34)
    page.put("申込・問合せ先", 100, 700, 34)
    page.put("社会福祉協議会　地域福祉課", 330, 700, 34)
    page.put("電話：０９６６－００－９１９２　ＦＡＸ：０９６６－００－９１９３", 330, 750, 30)
    return page, {
        "title": "介護予防サポーター養成講座",
        "starts": "2027-02-03 13:30",
        "ends": "2027-02-03 16:00",
        "venue": "市総合福祉センター 3階 大会議室",
        "address": "人吉市西間上町2607-1",
        "fee": "無 料",
        "phone": "0966-00-9192",
        "organiser": "社会福祉協議会 地域福祉課",
    }


def harbour_festival() -> tuple[Sheet, Truth]:
    page = Sheet().put("港まつり", 100, 80, 160)
    page.put("2026.12.5(土)・6(日)", 100, 330, 60)
    page.put("5日 12:00～20:00　6日 10:00～16:00", 100, 420, 36)
    page.put("鹿島港 北公共埠頭", 100, 520, 50)
    page.put("入場無料・雨天決行", 100, 620, 44)
    page.put("海上花火 5日19:30～", 100, 720, 40)
    page.put("無料シャトルバス運行（鹿島神宮駅発 11:00～）", 100, 780, 30)
    page.put("主催：港まつり実行委員会", 100, 1200, 28)
    page.put("TEL：0299-00-5566（平日9:00～17:00）", 100, 1250, 28)
    return page, {
        "title": "港まつり",
        "day": "2026-12-05",
        "venue": "鹿島港 北公共埠頭",
        "address": None,
        "phone": "0299-00-5566",
        "organiser": "港まつり実行委員会",
    }


def cooking_in_latin_labels() -> tuple[Sheet, Truth]:
    page = Sheet().put("Let’s cook together!", 80, 60, 50)
    page.put("世界の台所 ～ベトナム編～", 80, 130, 72)
    page.put("DATE", 80, 300, 30)
    page.put("2027.1.24 [SUN]", 300, 300, 40)
    page.put("TIME", 80, 370, 30)
    page.put("10:30 - 13:30", 300, 370, 40)
    page.put("PLACE", 80, 440, 30)
    page.put("鹿嶋市国際交流センター", 300, 440, 40)
    page.put("FEE", 80, 510, 30)
    page.put("¥1,000（小学生以下 ¥500）", 300, 510, 40)
    page.put("申込フォームはQRコードから（1/15しめきり）", 80, 650, 30)
    page.put("鹿嶋市国際交流協会 0299-00-7373", 80, 1200, 32)
    return page, {
        "title": "世界の台所 ~ベトナム編~",
        "starts": "2027-01-24 10:30",
        "ends": "2027-01-24 13:30",
        "venue": "鹿嶋市国際交流センター",
        "address": None,
        "fee": "¥1,000(小学生以下 ¥500)",
        "phone": "0299-00-7373",
        "organiser": "鹿嶋市国際交流協会",
    }


def orchard() -> tuple[Sheet, Truth]:
    page = Sheet().put("みかん狩り", 120, 100, 150)
    page.put("10月24日(土)～12月20日(日)", 120, 330, 56)
    page.put("期間中毎日 9時～16時（最終受付15時）", 120, 420, 36)
    page.put("入園料 中学生以上600円・小学生400円", 120, 500, 36)
    page.put("南高原みかん園", 120, 620, 60)
    page.put("球磨郡錦町木上東5-5", 120, 710, 32)
    page.put("電話 0966-00-3900", 120, 760, 32)
    return page, {
        "title": "みかん狩り",
        "starts": "2026-10-24 09:00",
        "ends": "2026-12-20 16:00",
        "venue": "南高原みかん園",
        "address": "球磨郡錦町木上東5-5",
        "fee": "中学生以上600円・小学生400円",
        "phone": "0966-00-3900",
    }


def water_cut_at_night() -> tuple[Sheet, Truth]:
    page = Sheet().put("断水のお知らせ", 150, 100, 100)
    page.put("水道管の工事のため、下記の時間、断水します。", 100, 280, 32)
    page.put("日時　12月3日(木) 午後10時～翌午前4時", 100, 380, 36)
    page.put("区域　緑町1丁目・2丁目", 100, 450, 36)
    page.put("ご不便をおかけしますが、ご協力をお願いします。", 100, 560, 32)
    page.put("人吉市水道局　0966-00-0014", 100, 900, 36)
    return page, {
        "title": "断水のお知らせ",
        "starts": "2026-12-03 22:00",
        "ends": "2026-12-04 04:00",
        "venue": None,
        "address": None,
        "fee": None,
        "phone": "0966-00-0014",
        "organiser": "人吉市水道局",
    }


def tall_and_narrow() -> tuple[Sheet, Truth]:
    page = Sheet(700, 1600).put("令和8年", 60, 60, 40)
    page.put("12月19日", 60, 110, 100)
    page.put("（土）", 480, 150, 50)
    page.put("年末たすけあい", 60, 300, 80)
    page.put("チャリティーコンサート", 60, 400, 54)
    page.put("開場 午後1時", 60, 520, 34)
    page.put("開演 午後1時30分", 60, 570, 34)
    page.put("ところ", 60, 660, 30)
    page.put("カルチャーパレス 小ホール", 60, 710, 40)
    page.put("入場整理券 500円", 60, 800, 36)
    page.put("主催", 60, 1200, 28)
    page.put("人吉ライオンズ音楽会", 60, 1240, 34)
    page.put("事務局 ☎0966-00-1919", 60, 1290, 30)
    return page, {
        "starts": "2026-12-19 13:30",
        "ends": None,
        "venue": "カルチャーパレス 小ホール",
        "address": None,
        "phone": "0966-00-1919",
        "organiser": "人吉ライオンズ音楽会",
    }


def yoga_every_week() -> tuple[Sheet, Truth]:
    page = Sheet().put("朝ヨガ はじめませんか", 80, 100, 80)
    page.put("毎週火曜日 10:00〜11:15", 80, 300, 44)
    page.put("12月は1日・8日・15日・22日", 80, 370, 36)
    page.put("1回700円（初回体験300円）", 80, 450, 36)
    page.put("中原コミュニティセンター 和室", 80, 530, 40)
    page.put("ヨガマットをお持ちください", 80, 610, 30)
    page.put("連絡先：中原ヨガの会 山本 090-0000-4545", 80, 800, 32)
    return page, {
        "title": "朝ヨガ はじめませんか",
        "venue": "中原コミュニティセンター 和室",
        "address": None,
        "phone": "090-0000-4545",
    }


def lecture_with_a_birthday() -> tuple[Sheet, Truth]:
    page = Sheet().put("講演会", 80, 60, 40)
    page.put("森と水の物語", 80, 120, 110)
    page.put("講師：木下 源（1962年5月3日生まれ。森林研究家）", 80, 280, 30)
    page.put("令和八年十二月五日（土）　午後二時〜四時", 80, 380, 40)
    page.put("水上村民センター", 80, 460, 44)
    page.put("（球磨郡水上村岩野90）", 80, 520, 28)
    page.put("聴講無料・申込不要", 80, 600, 36)
    page.put("主催：水上の森を守る会／後援：水上村", 80, 900, 30)
    page.put("問：水上の森を守る会　0966-00-4400", 80, 950, 30)
    return page, {
        "title": "森と水の物語",
        "starts": "2026-12-05 14:00",
        "ends": "2026-12-05 16:00",
        "venue": "水上村民センター",
        "address": "球磨郡水上村岩野90",
        "fee": "聴講無料",
        "phone": "0966-00-4400",
        "organiser": "水上の森を守る会",
    }


def baseball_trial() -> tuple[Sheet, Truth]:
    page = Sheet().put("少年野球 体験会", 80, 100, 90)
    page.put("▼日時", 80, 280, 34)
    page.put("11/28(土)、12/5(土)、12/12(土) いずれも 9:00～11:30", 120, 330, 34)
    page.put("▼場所", 80, 400, 34)
    page.put("若松小学校グラウンド", 120, 450, 34)
    page.put("▼対象", 80, 520, 34)
    page.put("年長～小学4年生", 120, 570, 34)
    page.put("▼参加費", 80, 640, 34)
    page.put("無料（傷害保険はこちらで加入します）", 120, 690, 34)
    page.put("▼問い合わせ", 80, 760, 34)
    page.put("若松ファイターズ 代表 高木", 120, 810, 34)
    page.put("TEL 080-0000-2828", 120, 860, 34)
    return page, {
        "title": "少年野球 体験会",
        "day": "2026-11-28",
        "venue": "若松小学校グラウンド",
        "address": None,
        "fee": "無料(傷害保険はこちらで加入します)",
        "phone": "080-0000-2828",
    }


def photographs() -> tuple[Sheet, Truth]:
    page = Sheet().put("写真クラブ 光 作品展", 80, 80, 80)
    page.put("と き　12月9日(水)→14日(月)", 80, 260, 40)
    page.put("　　　　午前9時→午後5時（初日は正午から）", 80, 320, 36)
    page.put("ところ　図書館ギャラリー", 80, 390, 40)
    page.put("入 場　無料", 80, 460, 40)
    page.put("写真クラブ 光　会員一同", 500, 1100, 32)
    return page, {
        "title": "写真クラブ 光 作品展",
        "starts": "2026-12-09 09:00",
        "ends": "2026-12-14 17:00",
        "venue": "図書館ギャラリー",
        "address": None,
        "fee": "入場無料",
        "phone": None,
    }


STILL_MORE = (
    care_supporters,
    harbour_festival,
    cooking_in_latin_labels,
    orchard,
    water_cut_at_night,
    tall_and_narrow,
    yoga_every_week,
    lecture_with_a_birthday,
    baseball_trial,
    photographs,
)
