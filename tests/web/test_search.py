"""``/search`` and the API's search, as readers meet them."""

from __future__ import annotations

import pytest

from tamemap import db
from tamemap.i18n import t
from tamemap.services import boards
from tests.services.rows import flyer
from tests.web.browsers import API, problem
from tests.web.pages import read


def opened(actor, title: str, body: str) -> str:
    with db.transaction(write=True) as tx:
        return boards.open_topic(tx, actor, board="hitoyoshi-hiroba", kind="talk", title=title, body=body).public_id


def posted(actor, title: str, **fields) -> str:
    with db.transaction(write=True) as tx:
        row = flyer(tx, actor, title)
        for name, value in fields.items():
            setattr(row, name, value)
        tx.add(row)
        return row.public_id


def titles(page):
    return [row.one("h3").text for row in page.all("li", class_="tm-topic")]


def test_dai_finds_posts_topics_and_flyers_and_sees_why(world, visit):
    topic = opened(world.aki, "土曜の話", "ｱｻｲﾁは <b>8時</b>から")
    opened(world.aki, "アサイチの相談", "だれか")
    posted(world.aki, "あさいち")
    answer = visit().get("/search", params={"q": "アサイチ"})
    page = read(answer)
    assert titles(page) == ["あさいち", "アサイチの相談", "土曜の話"]
    assert [mark.text for mark in page.one("main").all("mark")] == ["あさいち", "アサイチ", "ｱｻｲﾁ"]
    assert f"/b/hitoyoshi-hiroba/{topic}#" in page.all("li", class_="tm-topic")[2].one("a")["href"]
    assert "<b>8時" not in answer.text
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["cache-control"] == "private, no-store"
    only = read(visit().get("/search", params={"q": "アサイチ", "kind": "flyer", "map": "hitoyoshi"}))
    assert titles(only) == ["あさいち"]
    assert [chip.text for chip in only.one("main").all("a", class_="tm-chip") if "aria-current" in chip.attributes] == ["チラシ"]


def test_pages_lead_from_one_to_the_next_by_their_addresses(world, visit):
    for n in range(25):
        posted(world.aki, f"菊の会{n}")
    first = read(visit().get("/search", params={"q": "菊の会"}))
    assert len(titles(first)) == 20
    (more,) = [link["href"] for link in first.one("main").all("a") if "cursor=" in link["href"]]
    second = read(visit().get(more))
    assert titles(second) == [f"菊の会{n}" for n in (4, 3, 2, 1, 0)]
    assert [link["href"] for link in second.one("main").all("a") if "cursor=" in link["href"]] == []


def test_an_empty_question_and_one_without_answer_say_what_to_do(world, visit):
    assert "区切る" in visit().get("/search").text
    assert "見つかりませんでした" in visit().get("/search", params={"q": "冥王星"}).text
    assert "Nothing found" in visit().get("/search", params={"q": "冥王星", "lang": "en"}).text
    assert visit().get("/search", params={"q": "x", "map": "nowhere"}).status_code == 404
    for wrong in ({"kind": "person"}, {"cursor": "%%%"}):
        assert visit().get("/search", params={"q": "x"} | wrong).status_code == 422


@pytest.mark.parametrize(
    "q", ["<script>alert(1)</script>", '" onfocus=alert(1) x="', "{{ 7*7 }}", "\x00\u202e", "😀" * 300, "((('\"*"]
)
def test_a_hostile_question_is_only_words(world, visit, q):
    opened(world.aki, "<script>alert(1)</script>", "{{ 7*7 }}")
    answer = visit().get("/search", params={"q": q})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    (field,) = read(answer).one("main").all("input", class_="tm-input")
    assert "onfocus" not in field.attributes


def test_the_board_has_a_field_that_leads_here(world, visit):
    form = read(visit().get("/b/hitoyoshi-hiroba")).one("form", class_="tm-search")
    assert form["action"] == "/search"
    assert {field["name"] for field in form.all("input")} == {"map", "q"}


def test_the_api_finds_the_same_with_places_of_the_words(world, visit):
    opened(world.aki, "土曜の話", "それはｱｻｲﾁです")
    (one,) = visit().get(f"{API}/search", params={"q": "アサイチ"}).json()["items"]
    assert (one["kind"], one["author"]["name"], one["map"]["slug"]) == ("post", "Aki", "hitoyoshi")
    assert one["excerpt"] == {"text": "それはｱｻｲﾁです", "marks": [[3, 7]]}
    assert visit().get(f"{API}/search").json() == {"items": [], "next": None}
    problem(visit().get(f"{API}/search", params={"q": "x", "kind": "person"}), 422, "search_kind_wrong", "kind")
    problem(visit().get(f"{API}/search", params={"q": "x", "cursor": "!"}), 422, "cursor_wrong", "cursor")
    problem(visit().get(f"{API}/search", params={"q": "x", "map": "atlantis"}), 404, "map_unknown")
    problem(visit().get(f"{API}/search", params={"q": "x", "limit": "0"}), 422, "limit_wrong", "limit")


def test_the_resident_face_is_for_residents_also_when_searched(world, visit):
    posted(world.aki, "秋の会", venue="秘密の公民館", hidden_outside=["venue"])
    for address in ("/search", f"{API}/search"):
        assert "秘密の" in visit(world.aki).get(address, params={"q": "公民館"}).text
        assert "秘密の" not in visit(world.chie).get(address, params={"q": "公民館"}).text
        assert "秘密の" not in visit().get(address, params={"q": "秋の会"}).text


def test_sixty_searches_a_minute_are_enough_for_a_household_and_each_who_is_signed_in(world, visit):
    guest, aki = visit(), visit(world.aki)
    opened(world.aki, "朝市", "八時から")
    for number in range(60):
        address = "/search" if number % 2 else f"{API}/search"
        assert guest.get(address, params={"q": "朝市"}).status_code == 200
    problem(guest.get(f"{API}/search", params={"q": "朝市"}), 429, "searches_too_many")
    # another guest of the same network is the same household; the page says so kindly, and how long to wait
    told = visit().get("/search", params={"q": "朝市"})
    assert (told.status_code, t("errors.searches_too_many") in told.text) == (429, True)
    assert 0 < int(told.headers["retry-after"]) <= 60
    # the empty form is no search, and who is signed in is counted alone
    assert guest.get("/search").status_code == 200
    assert aki.get("/search", params={"q": "朝市"}).status_code == 200
    for _ in range(59):
        aki.get(f"{API}/search", params={"q": "朝市"})
    problem(aki.get(f"{API}/search", params={"q": "朝市"}), 429, "searches_too_many")
    assert visit(world.chie).get("/search", params={"q": "朝市"}).status_code == 200
