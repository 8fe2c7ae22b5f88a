"""A process that has read its maps ahead answers their first readers out of memory."""

from __future__ import annotations

import asyncio
import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import pytest
from sqlalchemy import event

from tamemap import clock, db
from tamemap.domain.actors import Actor
from tamemap.domain.cells import tile_of
from tamemap.errors import Unavailable
from tamemap.queries import pinned
from tamemap.queries.crowded import crowded_maps
from tamemap.services import decisions
from tamemap.web import ahead
from tests import factories
from tests.factories import DAY
from tests.web.browsers import API, LAT, LNG

TILES = f"{API}/maps/hitoyoshi-kuma/tiles"


@contextmanager
def asked():
    """What the database is asked meanwhile, but for versions."""
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        found.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def fair(world, visit):
    """Three of Aki's flyers outside, one only at home; a process that has begun just now."""
    with db.transaction(write=True) as tx:
        made = [factories.flyer(tx, world.aki, title=f"市 {at}", outside=at < 3, starts_at="2026-11-28") for at in range(4)]
    pinned.forget()
    return [one.public_id for one in made]


@pytest.fixture
def small(monkeypatch):
    """Here two flyers are a crowd."""
    monkeypatch.setattr(ahead, "LEAST", 2)


def begin():
    """As the server's own loop does it at a process's start; this thread's loop may be a browser's."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, asyncio.run, ahead.read_ahead()).result()


def test_the_first_reader_of_a_map_read_ahead_asks_the_database_for_nothing(fair, visit, small):
    begin()
    guest = visit()
    with asked() as statements:
        answers = [guest.get(f"{TILES}/{rest}") for rest in ("0/0/0", "0/0/0?category=event", "0/0/0?when=2026-11-28")]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert statements == []
    assert answers[0].json()["features"][0]["properties"]["count"] == 3


def test_what_is_out_of_memory_is_what_the_routes_answer(fair, visit, small):
    begin()
    guest = visit()
    tiles = [f"{TILES}/{z}/{'/'.join(map(str, tile_of(LAT, LNG, z)))}" for z in (0, 14, 17, 20)]
    by_memory = [guest.get(tile).json() for tile in tiles]
    # parts of an answer are for the routes
    assert [guest.get(tile, headers={"Range": "bytes=0-"}).json() for tile in tiles] == by_memory
    assert [one["properties"]["title"] for one in by_memory[-1]["features"]] == ["市 2", "市 1", "市 0"]
    assert all(one["properties"]["thumb"].endswith("/320.jpeg") for one in by_memory[-1]["features"])


def test_a_recall_after_reading_ahead_is_seen_at_once(world, fair, visit, small):
    begin()
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=fair[0], decision="recall", reason="まちがい")
    assert visit().get(f"{TILES}/0/0/0").json()["features"][0]["properties"]["count"] == 2


def test_words_are_looked_for_once_and_then_at_hand(fair, visit, small):
    begin()
    guest = visit()
    counts = [guest.get(f"{TILES}/0/0/0?q={word}").json()["features"][0]["properties"] for word in ("市", "市 1")]
    assert (counts[0]["count"], counts[1].get("title")) == (3, "市 1")
    with asked() as statements:
        assert len(guest.get(f"{TILES}/17/{'/'.join(map(str, tile_of(LAT, LNG, 17)))}?q=市").json()["features"]) == 3
    assert statements == []


def test_the_fullest_maps_come_first_and_not_more_than_there_is_room_for(fair):
    def found(least, most):
        with db.transaction(write=False) as session:
            return crowded_maps(session, Actor(), least=least, most=most)

    assert found(1, 100) == ("hitoyoshi", "hitoyoshi-kuma")
    assert found(1, 6) == found(4, 100) == ("hitoyoshi",)
    # the fullest of all is read however full it is
    assert found(1, 1) == ("hitoyoshi",)
    assert found(5, 100) == ()
    with clock.frozen_at(clock.now() + 30 * DAY):
        assert found(1, 100) == ()


def test_a_process_begins_though_its_database_does_not_answer(fair, monkeypatch, caplog):
    def away(*_args, **_kwargs):
        raise Unavailable("database_away")

    monkeypatch.setattr(ahead.door, "call", away)
    begin()
    assert [record.message for record in caplog.records] == ["a map could not be read ahead"]


def test_python_keeps_nobody_waiting():
    before = sys.getswitchinterval()
    try:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, ahead.settle()).result()
        assert gc.get_freeze_count() > 1000
        assert sys.getswitchinterval() == pytest.approx(ahead.TURN)
    finally:
        gc.unfreeze()
        sys.setswitchinterval(before)
