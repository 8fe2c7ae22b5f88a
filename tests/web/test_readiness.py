"""Every part says by itself whether it does its work."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tamemap import config, db
from tamemap.domain.actors import SYSTEM
from tamemap.services import housekeeping
from tamemap.web import draining


@pytest.fixture
def awake(world, visit, monkeypatch):
    """An installation whose worker has just given a sign of life; asked for one part, or all."""
    # a process that leaves does not come back: this one does
    monkeypatch.setattr(draining, "_leaving", type(draining._leaving)())
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "")
    config.settings.cache_clear()
    with db.transaction(write=True) as tx:
        housekeeping.beat(tx, SYSTEM, name="worker")

    def ask(part=""):
        answer = visit().get("/readyz", params={"part": part} if part else {})
        return answer.status_code, answer.json()["parts"]

    return ask


def test_all_is_well(awake):
    parts = {"serving": "ok", "storage": "ok", "disk": "ok", "database": "ok", "tables": "ok", "worker": "ok"}
    assert awake() == (200, parts)
    assert awake("disk") == (200, {"disk": "ok"})
    assert awake("nonsense") == (503, {})


@pytest.mark.parametrize(("revision", "said"), [("0001", (503, {"tables": "old"})), ("9999", (200, {"tables": "newer"}))])
def test_old_tables_are_said_and_newer_ones_hinder_nothing(awake, revision, said):
    with db.transaction(write=True) as tx:
        before = tx.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        tx.connection().execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    try:
        assert awake("tables") == said
    finally:
        with db.transaction(write=True) as tx:
            tx.connection().execute(text("UPDATE alembic_version SET version_num = :it"), {"it": before})


def test_a_disk_that_is_nearly_full_is_said(awake, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=400_000_000))
    assert awake("disk") == (503, {"disk": "full"})


def test_redis_that_is_away_is_said(awake, monkeypatch):
    monkeypatch.setenv("TAMEMAP_REDIS_URL", "redis://127.0.0.1:1/0")
    config.settings.cache_clear()
    assert awake("redis") == (503, {"redis": "failing"})


def test_redis_that_answers_is_well(awake, monkeypatch, redis_url):
    monkeypatch.setenv("TAMEMAP_REDIS_URL", redis_url)
    config.settings.cache_clear()
    assert awake("redis") == (200, {"redis": "ok"})


def test_who_leaves_says_so_and_goes_on_answering(awake, visit, monkeypatch):
    ended = []
    monkeypatch.setattr(draining, "hub", lambda: SimpleNamespace(close=lambda: ended.append(True)))
    assert "connection" not in visit().get("/healthz").headers
    draining.leave_soon()
    assert awake("serving") == (503, {"serving": "leaving"})
    assert awake()[0] == 503
    answer = visit().get("/m/hitoyoshi")
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")
    assert ended == [True]
