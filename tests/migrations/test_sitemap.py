"""Migration 0011 on a map with flyers: what stands is found by ranges, and nothing else has changed."""

from __future__ import annotations

import os

import pytest
from sqlmodel import Session

from tamemap.domain.actors import SYSTEM
from tamemap.queries import sitemap
from tests.migrations.test_people import THEN, migrated
from tests.migrations.test_stamps import STANDING


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def test_a_flyer_that_stands_is_in_its_range(kind, tmp_path):
    rows = (*STANDING, "UPDATE placement SET until = '2999-01-01 00:00:00'")
    sitemap._indexes.clear()
    with migrated(kind, tmp_path, "0010", rows) as connection, Session(connection) as tx:
        assert sitemap.flyer_ranges(tx, SYSTEM) == ((0, THEN),)
    sitemap._indexes.clear()
