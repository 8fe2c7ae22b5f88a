"""Is it alive, is it ready, how is it: for who runs it, and nothing about anybody."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tamemap import clock, config, db
from tamemap.domain.actors import SYSTEM
from tamemap.services import housekeeping
from tamemap.web import health
from tests import factories
from tests.factories import HOUR
from tests.web.browsers import app


def beat():
    with db.transaction(write=True) as tx:
        housekeeping.beat(tx, SYSTEM, name="worker")


def monitor(address="127.0.0.1", **headers):
    """A monitoring program at this address."""
    return TestClient(app(), client=(address, 50000), headers=headers)


def figures(client):
    """The samples of /metrics by name and labels."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(one.name, *sorted(one.labels.items())): one.value for family in families for one in family.samples}


def test_it_is_alive_as_long_as_it_answers(world, visit, monkeypatch):
    assert visit().get("/healthz").json() == {"alive": True}
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", "sqlite:////proc/nowhere/t.db")
    config.settings.cache_clear()
    assert visit().get("/healthz").status_code == 200


def test_a_worker_that_is_silent_for_three_minutes_or_never_spoke_is_missed(world, visit):
    assert visit().get("/readyz").json()["parts"]["worker"] == "silent"
    beat()
    with clock.frozen_at(clock.now() + HOUR / 20):
        answer = visit().get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["worker"]) == (503, "silent")


def test_a_store_that_cannot_be_written_to_is_said(world, visit, monkeypatch, tmp_path):
    beat()
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("TAMEMAP_STORAGE_URL", f"file://{tmp_path}/file")
    config.settings.cache_clear()
    answer = visit().get("/readyz")
    assert (answer.status_code, answer.json()["parts"]["storage"]) == (503, "failing")


def test_a_database_that_does_not_answer_is_said(world, visit, monkeypatch):
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=1")
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "")
    config.settings.cache_clear()
    answer = visit().get("/readyz")
    parts = {"storage": "ok", "disk": "ok", "serving": "ok", "database": "failing", "tables": "unknown", "worker": "unknown"}
    assert (answer.status_code, answer.json()["parts"]) == (503, parts)


def test_the_figures_say_what_stands_and_what_waits(world):
    beat()
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.aki, outside=True)
        factories.flyer(tx, world.dai, outside=True)  # held
    found = figures(monitor())
    assert found["tamemap_flyers_up",] == 1
    assert found["tamemap_outbox_waiting",] == 1  # Ben is told of the held one by mail
    assert found["tamemap_outbox_dead",] == 0
    assert found["tamemap_worker_age_seconds",] == 0


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "::1", "::ffff:10.0.0.1", "fd00::1"])
def test_a_neighbour_sees_the_figures(world, address):
    assert monitor(address).get("/metrics").status_code == 200


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860::8888", "::ffff:8.8.8.8", "testclient", ""])
def test_nobody_else_does(world, address):
    assert monitor(address).get("/metrics").status_code == 404


def test_whoever_shows_the_token_sees_the_figures_and_then_nobody_else(world, monkeypatch):
    monkeypatch.setenv("TAMEMAP_METRICS_TOKEN", "only-for-prometheus")
    config.settings.cache_clear()
    assert monitor("8.8.8.8", Authorization="Bearer only-for-prometheus").get("/metrics").status_code == 200
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer wrong"}):
        assert monitor("127.0.0.1", **headers).get("/metrics").status_code == 404


def test_jobs_are_told_by_kind_and_warm_tiles_are_counted(world):
    with db.transaction(write=True) as tx:
        factories.flyer(tx, world.dai, outside=True)  # held: Ben is told by mail
    before = figures(monitor())
    assert before["tamemap_jobs", ("kind", "mail"), ("state", "waiting")] == 1
    for _ in range(2):
        monitor().get("/api/v1/maps/hitoyoshi/tiles/10/883/412")
    after = figures(monitor())
    warm = ("tamemap_map_reads_total", ("how", "warm"))
    assert after[warm] > before.get(warm, 0)
    assert any(name[0] == "tamemap_memory_bytes" and value > 10_000_000 for name, value in after.items())


def test_a_proxy_that_nobody_told_us_of_is_no_neighbour(world, monkeypatch):
    behind = monitor("10.0.0.1", **{"x-forwarded-for": "8.8.8.8"})
    assert behind.get("/metrics").status_code == 404
    monkeypatch.setenv("TAMEMAP_TRUSTED_PROXIES", "1")
    config.settings.cache_clear()
    assert behind.get("/metrics").status_code == 404
    assert monitor("10.0.0.1", **{"x-forwarded-for": "8.8.8.8, 10.0.0.7"}).get("/metrics").status_code == 200


async def _hello(request):
    return PlainTextResponse("hello")


async def _broken(request):
    raise ValueError("nobody foresaw this")


async def _refused(request):
    raise HTTPException(418)


def test_requests_are_counted_by_route_and_never_by_what_was_asked_for(world):
    measured = Starlette(
        routes=[Route("/greet/{name}", _hello), Route("/broken", _broken), Route("/refused", _refused)],
        middleware=[Middleware(health.Measured)],
    )
    before = figures(monitor())
    visitor = TestClient(measured, raise_server_exceptions=False)
    for path in ("/greet/aki", "/greet/chie", "/broken", "/refused", "/secret-address"):
        visitor.get(path)
    visitor.request("BREW", "/greet/aki")
    after = figures(monitor())

    def more(method, route, status):
        key = ("tamemap_requests_total", ("method", method), ("route", route), ("status", status))
        return after.get(key, 0) - before.get(key, 0)

    assert more("GET", "/greet/{name}", "200") == 2
    assert more("GET", "/broken", "500") == 1
    assert more("GET", "/refused", "418") == 1
    assert more("GET", "elsewhere", "404") == 1
    assert more("other", "/greet/{name}", "405") == 1
    text = monitor().get("/metrics").text
    assert "tamemap_request_seconds_bucket" in text
    assert not [word for word in ("aki", "chie", "secret-address", "BREW") if word in text]


def test_the_figures_of_several_processes_are_one_sum(tmp_path):
    count = """
import os
from prometheus_client import Counter
from tamemap.web import processes
Counter("tamemap_said", "", registry=processes.registry).inc(2)
processes.POOL.labels("used").set(3)
said = processes.published().decode()
print([line for line in said.splitlines() if line.startswith(("tamemap_said_total", "tamemap_database_connections"))])
"""
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "TAMEMAP_DATA_DIR": str(tmp_path)}
    run = [
        subprocess.run([sys.executable, "-c", count], env=environment, capture_output=True, text=True, check=True).stdout
        for _ in "ab"
    ]
    # what the first has counted stays, what it had in hand has gone with it
    assert "tamemap_said_total 2.0" in run[0]
    assert "tamemap_said_total 4.0" in run[1]
    assert [line.count('state="used"} 3.0') for line in run] == [1, 1]
