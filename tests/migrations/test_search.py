"""The search's index after the migration: what was there before is found once the worker has been at it."""

from __future__ import annotations

import json

from sqlalchemy import text

from tamemap import config, db
from tamemap.domain.actors import Actor
from tamemap.jobs.drain import drain
from tamemap.jobs.handlers import HANDLERS
from tamemap.queries.search import search
from tests.migrations.test_people import old

__all__ = ["old"]


def test_what_was_written_before_there_was_a_search_is_found(old, monkeypatch):
    ((kind, payload),) = old.execute(text("SELECT kind, payload FROM outbox")).all()
    assert (kind, payload if isinstance(payload, dict) else json.loads(payload)) == ("search", {})
    old.commit()
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", old.engine.url.render_as_string(hide_password=False))
    config.settings.cache_clear()
    try:
        assert drain({"search": HANDLERS["search"]}) == 1
        with db.transaction(write=False) as session:
            assert [item.kind for item in search(session, Actor(), q="朝市").items] == ["topic"]
            assert [item.kind for item in search(session, Actor(), q="8時").items] == ["post"]
    finally:
        db.dispose()
        config.settings.cache_clear()
