"""Migration 0014 on a map with flyers of every length: each stands where the service would put it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select

from tamemap.domain.placements import lasts
from tamemap.models import Placement
from tests.migrations.test_people import migrated
from tests.migrations.test_stamps import STANDING

BEGINS = datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
# a flyer without dates begins at the end of time
DAYS = (-2_000_000, 0, 0.1, 0.99, 1.01, 2.5, 3.9, 5, 31, 33, 100, 400, 16_000, 17_000)


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def test_what_stands_knows_how_long_it_lasts(kind, tmp_path):
    rows = [*STANDING, "DELETE FROM placement"]
    expected = {}
    for number, days in enumerate(DAYS, 1):
        ends = BEGINS + timedelta(days=max(days, 0))
        begins = BEGINS if days >= 0 else datetime(9999, 12, 31, tzinfo=UTC)
        places = "region_id, lat, lng, zoom, west, south, east, north, guests_may_post, hold_guests, version"
        since, until, soon_at = (f"'{one:%Y-%m-%d %H:%M:%S.%f}'" for one in (BEGINS, ends, begins))
        rows += [
            f"INSERT INTO map (id, slug, kind, name, {places}) "  # noqa: S608
            f"SELECT {number + 100}, 'map{number}', 'regional', 'x', {places} FROM map WHERE id = 1",
            "INSERT INTO placement (id, flyer_id, map_id, state, since, until, reason, cell, lat, lng, category, soon_at) "  # noqa: S608
            f"VALUES ({number}, 1, {number + 100}, 'up', {since}, {until}, '', 5, 32.2, 130.7, 'market', {soon_at})",
        ]
        expected[number] = lasts(begins, ends)
    with migrated(kind, tmp_path, "0013", tuple(rows)) as connection, Session(connection) as tx:
        assert dict(tx.exec(select(Placement.id, Placement.lasts)).all()) == expected
    assert set(expected.values()) >= {0, 1, 2, 3, 5, 6, 7, 9, 14, 15}
