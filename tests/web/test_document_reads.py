"""What a public document costs the database, and what it gets for it."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from sqlalchemy import event

from tamemap import db, door
from tamemap.domain.asking import Wanted
from tamemap.errors import NotFound
from tamemap.queries.flyers import flyers_of_map
from tamemap.queries.introductions import introductions
from tamemap.queries.maps import maps, outlines
from tamemap.queries.surroundings import around_flyer, around_map
from tamemap.services import boards
from tests import factories
from tests.web.pages import read


@contextmanager
def reads():
    """The statements that the database is asked meanwhile, without BEGIN."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith("BEGIN"):
            asked.append(statement)

    event.listen(db.engine(), "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(db.engine(), "before_cursor_execute", note)


@pytest.fixture
def busy(world):
    """A flyer of which everything is known, talked about on both maps; its public id."""
    with db.transaction(write=True) as tx:
        flyer = factories.flyer(tx, world.aki, outside=True, pictures=3, starts_at="2026-11-23").public_id
        for number in range(3):
            factories.flyer(tx, world.aki, title=f"市{number}", outside=True)
            factories.topic(tx, world.aki, title=f"話{number}")
    return flyer


def test_a_flyers_page_costs_a_guest_two_reads(world, visit, busy):
    with reads() as asked:
        page = read(visit().get(f"/f/{busy}"))
    assert len(asked) == 2, asked
    assert len(page.all("figure")) == 3
    assert page.one("svg", class_="tm-minimap")


def test_a_map_costs_one_read_beside_its_flyers(world, visit, busy):
    for slug in ("hitoyoshi", "hitoyoshi-kuma"):
        visit().get(f"/m/{slug}")
        with reads() as own:
            door.call(flyers_of_map, door.GUEST, slug=slug, wanted=Wanted(limit=20))
        with reads() as asked:
            assert visit().get(f"/m/{slug}").status_code == 200
        assert len(asked) == len(own) + 1 == 2, asked


def test_what_boards_and_topics_cost_a_guest_does_not_grow(world, visit, busy):
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, world.aki, title="話").public_id
    for address, most in (("/b/hitoyoshi-hiroba", 7), (f"/b/hitoyoshi-hiroba/{topic}", 10)):
        with reads() as asked:
            assert visit().get(address).status_code == 200
        assert len(asked) <= most, asked


@pytest.mark.parametrize("slug", ["hitoyoshi", "hitoyoshi-kuma", "kashima", "rokko"])
def test_one_read_tells_the_same_as_many(world, tx, slug):
    for number in range(3):
        place = {"lat": "32.2171", "lng": "130.7401", "place_name": "駅前"}
        said = {"title": f"散歩道{number}", "body": "**どうぞ**"}
        boards.open_topic(tx, world.aki, board="hitoyoshi-hiroba", kind="introduction", **said, **place)
    around, introduced = around_map(tx, world.dai, slug=slug)
    assert around.all_maps == maps(tx, world.dai)
    assert around.here == next(one for one in around.all_maps if one.slug == slug)
    assert around.outlines == outlines(tx, world.dai, slug=slug)
    assert introduced == introductions(tx, world.dai, slug=slug)
    assert [one.title for one in introduced] == (["散歩道2", "散歩道1", "散歩道0"] if slug == "hitoyoshi" else [])


def test_around_nothing_there_is_nothing(world, tx):
    for reading in (lambda: around_map(tx, world.dai, slug="nowhere"), lambda: around_map(tx, world.dai, slug="x' OR 1=1")):
        with pytest.raises(NotFound):
            reading()
    around, talks = around_flyer(tx, world.dai, slug="hitoyoshi", public_id="nothing")
    assert (around.here.slug, talks) == ("hitoyoshi", ())
