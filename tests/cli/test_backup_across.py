"""A town that began with one file goes on with PostgreSQL: nothing is lost on the way, and everything goes on."""

from __future__ import annotations

import os

import pytest
from sqlmodel import col, select

from tamemap import cli, config, db
from tamemap.cli_across import load_across
from tamemap.config import settings
from tamemap.domain.actors import Actor
from tamemap.models import Flyer, OutboxEntry, Person, Picture, SearchEntry
from tamemap.queries.search import search
from tamemap.services import posts
from tests import factories
from tests.cli.test_backup import everything, lived_in
from tests.conftest import fresh_postgresql

__all__ = ["lived_in"]
# on PostgreSQL where there is one; the way itself is the same into another file
INTO = ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])]


@pytest.mark.parametrize("into", INTO)
def test_all_rows_go_across_under_their_numbers_and_are_found(lived_in, monkeypatch, tmp_path, into):
    if not settings().database.startswith("sqlite"):
        return  # there is no way back: PostgreSQL's own backup is a script of its own
    with db.transaction(write=True) as tx:
        topic = factories.topic(tx, lived_in.aki, title="川の話")
        first = factories.post(tx, lived_in.chie, topic.public_id, body="いいですね")
        posts.write_post(tx, lived_in.aki, topic=topic.public_id, body="そうでしょう", quoted=first.public_id)
    before, folder = everything(), tmp_path / "backup"
    assert cli.main(["backup", str(folder)]) == 0
    elsewhere = tmp_path / "elsewhere" / "tamemap.db"
    url = f"sqlite:///{elsewhere}" if into == "sqlite" else fresh_postgresql(os.environ["TAMEMAP_TEST_POSTGRESQL"], "across")
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", url)
    monkeypatch.setenv("TAMEMAP_DATA_DIR", str(elsewhere.parent))
    config.settings.cache_clear()
    try:
        if into == "sqlite":
            load_across(folder / "database.sqlite")
        else:
            assert cli.main(["restore", str(folder)]) == 0
        after = everything()
        assert {name: rows for name, rows in after.items() if name != "search_entry"} == {
            name: rows for name, rows in before.items() if name != "search_entry"
        }
        assert len(after["search_entry"]) == len(before["search_entry"])
        _it_goes_on()
    finally:
        db.dispose()


def _it_goes_on() -> None:
    with db.transaction(write=False) as tx:
        assert len(search(tx, Actor(), q="控えの市").items) == 1
    # new rows get numbers that nobody has
    with db.transaction(write=True) as tx:
        aki = tx.exec(select(Person).where(Person.name == "Aki")).one()
        for table in (Flyer, Picture, OutboxEntry, SearchEntry):
            last = tx.exec(select(table).order_by(col(table.id).desc())).first()
            assert last is not None
        made = Person(name="Gen", mail="gen@example.jp", created_at=aki.created_at)
        tx.add(made)
        tx.flush()
        assert made.id > aki.id
