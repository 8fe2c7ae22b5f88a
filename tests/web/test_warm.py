"""Tiles and lists out of memory: quick, packed, revalidated; and what has left shows nowhere, in no process."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tamemap import clock, db
from tamemap.queries.versions import watch
from tamemap.services import decisions, flyers
from tests import factories
from tests.factories import DAY, HITOYOSHI, HOUR, OFFICES
from tests.web.browsers import API

ROOT = Path(__file__).parents[2]
REGION, TILE = f"{API}/maps/hitoyoshi-kuma/flyers", f"{API}/maps/hitoyoshi-kuma/tiles/0/0/0"
# another worker over the same database: reads titles, or recalls a flyer, as it is told line by line
WORKER = """
import json, sys
from starlette.testclient import TestClient
from tamemap import clock, db
from tamemap.queries.people import actor_of_person
from tamemap.models import Person
from tamemap.services import decisions
from tamemap.web.application import guard, web
from tests.conftest import NOON
guest = TestClient(guard(web()))
for line in sys.stdin:
    deed, what, by = json.loads(line)
    with clock.frozen_at(NOON):
        if deed == "get":
            answer = guest.get(what)
            said = [answer.status_code, answer.text, answer.headers["etag"]]
        else:
            with db.transaction(write=True) as tx:
                ben = actor_of_person(tx, tx.get(Person, by))
                said = decisions.decide(tx, ben, public_id=what, decision=deed, reason="x").public_id
    print(json.dumps(said), flush=True)
"""


@pytest.fixture
def fair(world):
    """Aki's flyer on both maps."""
    with db.transaction(write=True) as tx:
        return factories.flyer(tx, world.aki, title="川辺の朝市", outside=True, starts_at="2026-11-28").public_id


def recall(world, public_id):
    with db.transaction(write=True) as tx:
        decisions.decide(tx, world.ben, public_id=public_id, decision="recall", reason="まちがい")


def test_a_recall_is_seen_at_once_also_by_who_has_an_etag(world, visit, fair):
    guest, kept = visit(), {}
    for address in (REGION, TILE, f"{REGION}?q=朝市", f"{REGION}?near=32.2,130.7", TILE + "?category=market"):
        answer = guest.get(address)
        assert "川辺の朝市" in answer.text
        kept[address] = answer.headers["etag"]
        assert guest.get(address, headers={"If-None-Match": kept[address]}).status_code == 304
    recall(world, fair)
    for address, etag in kept.items():
        answer = guest.get(address, headers={"If-None-Match": etag})
        assert (answer.status_code, "川辺の朝市" in answer.text) == (200, False)


def test_a_recalled_flyer_is_on_no_surface(world, visit, fair):
    guest = visit()
    surfaces = (REGION, TILE, "/m/hitoyoshi-kuma", "/m/hitoyoshi", "/sitemap/flyers-0.xml", f"{API}/search?q=川辺の朝市",
                f"{API}/flyers/{fair}", f"/f/{fair}", f"/f/{fair}.ics")  # fmt: skip
    first = {address: guest.get(address).text for address in surfaces}
    assert [address for address, text in first.items() if fair not in text and "川辺の朝市" not in text] == []
    recall(world, fair)
    again = {address: guest.get(address) for address in surfaces}
    leaks = [address for address, answer in again.items() if "川辺の朝市" in answer.text]
    leaks += [address for address in ("/sitemap/flyers-0.xml", REGION, TILE) if fair in again[address].text]
    assert leaks == []


def test_two_workers_show_the_same_at_once(world, visit, fair):
    guest = visit()
    other = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def told(*line):
        print(json.dumps([*line, world.ben.person_id]), file=other.stdin, flush=True)
        return json.loads(other.stdout.readline())

    try:
        status, text, etag = told("get", TILE)
        assert (status, "川辺の朝市" in text, "川辺の朝市" in guest.get(TILE).text) == (200, True, True)
        # recalled here, gone there; up again there, here again; recalled there, gone here
        recall(world, fair)
        assert "川辺の朝市" not in told("get", TILE)[1]
        told("up", fair)
        answer = guest.get(TILE)
        assert "川辺の朝市" in answer.text
        assert answer.headers["etag"] == told("get", TILE)[2] == etag
        told("recall", fair)
        answer = guest.get(TILE, headers={"If-None-Match": etag})
        assert (answer.status_code, "川辺の朝市" in answer.text) == (200, False)
    finally:
        other.stdin.close()
        other.wait(20)


def test_a_flyer_ends_on_its_minute_though_nobody_does_anything(world, visit):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, title="きょうの市", outside=True, starts_at="2026-11-22T13:00:00+09:00",
                        ends_at="2026-11-22T14:00:00+09:00")  # fmt: skip
    guest = visit()
    first = guest.get(REGION)
    assert first.json()["total"] == 1
    for hours, total in ((1.9, 1), (2.1, 0), (0, 1)):
        with clock.frozen_at(clock.now() + hours * HOUR):
            assert guest.get(REGION, headers={"If-None-Match": first.headers["etag"]}).status_code == (200 if not total else 304)
            assert guest.get(REGION).json()["total"] == total


def test_today_is_another_day_after_midnight(world, visit, fair):
    guest = visit()
    assert guest.get(REGION, params={"when": "today"}).json()["total"] == 0
    with clock.frozen_at(clock.now() + 6 * DAY):
        assert guest.get(REGION, params={"when": "today"}).json()["total"] == 1


def test_answers_are_packed_for_who_can_unpack_them(world, visit):
    with db.transaction(write=True) as tx:
        for number in range(6):
            factories.flyer(tx, world.aki, title=f"市 {number}", outside=True)
    guest = visit()
    plain, packed = (guest.get(REGION, headers={"Accept-Encoding": one}) for one in ("identity", "br, gzip"))
    assert ("content-encoding" in plain.headers, packed.headers["content-encoding"]) == (False, "gzip")
    assert plain.content == packed.content and len(gzip.compress(plain.content, 5)) == int(packed.headers["content-length"])
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "content-encoding" not in guest.get(REGION, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_each_reads_in_their_language(world, visit, fair):
    answers = [visit().get(REGION, headers={"Accept-Language": lang}).json() for lang in ("ja", "en")]
    assert answers[0]["items"][0]["date_label"] != answers[1]["items"][0]["date_label"]


def test_who_lives_there_sees_their_own_face_and_nobody_else_does(world, visit):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, title="寄り合い", venue="組の集会所", hidden=("venue",), outside=True)
    address = f"{API}/maps/hitoyoshi/flyers"
    guest, aki = visit(), visit(world.aki)
    for _ in range(2):
        assert guest.get(address).json()["items"][0]["venue"] == ""
        assert aki.get(address).json()["items"][0]["venue"] == "組の集会所"
    assert aki.get(address).headers["cache-control"] == "private, no-store"
    assert guest.get(address, params={"q": "集会所"}).json()["total"] == 0
    assert aki.get(address, params={"q": "集会所"}).json()["total"] == 1
    # of a regional map everybody sees the same
    assert guest.get(REGION).json() == aki.get(REGION).json()
    assert [one.get(REGION, params={"q": "集会所"}).json()["total"] for one in (guest, aki)] == [0, 0]


def test_what_memory_does_not_know_the_routes_answer(world, visit, fair):
    guest = visit()
    assert guest.get(f"{API}/maps/atlantis/flyers").status_code == 404
    assert guest.get(REGION, params={"sort": "best"}).status_code == 422
    assert guest.head(TILE).headers["etag"]
    assert guest.get(TILE, headers={"Authorization": "Bearer wrong"}).status_code == 401
    x = guest.get(f"{API}/maps/hitoyoshi-kuma/tiles/3/9/0")
    assert (x.status_code, x.json()["code"]) == (422, "tile_wrong")


def test_a_lost_connection_costs_nobody_an_answer(world, visit, fair):
    guest = visit()
    guest.get(TILE)
    watch().close()
    assert [guest.get(TILE).status_code for _ in range(3)] == [200, 200, 200]
    recall(world, fair)
    assert "川辺の朝市" not in guest.get(TILE).text


def test_undone_by_its_poster_it_is_back(world, visit, fair):
    guest = visit()
    assert guest.get(REGION).json()["total"] == 1
    with db.transaction(write=True) as tx:
        flyers.delete(tx, world.aki, public_id=fair)
    assert guest.get(REGION).json()["total"] == 0
    with db.transaction(write=True) as tx:
        flyers.restore(tx, world.aki, public_id=fair)
    assert guest.get(REGION).json()["items"][0]["lat"] == OFFICES[HITOYOSHI][0]
