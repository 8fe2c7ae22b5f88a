"""One person's whole life in Tamemap on a phone: from a first flyer as a guest to nothing being left of her."""

from __future__ import annotations

import json
import re
import secrets
import time
import zipfile

import httpx
import pytest
from playwright.sync_api import expect

from tamemap import session
from tamemap.i18n import t
from tests.e2e.conftest import DESK
from tests.e2e.database import parsed
from tests.e2e.post_page import PostPage, file, picture

pytestmark = pytest.mark.e2e

# what is looked for afterwards is nobody else's, whatever other tests have left in the town
LIFE = secrets.token_hex(3)
MAIL, NAME, TITLE = f"kohaku-{LIFE}@example.jp", f"花子{LIFE}", f"夜なべ市{LIFE}"
WORDS, TOLD = f"ひとこと{LIFE}", f"こはくいろ{LIFE}"
HERS = (MAIL, NAME, TITLE, WORDS, TOLD)
GROUP, OF_GROUP, BATCH = f"engei-{LIFE[::-1]}", "団体の演芸会", f"町内{LIFE[::-1]}"


def press(page, name, said=""):
    """Press a button, and wait for what is said then."""
    page.get_by_role("button", name=name, exact=True).first.click()
    if said:
        page.get_by_text(t(said)).first.wait_for()


def posts(page, title, address="/post"):
    """Put a flyer up, with a picture like no other; its id."""
    post = PostPage(page).open(address)
    post.pick(file("sheet.jpg", picture(f"#{secrets.token_hex(3)}")))
    post.arrived()
    post.write("title", title)
    post.place("九日町")
    post.agree()
    with page.expect_response(lambda answer: answer.url.endswith("/api/v1/flyers") and answer.status == 201) as sent:
        post.tap(t("post.send"))
    page.get_by_role("heading", level=1, name=re.compile("貼りました|受けとりました")).wait_for()
    return sent.value.json()["id"]


def signs_in(page, town, then):
    """By mail, for the first time; answers how many seconds of her time it took, the passkey's offer included."""
    page.goto(f"/sign-in?then={then}")
    began = time.monotonic()
    page.get_by_label(re.compile("メール")).fill(MAIL)
    page.locator("form button[type=submit]").first.click()
    code = page.locator("input[autocomplete=one-time-code]")
    code.fill(town.code_for(MAIL))
    page.locator("form button[type=submit]").first.click()
    page.get_by_role("heading", name=t("ways.welcome_title")).wait_for()
    page.get_by_role("link", name=t("ways.welcome_on")).click()
    page.wait_for_url(f"**{then}")
    return time.monotonic() - began


def tells_about_herself(page, code):
    """Her name, her town with its proof, what she likes."""
    page.goto("/me")
    page.get_by_text(t("me.rename")).click()
    page.get_by_label(t("me.name")).fill(NAME)
    press(page, t("me.save"))
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    page.goto("/me/residence")
    page.locator("select[name=municipality]").select_option("432032")
    press(page, t("residence.save"), "said.residence_said")
    page.locator("#code").fill(code)
    press(page, t("residence.prove"), "said.residence_proved")
    page.goto("/me/about")
    page.get_by_label(t("fan.gender")).fill(TOLD)
    page.get_by_label(t("fan.gender")).press("Enter")
    expect(page.get_by_role("status")).to_have_text(t("said.fan_told"))


def asks_for_a_group(page):
    """She asks for a group in her town."""
    page.goto("/groups/new")
    page.get_by_label(t("group.name")).fill("みほん演芸会")
    page.get_by_label(t("group_new.town")).select_option(label="人吉市")
    page.get_by_label(t("group_new.slug")).fill(GROUP)
    page.get_by_label(t("group_new.words")).fill(WORDS)
    press(page, t("group_new.send"), "said.group_asked")


def writes(page):
    """She opens a topic on her town's board."""
    board = page.request.get("/api/v1/maps/hitoyoshi/boards").json()["items"][0]["slug"]
    answer = page.request.post(f"/api/v1/boards/{board}/topics", data={"title": WORDS, "body": WORDS})
    assert answer.status == 201, answer.text()


def ends_another_device(page, town):
    """She has come in elsewhere too, and ends it from her phone."""
    with httpx.Client(base_url=town.address, headers={"User-Agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"}) as elsewhere:
        elsewhere.post("/api/v1/sign-in", json={"mail": MAIL}).raise_for_status()
        elsewhere.post("/api/v1/sign-in/code", json={"mail": MAIL, "code": town.code_for(MAIL)}).raise_for_status()
        page.goto("/me/devices")
        expect(page.get_by_text("Windows · Firefox").first).to_be_visible()
        page.locator("form .tm-button--danger.tm-button--small").first.click()
        page.get_by_text(t("said.devices_ended")).wait_for()
        assert elsewhere.get("/api/v1/me").json()["signed_in"] is False
    assert page.request.get("/api/v1/me").json()["name"] == NAME


def takes_everything_along(page, folder):
    """The ZIP holds what she gave, and her picture."""
    page.goto("/me/data")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=t("data.do")).click()
    waiting.value.save_as(folder / "mine.zip")
    with zipfile.ZipFile(folder / "mine.zip") as found:
        facts = json.loads(found.read("tamemap.json"))
        pictures = [one for one in found.namelist() if one.endswith((".jpg", ".jpeg", ".png", ".webp", ".avif"))]
    assert (facts["profile"]["mail"], facts["profile"]["name"]) == (MAIL, NAME)
    assert all(one in json.dumps(facts, ensure_ascii=False) for one in (TITLE, WORDS, TOLD, "432032"))
    assert pictures


def leaves(page):
    """She closes her group, says that everything shall go, and goes."""
    page.goto(f"/g/{GROUP}/manage")
    page.locator("summary", has_text=t("group_room.close")).click()
    press(page, t("group_room.close_now"), "said.group_close")
    page.goto("/me/leave")
    page.locator("input[name=flyers][value=take_down]").check()
    page.locator("input[name=posts][value=remove]").check()
    page.get_by_label(t("leave.sure")).check()
    press(page, t("leave.do"))
    page.get_by_role("heading", name=t("leave.bye")).wait_for()


class Staff:
    """Ben at the desk, in a browser of his own."""

    def __init__(self, browser, town, sign_in) -> None:
        self.page = browser.new_page(base_url=town.address, viewport=DESK, locale="ja-JP", timezone_id="Asia/Tokyo")
        sign_in(self.page, "staff@example.jp", then="/desk/residence-codes")

    def prints_a_code(self) -> str:
        self.page.goto("/desk/residence-codes")
        self.page.get_by_label(t("residence_codes.name")).fill(BATCH)
        self.page.get_by_label(t("residence_codes.amount"), exact=False).fill("1")
        press(self.page, t("residence_codes.make"), "said.residence_batch_made")
        self.page.get_by_role("link", name=t("residence_codes.print_name", name=BATCH)).first.click()
        return self.page.locator(".card__code").first.inner_text()

    def lets_the_group_in(self) -> None:
        self.page.goto("/desk/groups")
        self.page.locator(f"#group-{GROUP}").get_by_role("button", name=t("group_desk.approve")).click()
        self.page.get_by_text(t("said.group_approve")).wait_for()


def her_files(town, flyer):
    """The names in the store of her flyer's pictures."""
    query = "SELECT original, variants FROM picture JOIN flyer ON flyer.id = flyer_id WHERE flyer.public_id = :flyer"
    ((original, variants),) = town.rows.read(query, flyer=flyer)
    made = [name for size in parsed(variants).values() for name in size.values() if isinstance(name, str)]
    return {original, *made}


def what_is_left(town, files):
    """Where something of hers is still found: in any row, in the database's bytes, in the names and bytes of any file."""
    found = []
    for table in town.rows.tables():
        for row in town.rows.read('SELECT * FROM "{}"'.format(table)):  # noqa: S608,UP032  names from the schema
            said = f"{row!r}" + "".join(map(decoded, row))
            found += [f"{table}: {one}" for one in HERS if one in said]
    for path in town.folder.rglob("*"):
        # mails that were sent are where they were sent to; what is deleted may wait in the log to be written over
        if path.is_file() and path.parent.name != "mail" and not path.name.endswith(("-wal", "-shm")):
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # the worker has just tidied it up
                continue
            found += [f"{path.name}: {one}" for one in HERS if one.encode() in data and path.name != "tamemap.db"]
            found += [f"store: {path.name}"] if path.name in files else []
    return found


def decoded(value):
    """A column's text with the escapes of JSON undone."""
    return value.encode().decode("unicode_escape", "replace") if isinstance(value, str) and "\\u" in value else ""


def test_from_the_first_flyer_to_nothing_being_left(page, browser, town, sign_in, tmp_path):
    staff = Staff(browser, town, sign_in)
    code = staff.prints_a_code()
    page.goto("/")
    flyer = posts(page, TITLE)
    assert page.request.get("/api/v1/me").json()["signed_in"] is False
    took = signs_in(page, town, "/me")
    # it was hers as a guest's in this browser, and is hers now
    expect(page.locator(".tm-own", has_text=TITLE)).to_be_visible()
    tells_about_herself(page, code)
    asks_for_a_group(page)
    staff.lets_the_group_in()
    posts(page, OF_GROUP, f"/post?group={GROUP}")
    writes(page)
    ends_another_device(page, town)
    takes_everything_along(page, tmp_path)
    files = her_files(town, flyer)
    assert what_is_left(town, files), "what is looked for afterwards is found now"
    cookies = {one["name"]: one["value"] for one in page.context.cookies()}
    leaves(page)
    end = time.monotonic() + 25
    while (left := what_is_left(town, files)) and time.monotonic() < end:
        page.wait_for_timeout(500)  # the worker tidies up
    assert left == [], "still found"
    assert page.request.get(f"/f/{flyer}").status in {404, 410}
    thief = httpx.get(f"{town.address}/api/v1/me", cookies={session.COOKIE: cookies[session.COOKIE]})
    assert thief.json()["signed_in"] is False
    staff.page.context.close()
    print(f"signing in took {took:.1f} s")
