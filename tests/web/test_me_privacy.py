"""docs/privacy.md says what the program does: names, keys and lengths are held against it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from tamemap import session
from tamemap.domain.actors import STRONG_LIFE
from tamemap.domain.residence import PROOF_LIFE
from tamemap.formats.belongings import FACTS, FORMAT
from tamemap.i18n import t
from tamemap.queries.belongings import Belongings
from tamemap.services import housekeeping, invitations, leaving, mail_codes, pictures, posting, readings, uploads
from tamemap.web import me_data

SAID = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
UNITS = {"分": timedelta(minutes=1), "日": timedelta(days=1)}


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading or within its part of the page."""
    part = SAID.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_lengths_are_those_of_the_program():
    said = {}
    for what, length in rows("どれだけのあいだ"):
        if found := re.fullmatch(r"(\d+)(分|日)", length):
            said[what] = int(found[1]) * UNITS[found[2]]
    assert said == {
        "サインインのメールの番号（使えるあいだ）": mail_codes.CODE_LIFE,
        "サインインのメールの番号（記録）": housekeeping.DAY,
        "ほかのサービスやパスキーとのやりとりの途中": housekeeping.DAY,
        "サインイン（使わなければ）": timedelta(days=session.SESSION_DAYS),
        "貼らなかった写真": pictures.WAITING_FOR,
        "写真から読み取ったこと（貼れば、そのとき消える）": readings.KEPT_FOR,
        "読み取ったことと、貼られたことの見くらべ": readings.OUTCOMES_KEPT_FOR,
        "送り直しのための、送信の控え": posting.KEPT_FOR,
        "貼られたチラシの、送信の控え（電波のないスマホのため）": posting.POSTED_FOR,
        "少しずつ送られる写真の、届いたところまで": uploads.KEPT_FOR,
        "届かなかったメール（運営が確かめるため）": housekeeping.DEAD_LIFE,
        "お知らせ": housekeeping.NOTICE_LIFE,
        "消した投稿のことば（直す前の文も）と写真": housekeeping.MONTH,
        "招待のリンク": invitations.LIFE,
        "住んでいることの証明": PROOF_LIFE,
    }
    assert f"{leaving.GOODBYE_LIFE // timedelta(hours=1)}時間送れなければ" in SAID
    assert f"{STRONG_LIFE // timedelta(hours=1)}時間より前に" in SAID
    assert f"1時間に{me_data.MOST}回まで" in SAID
    assert f"{PROOF_LIFE.days}日で効かなくなる" in SAID


def test_every_key_of_the_file_is_described():
    keys = [key.strip("`") for key, _ in rows("ぜんぶ受けとる")]
    assert keys == ["format", *Belongings.__dataclass_fields__]
    assert f"`{FORMAT}`" in SAID
    assert f"`{FACTS}`" in SAID
    assert f"`{t('data.readme_name')}`" in SAID


def test_every_page_that_it_names_is_there(visit, world):
    aki = visit(world.aki)
    pages = set(re.findall(r"`(/me/\w+)`", SAID))
    assert pages == {"/me/about", "/me/data", "/me/devices", "/me/leave", "/me/notices", "/me/residence", "/me/ways"}
    assert {page: aki.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
