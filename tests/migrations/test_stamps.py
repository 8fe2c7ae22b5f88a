"""Migration 0009 on a map with flyers: they stand as they stood, and what is done next is read on from there."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from tests.migrations.test_people import migrated

STANDING = (
    """INSERT INTO placement (id, flyer_id, map_id, state, since, until, reason, cell, lat, lng, category, soon_at)
       VALUES (1, 1, 1, 'up', :then, :then, '', 5, 32.2, 130.7, 'market', :then)""",
)


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def standing(request, tmp_path):
    """A town with a flyer as it was before; then migration 0009."""
    with migrated(request.param, tmp_path, "0008", STANDING) as connection:
        yield connection


def test_flyers_stand_as_they_stood_and_are_older_than_every_version(standing):
    found = standing.execute(
        text("SELECT placement.id, state, stamp FROM placement JOIN map ON map.id = map_id WHERE stamp < version")
    )
    assert found.all() == [(1, "up", 0)]
