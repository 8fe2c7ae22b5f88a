"""Two faces of one flyer: what is kept for residents is nowhere outside, and what leaves leaves everywhere at once."""

from __future__ import annotations

from math import asinh, pi, radians, tan

import pytest

from tamemap import db
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI, OFFICES
from tests.web.browsers import API, posted, titles

LAT, LNG = OFFICES[HITOYOSHI]
SECRETS = {
    "body": "合言葉はひみつのどんぐり",
    "venue": "ひみつの集会所",
    "address": "人吉市ひみつ町1-2-3",
    "fee": "ひみつの三百円",
    "phone": "0966-99-8877",
    "organiser": "ひみつの会",
    "url": "https://himitsu.example.jp/naisho",
}
NEEDLES = ("ひみつ", "どんぐり", "0966-99-8877", "himitsu", "naisho")


def tile_of(z: int) -> str:
    """The tile on which the flyer stands."""
    x = int((LNG + 180) / 360 * 2**z)
    y = int((1 - asinh(tan(radians(LAT))) / pi) / 2 * 2**z)
    return f"{z}/{x}/{y}"


def surfaces(public_id: str) -> list[str]:
    """Every public address on which this flyer, or a search for its words, could appear."""
    found = [f"{API}/flyers/{public_id}", f"{API}/maps", "/", f"/f/{public_id}", f"/f/{public_id}.ics", "/sitemap/flyers-0.xml"]
    for slug in ("hitoyoshi", "hitoyoshi-kuma"):
        found += [f"{API}/maps/{slug}", f"{API}/maps/{slug}/flyers", f"{API}/maps/{slug}/flyers?near={LAT},{LNG}", f"/m/{slug}"]
        found += [f"{API}/maps/{slug}/flyers?q={word}" for word in ("ひみつ", "どんぐり", "ヒミツ")]
        found += [f"{API}/maps/{slug}/tiles/{tile_of(z)}" for z in (4, 10, 16, 17, 19)]
        found += [f"{API}/maps/{slug}/tiles/{tile_of(z)}?q=ひみつ" for z in (10, 17)]
        found += [f"/m/{slug}?embed=1", f"/m/{slug}?q=ひみつ", f"/m/{slug}?flyer={public_id}"]
    return found


@pytest.fixture
def secret(world):
    """Aki's flyer on both maps that keeps all it can for residents; its id."""
    with db.transaction(write=True) as tx:
        row = factories.flyer(tx, world.aki, title="みんなの市", outside=True, hidden=tuple(SECRETS), **SECRETS)
        return row.public_id


@pytest.mark.parametrize("viewer", ["a guest", "chie", "fumi"])
def test_nothing_that_is_hidden_is_in_anything_that_outsiders_get(world, visit, secret, viewer):
    browser = visit(None if viewer == "a guest" else getattr(world, viewer))
    found = 0
    for address in surfaces(secret):
        answer = browser.get(address)
        text = answer.text.replace("%E3%81%B2%E3%81%BF%E3%81%A4", "")
        if "q=ひみつ" in address:
            # the page says again what was searched for; it must not say more
            text = text.replace("ひみつ", "")
        assert [needle for needle in NEEDLES if needle in text] == [], address
        assert not [value for name, value in answer.headers.items() if any(needle in value for needle in NEEDLES)]
        found += secret in answer.text
    assert found >= 10  # it was really looked at


@pytest.mark.parametrize("viewer", ["aki", "ben", "emi"])
def test_residents_staff_and_its_poster_see_the_whole_of_it(world, visit, secret, viewer):
    seen = visit(getattr(world, viewer)).get(f"{API}/flyers/{secret}").json()
    assert {name: seen[name] for name in SECRETS} == SECRETS
    assert seen["face"] == "resident"
    assert seen["hidden_outside"] == list(SECRETS)


def test_the_outside_face_says_that_it_is_one_and_not_what_it_lacks(world, visit, secret):
    seen = visit(world.chie).get(f"{API}/flyers/{secret}").json()
    assert {name: seen[name] for name in SECRETS} == dict.fromkeys(SECRETS, "")
    assert seen["face"] == "outside"
    assert "hidden_outside" not in seen
    assert seen["title"] == "みんなの市"


def test_a_search_finds_hidden_words_for_residents_only_and_only_on_their_own_map(world, visit, secret):
    aki, chie = visit(world.aki), visit(world.chie)
    assert titles(aki, q="どんぐり") == ["みんなの市"]
    assert titles(aki, "hitoyoshi-kuma", q="どんぐり") == []
    assert titles(chie, q="どんぐり") == titles(visit(), q="どんぐり") == []
    assert titles(chie, "hitoyoshi-kuma", q="みんな") == ["みんなの市"]


def test_a_residents_answer_is_never_kept_by_a_cache_for_others(world, visit, secret):
    for address in (f"{API}/maps/hitoyoshi/flyers", f"{API}/maps/hitoyoshi/tiles/{tile_of(17)}", f"{API}/flyers/{secret}"):
        assert visit(world.aki).get(address).headers["cache-control"] == "private, no-store"
    assert visit().get(f"{API}/maps/hitoyoshi/flyers").headers["cache-control"] == "public, no-cache"


def test_hiding_a_field_afterwards_takes_it_from_outside_at_once(world, visit):
    aki, chie = visit(world.aki), visit(world.chie)
    public_id = posted(aki, venue="青井の集会所", outside="true")
    assert titles(chie, "hitoyoshi-kuma", q="青井") == ["秋の市"]
    aki.patch(f"{API}/flyers/{public_id}", json={"hidden_outside": ["venue"]})
    assert titles(chie, "hitoyoshi-kuma", q="青井") == titles(chie, q="青井") == []
    for address in surfaces(public_id):
        assert "青井" not in chie.get(address).text, address
    assert titles(aki, q="青井") == ["秋の市"]


def pictures_of(browser, public_id):
    """The addresses of all its pictures as this browser sees them, in detail, list and tile."""
    seen = browser.get(f"{API}/flyers/{public_id}").json()
    addresses = {one for picture in seen["pictures"] for size in picture["sizes"].values() for one in size.values()}
    for slug in ("hitoyoshi", "hitoyoshi-kuma"):
        cards = browser.get(f"{API}/maps/{slug}/flyers").json()["items"]
        addresses |= {value for card in cards for value in card["thumb"].values()}
        points = browser.get(f"{API}/maps/{slug}/tiles/{tile_of(17)}").json()["features"]
        addresses |= {point["properties"]["thumb"] for point in points}
    return {one for one in addresses if isinstance(one, str) and one.startswith("/p/")}


def test_unticking_takes_the_outside_pictures_away_and_leaves_the_inside_ones(world, visit):
    aki = visit(world.aki)
    public_id = posted(aki, outside="true")
    guest = visit()
    both = pictures_of(guest, public_id)
    assert len(names(both)) == 2  # one for each face
    assert {guest.get(one).status_code for one in both} == {200}
    aki.delete(f"{API}/flyers/{public_id}/outside")
    inside = names(pictures_of(guest, public_id))
    assert len(inside) == 1
    for one in both:
        assert guest.get(one).status_code == (200 if names([one]) == inside else 404)


def names(addresses):
    """The names of the pictures in these addresses."""
    return {one.split("/")[2] for one in addresses}


@pytest.mark.parametrize("way", ["withdrawn", "recalled", "deleted by staff"])
def test_what_is_taken_back_leaves_every_surface_at_once(world, visit, way):
    aki, guest = visit(world.aki), visit()
    public_id = posted(aki, title="消えるべき市", outside="true")
    shown = [one for one in surfaces(public_id) if "消えるべき市" in guest.get(one).text]
    assert len(shown) >= 12
    pictures = pictures_of(guest, public_id)
    if way == "withdrawn":
        aki.delete(f"{API}/flyers/{public_id}")
    else:
        wish = {"decision": "recall" if way == "recalled" else "delete", "reason": "終わりました"}
        visit(world.ben).post(f"{API}/desk/flyers/{public_id}/decision", json=wish)
    for browser in (guest, visit(world.chie)):
        for address in surfaces(public_id):
            assert "消えるべき市" not in browser.get(address).text, address
        assert {browser.get(one).status_code for one in pictures} == {404}
    assert guest.get(f"{API}/maps/hitoyoshi").json()["counts"] == {"up": 0}


def test_a_list_that_somebody_has_in_hand_is_told_that_it_is_old(world, visit):
    aki, guest = visit(world.aki), visit()
    public_id = posted(aki)
    for address in (f"{API}/maps/hitoyoshi/flyers", f"{API}/maps/hitoyoshi/tiles/{tile_of(12)}", f"{API}/maps/hitoyoshi"):
        old = guest.get(address)
        assert guest.get(address, headers={"If-None-Match": old.headers["etag"]}).status_code == 304
        aki.patch(f"{API}/flyers/{public_id}", json={"title": f"市 {len(address)}"})
        aki.put(f"{API}/flyers/{public_id}/outside")
        again = guest.get(address, headers={"If-None-Match": old.headers["etag"]})
        assert again.status_code == 200


def test_a_neighbouring_towns_resident_sees_the_outside_face(world, visit):
    with db.transaction(write=True) as tx:
        gin = factories.person(tx, "Gin", residence=NISHIKI)
        row = factories.flyer(tx, world.aki, outside=True, hidden=("phone",), phone="0966-99-8877")
        public_id = row.public_id
    assert visit(gin).get(f"{API}/flyers/{public_id}").json()["phone"] == ""


def test_a_flyer_of_the_town_only_shows_strangers_its_outside_face_too(world, visit):
    with db.transaction(write=True) as tx:
        public_id = factories.flyer(tx, world.aki, hidden=("phone",), phone="0966-99-8877").public_id
    assert visit().get(f"{API}/flyers/{public_id}").json()["phone"] == ""
    assert visit(world.aki).get(f"{API}/flyers/{public_id}").json()["phone"] == "0966-99-8877"
