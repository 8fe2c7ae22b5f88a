"""Migration 0010 on the database of a town in use: answers that were given are still given, and uploads find their place."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from tests.migrations.test_people import migrated

ANSWERED = (
    "INSERT INTO idempotent_answer (id, key_hash, body_hash, status, answer, created_at) VALUES (1, 'k', 'b', 201, '{}', :then)",
)


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def answered(request, tmp_path):
    """A town's database as it was when a request had been answered; then migration 0010."""
    with migrated(request.param, tmp_path, "0006", ANSWERED) as connection:
        yield connection


def test_an_answer_that_was_given_is_kept_for_as_long_as_was_promised(answered):
    assert answered.execute(text("SELECT key_hash, body_hash, kept_until FROM idempotent_answer")).all() == [("k", "b", None)]
    assert answered.execute(text("SELECT count(*) FROM upload")).scalar() == 0
