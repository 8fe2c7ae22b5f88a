"""Searching by the name of a place: what lies there is found, on a map now and in days gone by, in tiles and in the search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import select

from tamemap import clock, db
from tamemap.domain.actors import Actor
from tamemap.domain.asking import read_wanted
from tamemap.domain.bigrams import MARK
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.models import Flyer, Municipality, Place
from tamemap.queries.flyers import flyers_of_map
from tamemap.queries.search import search
from tamemap.queries.tiles import tile
from tamemap.services import flyers, outbox, search_index
from tests import factories
from tests.factories import HITOYOSHI, NISHIKI, OFFICES

REGION = "hitoyoshi-kuma"
LAT, LNG = OFFICES[HITOYOSHI]
EAST = OFFICES[NISHIKI]


@pytest.fixture
def town(world):
    """人吉市 with two 町字 a kilometre apart, 錦町 with one; a market in each, and one of another name beside the first."""
    with db.transaction(write=True) as tx:
        tx.get(Municipality, HITOYOSHI).kana = "ひとよしし"
        for code, name, kana, at in (
            (HITOYOSHI, "九日町", "ここのかまち", (LAT, LNG)),
            (HITOYOSHI, "大字願成寺", "", (LAT + 0.01, LNG)),
            (NISHIKI, "大字一武", "", EAST),
            (NISHIKI, "森", "", (EAST[0], EAST[1] + 0.01)),
        ):
            tx.add(Place(municipality_code=code, kind="town", name=name, kana=kana, folded="", lat=at[0], lng=at[1]))
        for title, at in (
            ("朝の市", (LAT + 0.001, LNG)),
            ("古本の会", (LAT + 0.002, LNG)),
            ("夜の市", (LAT + 0.009, LNG)),
            ("錦の市", EAST),
        ):
            kind = "market" if "市" in title else "culture"
            factories.flyer(tx, world.aki, title=title, at=at, outside=True, starts_at="2026-11-23", category=kind)
    return world


def listed(q, slug=REGION, **asked):
    with db.transaction(write=False) as tx:
        return sorted(card.title for card in flyers_of_map(tx, Actor(), slug=slug, wanted=read_wanted({"q": q, **asked})).items)


def in_the_search(q, **asked):
    with db.transaction(write=False) as tx:
        return sorted(item.title.text for item in search(tx, Actor(), q=q, **asked).items)


HITOYOSHIS = ["古本の会", "夜の市", "朝の市"]
WORDS = [
    ("人吉市", HITOYOSHIS),
    ("人吉", HITOYOSHIS),
    ("ヒトヨシ", HITOYOSHIS),
    ("熊本県人吉市", HITOYOSHIS),
    ("熊本県 人吉市 市", ["夜の市", "朝の市"]),
    ("九日町", ["古本の会", "朝の市"]),
    ("ｺｺﾉｶﾏﾁ", ["古本の会", "朝の市"]),
    ("人吉市九日町", ["古本の会", "朝の市"]),
    ("九日町 市", ["朝の市"]),
    ("願成寺", ["夜の市"]),
    ("人吉市大字願成寺", ["夜の市"]),
    ("一武", ["錦の市"]),
    ("錦町 一武", ["錦の市"]),
    ("九日町 一武", []),
    ("吉市", []),
    ("森", []),
    ("日町", []),
    ("水俣市", []),
]


@pytest.mark.parametrize(("q", "found"), WORDS)
def test_what_lies_there_is_found_in_lists_tiles_and_the_search(town, q, found):
    assert listed(q) == found
    assert in_the_search(q) == in_the_search(q, map_slug=REGION) == found
    with db.transaction(write=False) as tx:
        seen = tile(tx, Actor(), slug=REGION, z=5, x=27, y=12, wanted=read_wanted({"q": q}))
    assert len(seen.points) + sum(one.count for one in seen.clusters) == len(found)
    with clock.frozen_at(clock.now() + timedelta(days=30)):
        assert listed(q, past="1") == found


def test_on_a_towns_own_map_its_name_is_all_of_it_and_its_neighbours_is_nothing(town):
    assert listed("人吉市", "hitoyoshi") == HITOYOSHIS
    assert listed("錦町", "hitoyoshi") == []
    assert listed("九日町", "hitoyoshi") == ["古本の会", "朝の市"]
    assert in_the_search("錦町", map_slug="hitoyoshi") == []


def test_what_is_written_in_a_flyer_is_found_as_before_beside_what_lies_there(town):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, town.aki, title="錦の祭り", at=EAST, outside=True, starts_at="2026-11-23", body="人吉市からバスで")
    assert listed("人吉市") == in_the_search("人吉市") == sorted([*HITOYOSHIS, "錦の祭り"])


def test_a_flyer_that_moves_is_found_where_it_is_now(town):
    with db.transaction(write=True) as tx:
        row = tx.exec(select(Flyer).where(Flyer.title == "朝の市")).one()
        flyers.change(tx, town.aki, public_id=row.public_id, raw={"lat": str(LAT + 0.0095), "lng": str(LNG)})
    assert listed("九日町") == in_the_search("九日町") == ["古本の会"]
    assert listed("願成寺") == in_the_search("願成寺") == ["夜の市", "朝の市"]


def test_a_new_name_is_known_within_a_minute(town):
    assert listed("駒井田町") == []
    with db.transaction(write=True) as tx:
        tx.add(Place(municipality_code=HITOYOSHI, kind="town", name="駒井田町", folded="", lat=LAT + 0.003, lng=LNG))
    with clock.frozen_at(clock.now() + timedelta(seconds=61)):
        assert listed("駒井田町") == ["古本の会"]


def test_flyers_of_before_are_found_once_the_worker_has_been_at_them(town, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(search_index, "_place_marks", lambda _db, _row: [])
        search_index.rebuild()
    assert in_the_search("九日町") == []
    monkeypatch.setattr(search_index, "STEP", 3)
    with db.transaction(write=True) as tx:
        outbox.put(tx, "search", {"after": 0})
    assert drain({"search": HANDLERS["search"]}) == 2
    assert in_the_search("九日町") == ["古本の会", "朝の市"]
    assert in_the_search("本の会") == ["古本の会"]


@pytest.mark.parametrize("q", [f"{MARK}p人吉市", "p人吉市", '"', "大字", "' OR 1=1"])
def test_no_word_speaks_the_indexs_own_language(town, q):
    assert in_the_search(q) == listed(q) == []
