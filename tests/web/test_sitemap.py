"""The sitemap: an index, a file of pages, and files of flyers, in which nothing stands that has left; what robots may read."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from sqlmodel import select

from tamemap import clock, config, db
from tamemap.domain.actors import SYSTEM
from tamemap.domain.placements import UP
from tamemap.models import Flyer, Placement
from tamemap.queries import maps, sitemap
from tamemap.queries.crowded import crowded_maps
from tamemap.queries.flyers import cards_query
from tamemap.services import decisions, flyers
from tests import factories
from tests.factories import DAY
from tests.web.counting import reads

SITES = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HERE = "http://localhost:8000"


@pytest.fixture(autouse=True)
def forgotten():
    """Nothing is remembered of another test's flyers."""
    sitemap._indexes.clear()


def listed(browser, path: str) -> dict[str, str | None]:
    """What a file of the sitemap names, with its last change."""
    answer = browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml")
    tree = ElementTree.fromstring(answer.content)  # noqa: S314  our own answer
    return {node.findtext(f"{SITES}loc").removeprefix(HERE): node.findtext(f"{SITES}lastmod") for node in tree}


def put_up(actor, **fields) -> str:
    """A flyer of this person's; its public id."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, actor, **fields).public_id


def take_back(actor, flyer: str, decision: str) -> None:
    """Recall it, or delete it."""
    with db.transaction(write=True) as tx:
        decisions.decide(tx, actor, public_id=flyer, placement="all", decision=decision, reason="中止です")


def test_the_index_leads_to_the_pages_and_to_each_flyer_that_stands(world, visit):
    up, held = put_up(world.aki, starts_at="2026-11-23"), put_up(world.dai, title="確認待ち")
    index = listed(visit(), "/sitemap.xml")
    assert index == {"/sitemap/pages.xml": None, "/sitemap/flyers-0.xml": "2026-11-22T12:00:00+09:00"}
    assert listed(visit(), "/sitemap/flyers-0.xml") == {f"/f/{up}": "2026-11-22T12:00:00+09:00"}
    assert held not in visit().get("/sitemap/flyers-0.xml").text
    pages = set(listed(visit(), "/sitemap/pages.xml"))
    assert {"/about", "/m/hitoyoshi", "/m/hitoyoshi-kuma", "/m/kashima", "/b/hitoyoshi-hiroba"} <= pages


def test_a_change_is_seen_in_the_file_and_in_the_index(world, visit):
    up = put_up(world.aki, title="秋の市")
    listed(visit(), "/sitemap.xml")
    later = clock.now() + DAY / 24
    with clock.frozen_at(later), db.transaction(write=True) as tx:
        flyers.change(tx, world.aki, public_id=up, raw={"title": "冬の市"})
    for path, name in (("/sitemap.xml", "/sitemap/flyers-0.xml"), ("/sitemap/flyers-0.xml", f"/f/{up}")):
        # what the index says may be ten minutes old
        with clock.frozen_at(later + timedelta(minutes=sitemap.MINUTES)):
            assert listed(visit(), path)[name] == "2026-11-22T13:00:00+09:00"


@pytest.mark.parametrize("decision", ["recall", "delete"])
def test_what_is_taken_back_leaves_at_once(world, visit, decision):
    gone, stays = put_up(world.aki, title="やめ"), put_up(world.aki)
    assert f"/f/{gone}" in listed(visit(), "/sitemap/flyers-0.xml")
    take_back(world.ben, gone, decision)
    assert list(listed(visit(), "/sitemap/flyers-0.xml")) == [f"/f/{stays}"]


@pytest.mark.parametrize("decision", ["recall", "delete"])
def test_a_range_from_which_all_have_left_leaves_the_index(world, visit, decision):
    take_back(world.ben, put_up(world.aki), decision)
    assert list(listed(visit(), "/sitemap.xml")) == ["/sitemap/pages.xml"]


def test_the_index_is_read_from_indexes_alone(world, visit):
    """A million flyers: only what stands is looked through, and each range asks for its last change by one step."""
    with db.transaction(write=False) as tx:
        if not db.is_sqlite(tx):
            pytest.skip("how PostgreSQL reads depends on how many rows there are")
        with reads() as asked:
            sitemap.flyer_ranges(tx, SYSTEM)
        plan = tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[0]}", ("2026-11-22 03:00:00",))
        words = " ".join(row[3] for row in plan)
    assert "COVERING INDEX ix_placement_up_until_flyer_id_map_id (until>?)" in words
    assert "ix_flyer_range_updated_at (<expr>=?)" in words


def test_what_stands_is_counted_from_the_same_index(world, visit):
    """What is over stands in the others, too."""
    with db.transaction(write=False) as tx:
        if not db.is_sqlite(tx):
            pytest.skip("how PostgreSQL reads depends on how many rows there are")
        with reads() as asked:
            maps.maps(tx, SYSTEM, counted=True)
            crowded_maps(tx, SYSTEM, least=1, most=9)
        for statement in asked:
            # the least number of the crowded ones is as good as any moment
            values = ("2026-11-22 03:00:00",) * statement.count("?")
            plan = tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert "COVERING INDEX ix_placement_up_until_flyer_id_map_id (until>?)" in " ".join(row[3] for row in plan)


def test_the_cards_of_a_list_are_found_by_their_numbers_and_not_by_an_index_of_all_that_stands(world, visit):
    put_up(world.aki)
    with db.transaction(write=False) as tx:
        if not db.is_sqlite(tx):
            pytest.skip("how PostgreSQL reads depends on how many rows there are")
        query = cards_query().where(Placement.id.in_(range(1, 21)), Placement.state == UP)
        made = query.compile(tx.connection(), compile_kwargs={"literal_binds": True})
        words = [row[3] for row in tx.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {made}")]
    assert words[0] == "SEARCH placement USING INTEGER PRIMARY KEY (rowid=?)"


def test_what_is_over_is_not_named(world, visit):
    put_up(world.aki, starts_at="2026-11-23")
    with clock.frozen_at(clock.now() + 2 * DAY):
        assert listed(visit(), "/sitemap/flyers-0.xml") == {}
        assert list(listed(visit(), "/sitemap.xml")) == ["/sitemap/pages.xml"]


def test_each_range_of_flyers_is_a_file_of_its_own(world, visit, monkeypatch):
    monkeypatch.setattr(sitemap, "RANGE", 2)
    named = [put_up(world.aki, title=f"市{number}") for number in range(5)]
    with db.transaction(write=False) as tx:
        numbers = {f"/f/{row.public_id}": row.id // 2 for row in tx.exec(select(Flyer)).all()}
    files = {number: list(listed(visit(), f"/sitemap/flyers-{number}.xml")) for number in sorted(set(numbers.values()))}
    assert list(listed(visit(), "/sitemap.xml"))[1:] == [f"/sitemap/flyers-{number}.xml" for number in files]
    assert [path for paths in files.values() for path in paths] == [f"/f/{public_id}" for public_id in named]
    assert {path: number for number, paths in files.items() for path in paths} == numbers


@pytest.mark.parametrize("number", [7, 50_000])
def test_a_range_without_flyers_is_empty(world, visit, number):
    assert listed(visit(), f"/sitemap/flyers-{number}.xml") == {}


def test_numbers_beyond_all_flyers_are_unknown(world, visit):
    for number in (50_001, 10**30):
        assert visit().get(f"/sitemap/flyers-{number}.xml").status_code == 404


def test_robots_stay_away_from_what_belongs_to_a_person(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_BASE_URL", "https://tamemap.example.lg.jp")
    config.settings.cache_clear()
    answer = visit().get("/robots.txt")
    lines = answer.text.splitlines()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert {"Disallow: /desk", "Disallow: /me$", "Disallow: /me/", "Disallow: /api/v1/flyers", "Disallow: /search"} <= set(lines)
    assert not {"Disallow: /", "Disallow: /m/", "Disallow: /f/", "Disallow: /b/"} & set(lines)
    assert lines[-1] == "Sitemap: https://tamemap.example.lg.jp/sitemap.xml"
