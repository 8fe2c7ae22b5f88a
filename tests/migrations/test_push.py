"""Migration 0008 on a database in which people are told already: nothing of theirs is lost, and nobody is woken by old news."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.migrations.test_people import migrated

TOLD = (
    "UPDATE person SET digest = 'weekly', quiet_from = '' WHERE id = 2",
    "INSERT INTO notice (id, person_id, code, params, url, created_at) VALUES (1, 1, 'flyer_up', '{}', '/f/x', :then)",
)
SUBSCRIBED = """INSERT INTO push_subscription (id, public_id, person_id, signed_in_id, endpoint, p256dh, auth, device, lang,
    created_at, failures, proof_hash) VALUES (:id, :public_id, 1, :session, :endpoint, 'p', 'a', '', 'ja', '2026-11-22', 0, '')"""


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def told(request, tmp_path):
    """A town's database as it was before notices went to devices; then migration 0008."""
    with migrated(request.param, tmp_path, "0006", TOLD) as connection:
        yield connection


def test_what_was_told_stands_and_waits_for_no_device(told):
    assert told.execute(text("SELECT code, url, push_at, pushed_at FROM notice")).all() == [("flyer_up", "/f/x", None, None)]


def test_people_are_told_as_they_wished(told):
    rows = told.execute(text("SELECT digest, quiet_from, digest_day, digest_hour, digest_map_id, told_by, duty_days"
                             " FROM person ORDER BY id"))  # fmt: skip
    assert rows.all() == [("daily", "21:00", None, None, None, "", ""), ("weekly", "", None, None, None, "", "")]


def test_a_device_ends_with_its_session_and_an_address_is_one_browsers(told):
    told.execute(text(SUBSCRIBED), {"id": 1, "public_id": "a" * 12, "session": 1, "endpoint": "https://push.example/1"})
    with pytest.raises(IntegrityError), told.begin_nested():
        told.execute(text(SUBSCRIBED), {"id": 2, "public_id": "b" * 12, "session": 2, "endpoint": "https://push.example/1"})
    told.execute(text("DELETE FROM signed_in WHERE id = 1"))
    assert told.execute(text("SELECT count(*) FROM push_subscription")).scalar() == 0
