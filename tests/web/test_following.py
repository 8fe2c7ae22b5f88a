"""Following and reading: the API, the buttons on the pages of boards, and how one wants to be told."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.queries.marks import marks
from tamemap.queries.notice_settings import NoticeSettings, notice_settings
from tests import factories
from tests.web.browsers import API, problem
from tests.web.pages import read

BOARD = "/b/hitoyoshi-hiroba"
CHOSEN = {"mail_notices": "1", "digest": "weekly", "quiet": "1", "night_from": "22:00", "night_to": "06:30"}


@pytest.fixture
def talk(world):
    """A topic of Aki's with an answer of Chie's."""
    with db.transaction(write=True) as tx:
        made = factories.topic(tx, world.aki, title="川の話").public_id
        factories.post(tx, world.chie, made)
        return made


def mark_of(actor, talk):
    with db.transaction(write=False) as tx:
        return marks(tx, actor, topics=[talk]).get(talk)


def test_the_api_follows_reads_and_stops(world, visit, talk):
    ben = visit(world.ben)
    for method, on in (("PUT", True), ("PUT", True), ("DELETE", False), ("DELETE", False)):
        for path in (f"/topics/{talk}/follow", "/boards/hitoyoshi-hiroba/follow"):
            assert ben.request(method, API + path).json() == {"following": on}
    aki, posts = visit(world.aki), visit().get(f"{API}/topics/{talk}/posts").json()["items"]
    read_to = [aki.put(f"{API}/topics/{talk}/read", json={"to": one["id"]}).json() for one in posts]
    assert read_to == [{"unread": 1, "following": True}, {"unread": 0, "following": True}]
    assert aki.put(f"{API}/topics/{talk}/read").json() == {"unread": 0, "following": True}


def test_the_api_refuses_guests_and_what_is_not_there(world, visit, talk):
    for path in (f"/topics/{talk}/follow", "/boards/hitoyoshi-hiroba/follow", f"/topics/{talk}/read"):
        problem(visit().put(API + path), 401, "sign_in_first")
    aki = visit(world.aki)
    problem(aki.put(f"{API}/topics/2222222222zz/follow"), 404, "topic_unknown")
    problem(aki.put(f"{API}/boards/nowhere/follow"), 404, "board_unknown")
    problem(aki.put(f"{API}/topics/{talk}/read", json={"to": "2222222222zz"}), 404, "post_unknown")
    problem(aki.put(f"{API}/topics/{talk}/read", json={"to": []}), 422, "text_wrong", "to")


@pytest.mark.parametrize("kind", ["board", "topic"])
def test_the_buttons_work_without_script_and_say_what_was_done(world, visit, talk, kind):
    page, chie = BOARD if kind == "board" else f"{BOARD}/{talk}", visit(world.ben)
    for on, said in (("1", "followed"), ("", "unfollowed")):
        button = read(chie.get(page)).one("form", action=f"{page}/follow").one("button")
        assert (button["value"], button.text) == (on, t(f"following.{kind}_{'start' if on else 'stop'}"))
        answer = chie.post(f"{page}/follow", data={"on": on})
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?{'push=1&' if on else ''}said={kind}_{said}")
        assert t(f"said.{kind}_{said}") in read(chie.get(answer.headers["location"])).text


@pytest.mark.parametrize("page", [BOARD, BOARD + "/{talk}"])
def test_a_guest_sees_no_button_and_a_form_of_theirs_leads_to_sign_in(world, visit, talk, page):
    page, guest = page.format(talk=talk), visit()
    answer = guest.get(page)
    assert answer.headers["cache-control"].startswith("public")
    assert not read(answer).all("form", action=f"{page}/follow")
    assert not read(answer).all("script", src="/read.js")
    assert guest.post(f"{page}/follow", data={"on": "1"}).headers["location"].startswith("/sign-in?")


def test_the_board_shows_what_is_unread_to_its_reader_alone(world, visit, talk):
    aki = visit(world.aki)
    answer = aki.get(BOARD)
    (row,) = read(answer).all("li", class_="tm-topic")
    assert row.one("span", class_="tm-badge--new").text == "新しい 1件の投稿"
    assert answer.headers["cache-control"] == "private, no-store"
    with db.transaction(write=True) as tx:
        factories.board(tx, "hitoyoshi-hiroba").position = 1
        tx.add(factories.Board(map_id=factories.board(tx, "hitoyoshi-hiroba").map_id, slug="ijuu", name="移住"))
    (chip,) = [one for one in read(aki.get(BOARD)).all("a", class_="tm-chip") if one["href"] == BOARD]
    assert chip.text == "広場 1件の話題に新しい投稿があります"
    assert "tm-badge--new" not in visit(world.chie).get(BOARD).text
    assert "tm-badge--new" not in visit().get(BOARD).text


def test_opening_the_page_writes_nothing_its_script_does(world, visit, talk):
    aki, page = visit(world.aki), f"{BOARD}/{talk}"
    script = read(aki.get(page)).one("script", src="/read.js")
    assert mark_of(world.aki, talk).unread == 1
    aki.put(f"{API}/topics/{script['data-topic']}/read", json={"to": script["data-to"]})
    assert mark_of(world.aki, talk).unread == 0
    assert not read(aki.get(page)).all("script", src="/read.js")
    assert read(aki.get(BOARD)).one("li", class_="tm-topic--read")


def test_aki_chooses_how_she_is_told(world, visit):
    aki = visit(world.aki)
    page = read(aki.get("/me/notices"))
    assert page.one("input", name="night_from")["value"] == "21:00"
    chosen = page.one("select", name="digest").all("option")
    assert [one["value"] for one in chosen if "selected" in one.attributes] == ["daily"]
    answer = aki.post("/me/notices", data=CHOSEN)
    assert answer.headers["location"] == "/me/notices?said=notices_chosen"
    with db.transaction(write=False) as tx:
        assert notice_settings(tx, world.aki) == NoticeSettings("aki@example.jp", True, "weekly", "22:00", "06:30")
    aki.post("/me/notices", data={name: value for name, value in CHOSEN.items() if name not in {"quiet", "mail_notices"}})
    with db.transaction(write=False) as tx:
        assert notice_settings(tx, world.aki) == NoticeSettings("aki@example.jp", False, "weekly", "", "")
    assert "checked" not in read(aki.get("/me/notices")).one("input", name="quiet").attributes


def test_what_was_typed_wrongly_comes_back_with_what_to_do(world, visit):
    answer = visit(world.aki).post("/me/notices", data=CHOSEN | {"night_to": "22:00"})
    page = read(answer)
    assert answer.status_code == 422
    assert page.one("p", id="night_to-error").text == t("errors.night_empty")
    assert page.one("input", name="night_from")["value"] == "22:00"
    assert "checked" in page.one("input", name="quiet").attributes


def test_a_guest_is_sent_to_sign_in(world, visit):
    for answer in (visit().get("/me/notices"), visit().post("/me/notices", data=CHOSEN)):
        assert answer.headers["location"] == "/sign-in?then=%2Fme%2Fnotices"


def test_after_the_first_thing_she_follows_she_is_invited_once_and_calmly(world, visit, talk):
    ben = visit(world.ben)
    first = ben.post(f"{BOARD}/follow", data={"on": "1"}).headers["location"]
    assert first == f"{BOARD}?push=1&said=board_followed"
    (link,) = [one for one in read(ben.get(first)).one("main").all("a") if one["href"] == "/me/notices#push"]
    assert t("push.invite_do") in link.text
    assert "push=1" not in ben.post(f"{BOARD}/{talk}/follow", data={"on": "1"}).headers["location"]
    assert "/me/notices#push" not in visit().get(first).text
