"""``/desk/boards`` and ``/desk/themes``, and what everybody sees of them at ``/b/…`` and through the API."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.i18n import t
from tamemap.models import Picture, Topic
from tamemap.services import board_rooms, boards
from tests import factories
from tests.conftest import NOON
from tests.factories import DAY
from tests.web.browsers import API, problem, sheet_photo
from tests.web.pages import read

HERE, EDIT, THEMES = "/desk/boards", "/desk/boards/edit", "/desk/themes"
HIROBA = "/b/hitoyoshi-hiroba"


@pytest.fixture
def talk(world):
    """A topic of Aki's."""
    with db.transaction(write=True) as tx:
        return factories.topic(tx, world.aki).public_id


def make(client, slug="hitoyoshi-iju", **changed):
    return client.post(EDIT, data={"map": "hitoyoshi", "name": "移住", "slug": slug, "writers": "members"} | changed)


def theme(client, **changed):
    fields = {"map": "hitoyoshi", "board": "hitoyoshi-hiroba", "title": "好きな川", "body": "教えてください。"}
    return client.post(THEMES, data=fields | changed, files={"photo": ("c.jpg", sheet_photo(), "image/jpeg")})


def test_ben_makes_a_board_and_guests_read_it(world, visit):
    ben = visit(world.ben)
    assert make(ben).headers["location"] == f"{HERE}?map=hitoyoshi&said=boards_made"
    page = read(ben.get(f"{HERE}?map=hitoyoshi&said=boards_made"))
    assert page.one("div", class_="tm-banner--success").text == t("said.boards_made")
    assert "移住" in page.text
    chips = read(visit().get(HIROBA)).one("nav", aria_label=t("board.beside")).all("a")
    assert [one["href"] for one in chips] == [HIROBA, "/b/hitoyoshi-iju"]
    assert [one["slug"] for one in visit().get(f"{API}/maps/hitoyoshi/boards").json()["items"]] == [
        "hitoyoshi-hiroba",
        "hitoyoshi-iju",
    ]


def test_a_wrong_address_is_said_at_its_field_and_what_was_typed_stays(world, visit):
    answer = make(visit(world.ben), "answers")
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", id="slug-error").text == t("errors.board_slug_reserved")
    assert page.one("input", name="name")["value"] == "移住"


def test_a_closed_board_says_so_and_stands_in_no_list(world, visit):
    ben = visit(world.ben)
    make(ben)
    ben.post(HERE, data={"map": "hitoyoshi", "deed": "close", "board": "hitoyoshi-iju"})
    page = read(visit().get("/b/hitoyoshi-iju"))
    assert t("board.put_away") in page.text
    assert t("board.write") not in page.text
    assert "hitoyoshi-iju" not in visit().get(HIROBA).text
    assert "hitoyoshi-iju" not in visit().get("/sitemap/pages.xml").text
    refused = visit(world.aki).post(f"{API}/boards/hitoyoshi-iju/topics", json={"title": "まだ", "body": "まだ"})
    problem(refused, 409, "board_closed")
    assert ben.post(HERE, data={"map": "hitoyoshi", "deed": "close", "board": "hitoyoshi-hiroba"}).status_code == 409


def test_one_tap_closes_writing_and_everybody_is_told_kindly(world, visit, talk):
    ben, aki = visit(world.ben), visit(world.aki)
    before = visit().get(f"{HIROBA}/{talk}")
    ben.post(HERE, data={"map": "hitoyoshi", "deed": "close_writing", "words": "あすの朝まで休みます。"})
    for path in (HIROBA, f"{HIROBA}/{talk}"):
        page = read(visit().get(path, headers={"If-None-Match": before.headers["etag"]}))
        assert "あすの朝まで休みます。" in page.one("div", class_="tm-banner--info").text
        assert not page.all("a", class_="tm-button--primary")
    refused = problem(aki.post(f"{API}/topics/{talk}/posts", json={"body": "まだ"}), 409, "writing_closed")
    assert refused["detail"] == t("errors.writing_closed", words="あすの朝まで休みます。")
    (hiroba,) = visit().get(f"{API}/maps/hitoyoshi/boards").json()["items"]
    assert (hiroba["writing_closed"]["reason"], hiroba["writing_closed"]["until"]) == ("closed", None)
    assert ben.post(f"{API}/topics/{talk}/posts", json={"body": "職員です"}).status_code == 201
    ben.post(HERE, data={"map": "hitoyoshi", "deed": "open_writing"})
    assert aki.post(f"{API}/topics/{talk}/posts", json={"body": "また"}).status_code == 201


def test_nights_are_kept_and_said(world, visit, talk):
    ben = visit(world.ben)
    night = {"map": "hitoyoshi", "deed": "nights", "night_from": "22:00", "night_to": "06:00"}
    assert ben.post(HERE, data=night).status_code == 303
    assert read(ben.get(HERE)).one("input", name="night_from")["value"] == "22:00"
    wrong = ben.post(HERE, data=night | {"night_to": "22:00"})
    assert (wrong.status_code, read(wrong).one("p", id="night_to-error").text) == (422, t("errors.night_empty"))
    with clock.frozen_at(NOON + DAY / 2):
        assert t("errors.writing_closed_night", until="6:00") in visit().get(HIROBA).text
        (hiroba,) = visit().get(f"{API}/maps/hitoyoshi/boards").json()["items"]
        assert hiroba["writing_closed"]["until"] == "2026-11-23T06:00:00+09:00"


def test_the_pages_are_for_the_towns_staff(world, visit):
    for path in (HERE, f"{HERE}?map=hitoyoshi", EDIT, THEMES, f"{EDIT}?board=hitoyoshi-hiroba"):
        assert visit(world.chie).get(path).status_code == 403
        assert visit().get(path).headers["location"].startswith("/sign-in?then=")
    fumi = visit(world.fumi)
    assert fumi.get(f"{HERE}?map=hitoyoshi").status_code == 403
    assert fumi.get(f"{EDIT}?board=hitoyoshi-hiroba").status_code == 403
    assert theme(fumi).status_code == 403
    with db.transaction(write=False) as tx:
        assert tx.exec(select(Picture)).all() == []
    assert visit(world.ben).post(HERE, data={"map": "hitoyoshi", "deed": "rubbish"}).status_code == 422


def test_a_theme_has_its_cover_and_period_on_the_board_and_its_page(world, visit):
    ben = visit(world.ben)
    assert theme(ben, ends_on="2026-11-30", closing_words="ありがとう").headers["location"].endswith("said=theme_opened")
    (item,) = visit().get(f"{API}/boards/hitoyoshi-hiroba/topics").json()["items"]
    assert (item["kind"], item["ends_at"], item["opens_at"]) == ("theme", "2026-12-01T00:00:00+09:00", None)
    for path in (HIROBA, f"{HIROBA}/{item['id']}"):
        page = read(visit().get(path))
        assert "11月30日（月）まで" in page.text
        picture = visit().get(page.one("picture", class_="tm-cover").one("img")["src"])
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/jpeg")
    with clock.frozen_at(NOON + 9 * DAY):
        page = read(visit().get(f"{HIROBA}/{item['id']}"))
        assert page.one("section", aria_labelledby="closing").one("p").text == "ありがとう"
        assert t("board.answer") not in page.text


def test_a_picture_that_was_sent_stays_when_something_else_is_wrong(world, visit):
    ben = visit(world.ben)
    answer = theme(ben, title="")
    page = read(answer)
    assert (answer.status_code, page.one("p", id="title-error").text) == (422, t("errors.text_empty"))
    kept = page.one("input", name="cover")["value"]
    fields = {"map": "hitoyoshi", "board": "hitoyoshi-hiroba", "title": "川", "body": "どうぞ", "cover": kept}
    assert ben.post(THEMES, data=fields).status_code == 303
    with db.transaction(write=False) as tx:
        row = tx.exec(select(Topic)).one()
        assert tx.get_one(Picture, row.cover_id).public_id == kept
    page = read(ben.get(f"{THEMES}?map=hitoyoshi&topic={row.public_id}"))
    assert ben.post(THEMES, data={"map": "hitoyoshi", "topic": row.public_id, "ends_on": "2026-11-30"}).status_code == 303
    assert "11月30日（月）まで" in ben.get(THEMES).text


def test_what_is_no_picture_is_refused_at_its_field(world, visit):
    fields = {"map": "hitoyoshi", "board": "hitoyoshi-hiroba", "title": "川", "body": "どうぞ"}
    answer = visit(world.ben).post(THEMES, data=fields, files={"photo": ("c.jpg", b"<svg onload=x>", "image/jpeg")})
    assert answer.status_code == 415
    assert read(answer).one("p", id="photo-error").text


def test_its_author_closes_a_topic_and_opens_it_again(world, visit, talk):
    aki, path = visit(world.aki), f"{HIROBA}/{talk}"
    assert not read(visit().get(path)).all("details", class_="tm-panel")
    page = aki.get(path)
    assert page.headers["cache-control"] == "private, no-store"
    assert [one["value"] for one in read(page).all("button", name="deed")] == ["close"]
    assert aki.post(path, data={"deed": "close"}).headers["location"] == f"{path}?said=topic_close"
    page = read(aki.get(f"{path}?said=topic_close"))
    assert page.one("div", class_="tm-banner--success").text == t("said.topic_close")
    assert [one["value"] for one in page.all("button", name="deed")] == ["reopen"]
    aki.post(path, data={"deed": "reopen"})
    assert visit(world.chie).post(f"{API}/topics/{talk}/posts", json={"body": "はい"}).status_code == 201


def test_staff_take_a_topic_away_with_a_reason_and_bring_it_back(world, visit, talk):
    ben, path = visit(world.ben), f"{HIROBA}/{talk}"
    silent = ben.post(path, data={"deed": "remove"})
    assert (silent.status_code, t("errors.reason_missing") in silent.text) == (422, True)
    assert visit(world.aki).post(path, data={"deed": "remove", "reason": "x"}).status_code == 403
    gone = ben.post(path, data={"deed": "remove", "reason": "まちがい"})
    assert gone.headers["location"] == f"{HERE}?map=hitoyoshi&said=topic_removed"
    assert visit().get(path).status_code == 410
    assert read(ben.get(HERE)).one("input", name="topic")["value"] == talk
    ben.post(HERE, data={"map": "hitoyoshi", "deed": "restore", "topic": talk})
    assert visit().get(path).status_code == 200


def test_who_may_not_write_on_a_closed_board_keeps_no_door(world, visit, talk):
    with db.transaction(write=True) as tx:
        board_rooms.make(tx, world.ben, map_slug="hitoyoshi", name="移住", slug="hitoyoshi-iju")
        other = boards.open_topic(tx, world.aki, board="hitoyoshi-iju", kind="talk", title="家", body="さがしています").public_id
        board_rooms.close(tx, world.ben, board="hitoyoshi-iju")
    page = read(visit(world.aki).get(f"/b/hitoyoshi-iju/{other}"))
    assert t("board.put_away") in page.text
    assert not page.all("button", name="deed")
