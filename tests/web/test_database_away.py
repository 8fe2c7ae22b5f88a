"""While the database is away people are told so in their language, with when to come again; then all goes on."""

from __future__ import annotations

import json
import logging
import re

import pytest
from psycopg.errors import DeadlockDetected
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from tamemap import config, db, door, logs
from tamemap.errors import Unavailable
from tamemap.i18n import t
from tamemap.web import draining
from tests.web.browsers import API, browser, form, photo, problem


@pytest.fixture
def aki(world):
    """Aki's browser."""
    return browser(world.aki)


@pytest.fixture
def away(aki, monkeypatch):
    """The database is away until ``away()``."""
    before = config.settings().database_url
    monkeypatch.setenv("TAMEMAP_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    config.settings.cache_clear()

    def back() -> None:
        monkeypatch.setenv("TAMEMAP_DATABASE_URL", before)
        config.settings.cache_clear()

    return back


def test_a_post_is_refused_with_when_to_come_again_and_goes_through_then(aki, away):
    key = {"Idempotency-Key": "0a7d9c3e-5b1f-4c2d-8e6a-1f2b3c4d5e6f"}
    refused = aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key)
    said = problem(refused, 503, "database_away")
    assert said["detail"] == t("errors.database_away", "ja")
    assert refused.headers["retry-after"] == "5"
    english = aki.get(f"{API}/maps/hitoyoshi/flyers", headers={"Accept-Language": "en"})
    assert problem(english, 503, "database_away")["detail"] == t("errors.database_away", "en")
    away()
    assert aki.post(f"{API}/flyers", data=form(), files=photo(), headers=key).status_code == 201


@pytest.mark.parametrize("path", ["/m/hitoyoshi", "/f/nothing", "/b/hitoyoshi-machi", "/search?q=祭"])
def test_pages_say_so_kindly_without_asking_the_database(away, path):
    answer = browser().get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert t("errors.database_away", "ja") in answer.text
    assert answer.headers["cache-control"] == "private, no-store"


def test_what_the_database_ended_between_two_writers_is_done_again_once(world):
    tries = []

    def crossing(tx, actor, *, times):
        tries.append(actor.is_guest)
        if len(tries) <= times:
            raise OperationalError("UPDATE …", {}, DeadlockDetected("deadlock detected"))
        return "done"

    assert (door.call(crossing, door.GUEST, times=1), tries) == ("done", [True, True])
    tries.clear()
    with pytest.raises(Unavailable) as refused:
        door.call(crossing, door.GUEST, times=2)
    assert (refused.value.code, len(tries)) == ("database_away", 2)


def test_what_was_asked_and_written_is_not_in_the_log(world, caplog):
    with pytest.raises(Exception) as failed, db.transaction(write=False) as tx:
        tx.connection().execute(text("SELECT nothing FROM nowhere WHERE mail = :mail"), {"mail": "aki@example.jp"})
    assert "aki@example.jp" not in str(failed.value)
    error = ValueError("aki@example.jp wrote this")
    record = logging.LogRecord("tamemap", logging.ERROR, "", 0, "it failed", (), (ValueError, error, None))
    line = logs.Json().format(record)
    assert "example.jp" not in line + logs.Text("%(message)s").format(record)
    assert "ValueError" in json.loads(line)["error"]


def test_a_request_has_one_number_everywhere(world, visit, caplog):
    with caplog.at_level(logging.INFO, logger="tamemap.request"):
        answer = visit().get(f"{API}/flyers/nowhere", headers={"X-Request-Id": "abcdef0123456789"})
    assert answer.headers["x-request-id"] == answer.json()["request_id"] == "abcdef0123456789"
    record = next(one for one in caplog.records if one.name == "tamemap.request")
    assert (record.status, record.route, record.method) == (404, "/api/v1/flyers/{id}", "GET")
    assert "nowhere" not in json.dumps(vars(record), default=str)


def test_what_watchers_ask_every_second_is_no_line_of_the_log_while_all_is_well(world, visit, caplog, monkeypatch):
    with caplog.at_level(logging.INFO, logger="tamemap.request"):
        assert visit().get("/readyz?part=serving").status_code == 200
        assert visit().get("/healthz").status_code == 200
        assert [one for one in caplog.records if one.name == "tamemap.request"] == []
        monkeypatch.setattr(draining, "is_leaving", lambda: True)
        assert visit().get("/readyz?part=serving").status_code == 503
    (record,) = (one for one in caplog.records if one.name == "tamemap.request")
    assert (record.status, record.route) == (503, "/readyz")


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space 12345", "名前名前名前名前"])
def test_a_number_that_is_none_is_replaced(visit, given):
    answer = visit().get("/healthz", headers={"X-Request-Id": given.encode()})
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])


def test_slow_statements_are_told_without_their_values(world, monkeypatch, caplog):
    monkeypatch.setenv("TAMEMAP_SLOW_QUERY_MS", "1")
    config.settings.cache_clear()
    made = db.make_engine(config.settings().database)
    # something in between takes its time
    event.listen(made, "before_cursor_execute", lambda *it: setattr(it[4], "tamemap_begun", it[4].tamemap_begun - 5))
    with caplog.at_level(logging.WARNING), made.connect() as connection:
        connection.execute(text("SELECT name FROM person WHERE mail = :mail"), {"mail": "aki@example.jp"})
    made.dispose()
    told = [one.getMessage() for one in caplog.records if one.name == "tamemap.slow"]
    assert len(told) >= 1
    assert "FROM person" in told[-1]
    assert "example.jp" not in "".join(told)
