"""What a topic carries, on its page and over the API: flyers as cards, a place; the pages to change them; the map."""

from __future__ import annotations

import pytest
from sqlmodel import select

from tamemap import db
from tamemap.domain.folding import fold_place
from tamemap.i18n import t
from tamemap.models import Place, Topic
from tamemap.queries.boards import topic
from tamemap.services import boards, decisions
from tests import factories
from tests.factories import HITOYOSHI
from tests.web.browsers import API, problem
from tests.web.pages import island, read

BOARD = "/b/hitoyoshi-hiroba"


def flyer(actor, title="秋の市", **more) -> str:
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, actor, title=title, **more).public_id


def opened(actor, kind="talk", board="hitoyoshi-hiroba", **more) -> str:
    with db.transaction(write=True) as tx:
        return boards.open_topic(tx, actor, board=board, kind=kind, title="週末の話", body="どうぞ", **more).public_id


def introduced(actor, **more) -> str:
    return opened(actor, "introduction", lat="32.2171", lng="130.7401", place_name="駅前の本屋", **more)


def cards_of(public_id, actor):
    with db.transaction(write=False) as tx:
        return [card.public_id for card in topic(tx, actor, public_id=public_id).cards]


def test_everybody_sees_the_cards_on_the_topics_page_until_they_leave(world, visit):
    one = flyer(world.aki, venue="集会所", hidden=("venue",))
    made = opened(world.chie, flyers=[one])
    page = read(visit().get(f"{BOARD}/{made}"))
    (card,) = page.all("li", class_="tm-card")
    assert (card.one("a")["href"], card.one("img")["alt"], "集会所" in page.text) == (f"/f/{one}", "", False)
    assert "集会所" in visit(world.aki).get(f"{BOARD}/{made}").text
    assert [node.text for node in read(visit().get(f"/f/{one}")).all("a", href=f"{BOARD}/{made}")] == ["週末の話"]
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=one, decision="recall", reason="雨")
    assert "秋の市" not in visit().get(f"{BOARD}/{made}").text


def test_chie_changes_the_cards_without_script(world, visit):
    one, two = flyer(world.aki), flyer(world.aki, "茶会")
    made = opened(world.chie)
    chie, here = visit(world.chie), f"{BOARD}/{made}/cards"
    assert [node.text for node in read(chie.get(f"{BOARD}/{made}")).all("a", href=here)] == [t("cards.add")]
    for flyer_id in (one, two):
        sent = chie.post(here, data={"flyer": f"https://tamemap.example/f/{flyer_id}"})
        assert (sent.status_code, sent.headers["location"]) == (303, f"{here}?said=card_on")
    assert cards_of(made, world.chie) == [one, two]
    assert chie.post(here, data={"first": two}).headers["location"] == f"{here}?said=card_first"
    assert cards_of(made, world.chie) == [two, one]
    assert chie.post(here, data={"remove": two}).headers["location"] == f"{here}?said=card_off"
    assert cards_of(made, world.chie) == [one]
    wrong = chie.post(here, data={"flyer": "ちらし"})
    page = read(wrong)
    assert (wrong.status_code, page.one("input", id="flyer")["value"]) == (422, "ちらし")
    assert t("errors.flyer_address_wrong") in page.text
    assert t("errors.flyer_not_on_map") in chie.post(here, data={"flyer": "2222222222zz"}).text


@pytest.mark.parametrize("page", ["cards", "place"])
def test_the_pages_are_for_the_author_and_staff(world, visit, page):
    made = introduced(world.chie)
    here = f"{BOARD}/{made}/{page}"
    assert visit().get(here).headers["location"].startswith("/sign-in?")
    assert visit(world.aki).get(here).status_code == 403
    assert visit(world.aki).post(here, data={"deed": "remove"}).status_code == 403
    assert visit(world.ben).get(here).status_code == visit(world.chie).get(here).status_code == 200
    assert visit(world.chie).get(f"/b/kashima-hiroba/{made}/{page}").status_code == 404
    with db.transaction(write=True) as tx:
        boards.close_topic(tx, world.chie, topic=made)
    assert visit(world.chie).get(here).status_code == 409


def test_only_introductions_have_a_place_page(world, visit):
    assert visit(world.chie).get(f"{BOARD}/{opened(world.chie)}/place").status_code == 404


def test_chie_looks_for_a_place_by_its_name_and_sets_it_without_script(world, visit, place_named):
    made = opened(world.chie, "introduction")
    chie, here = visit(world.chie), f"{BOARD}/{made}/place"
    page = read(chie.get(here, params={"q": "えきまえ広場"}))
    (form,) = [node for node in page.all("form", action=here) if node.all("input", name="lat")]
    fields = {node["name"]: node["value"] for node in form.all("input")}
    assert fields["place_name"] == "えきまえ広場"
    sent = chie.post(here, data=fields)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{BOARD}/{made}?said=place_on")
    topic_page = read(visit().get(f"{BOARD}/{made}"))
    assert "えきまえ広場" in topic_page.text
    assert topic_page.all("a", href="/m/hitoyoshi#17/32.21700/130.74100")
    assert t("introduction.nothing", q="どこにもない") in chie.get(here, params={"q": "どこにもない"}).text
    assert t("errors.introduction_off_map") in chie.post(here, data={"lat": "35.9", "lng": "140.6", "place_name": "遠く"}).text
    assert t("errors.introduction_place_missing") in chie.post(here, data={}).text
    assert chie.post(here, data={"deed": "remove"}).headers["location"] == f"{BOARD}/{made}?said=place_off"
    assert "えきまえ広場" not in visit().get(f"{BOARD}/{made}").text


@pytest.fixture
def place_named(world):
    """A place of the gazetteer in 人吉市."""
    name = "えきまえ広場"
    with db.transaction(write=True) as tx:
        tx.add(Place(municipality_code=HITOYOSHI, kind="facility", name=name, folded=fold_place(name), lat=32.217, lng=130.741))


def test_the_map_shows_introductions_in_its_list_its_data_and_the_api(world, visit):
    made = introduced(world.chie)
    answer = visit().get("/m/hitoyoshi")
    page = read(answer)
    (item,) = page.one("details", id="tm-introductions").all("li")
    assert (item.one("a")["href"], item.one("a")["data-tm-introduction"]) == (f"{BOARD}/{made}", made)
    assert "駅前の本屋" in item.text
    assert [one["id"] for one in island(page)["introductions"]] == [made]
    api = visit().get(f"{API}/maps/hitoyoshi/introductions")
    (feature,) = api.json()["features"]
    assert (api.headers["content-type"], feature["geometry"]["coordinates"]) == ("application/geo+json", [130.7401, 32.2171])
    assert feature["properties"] == {"id": made, "url": f"{BOARD}/{made}", "board": "hitoyoshi-hiroba", "title": "週末の話",
                                     "place": "駅前の本屋", "excerpt": "どうぞ"}  # fmt: skip
    assert (api.headers["cache-control"], api.headers["etag"] != "") == ("public, no-cache", True)
    again = visit().get(f"{API}/maps/hitoyoshi/introductions", headers={"If-None-Match": api.headers["etag"]})
    assert again.status_code == 304
    with db.transaction(write=True) as tx:
        boards.remove_topic(tx, world.ben, topic=made, reason="きまり")
    assert visit().get("/m/hitoyoshi", headers={"If-None-Match": answer.headers["etag"]}).status_code == 200
    assert not read(visit().get("/m/hitoyoshi")).all("details", id="tm-introductions")
    assert visit().get(f"{API}/maps/hitoyoshi/introductions").json()["features"] == []
    problem(visit().get(f"{API}/maps/nowhere/introductions"), 404, "map_unknown")


def test_a_held_introduction_is_on_nobodys_map(world, visit):
    made = introduced(world.chie)
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Topic)).one()
        row.held_at = row.created_at
        tx.add(row)
    for who in (None, world.chie, world.ben):
        got = visit(who) if who else visit()
        assert got.get(f"{API}/maps/hitoyoshi/introductions").json()["features"] == []
        assert made not in got.get("/m/hitoyoshi").text


def test_the_api_opens_topics_with_cards_and_places_and_changes_them(world, visit):
    one, two = flyer(world.aki), flyer(world.aki, "茶会")
    chie = visit(world.chie)
    wish = {"kind": "introduction", "title": "本屋です", "body": "どうぞ", "flyers": [one, two], "lat": 32.2171, "lng": 130.7401,
            "place_name": "駅前"}  # fmt: skip
    made = chie.post(f"{API}/boards/hitoyoshi-hiroba/topics", json=wish).json()
    assert [card["title"] for card in made["flyers"]] == ["秋の市", "茶会"]
    assert (made["place"], made["may_change"]) == ({"name": "駅前", "lat": 32.2171, "lng": 130.7401}, True)
    put = chie.put(f"{API}/topics/{made['id']}/flyers", json={"flyers": [two]})
    assert (put.status_code, [card["id"] for card in put.json()["flyers"]]) == (200, [two])
    assert chie.put(f"{API}/topics/{made['id']}/place", json={"lat": None, "lng": None}).json()["place"] is None
    problem(chie.put(f"{API}/topics/{made['id']}/flyers", json={"flyers": {"a": 1}}), 422, "list_wrong", "flyers")
    problem(chie.put(f"{API}/topics/{made['id']}/flyers", json={"flyers": ["2222222222zz"]}), 422, "flyer_not_on_map", "flyers")
    problem(visit().put(f"{API}/topics/{made['id']}/flyers", json={"flyers": []}), 401, "sign_in_first")
    problem(visit(world.aki).put(f"{API}/topics/{made['id']}/flyers", json={"flyers": []}), 403, "not_allowed_here")
    problem(chie.post(f"{API}/boards/hitoyoshi-hiroba/topics", json=wish | {"kind": "talk", "title": "x"}), 422,
            "place_introductions_only", "place")  # fmt: skip
