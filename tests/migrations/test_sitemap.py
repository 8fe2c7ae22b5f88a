"""Migrations 0011 and 0013 on a map with flyers: what stands is found by ranges and counted, and nothing else has changed."""

from __future__ import annotations

import os

import pytest
from sqlmodel import Session

from tamemap.domain.actors import SYSTEM
from tamemap.queries import sitemap
from tamemap.queries.maps import maps
from tests.migrations.test_people import THEN, migrated
from tests.migrations.test_stamps import STANDING


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def test_a_flyer_that_stands_is_in_its_range(kind, tmp_path):
    rows = (*STANDING, "UPDATE placement SET until = '2999-01-01 00:00:00'")
    sitemap._indexes.clear()
    with migrated(kind, tmp_path, "0010", rows) as connection, Session(connection) as tx:
        assert sitemap.flyer_ranges(tx, SYSTEM) == ((0, THEN),)
    sitemap._indexes.clear()


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def test_flyers_that_stand_are_counted_and_those_that_are_over_are_not(kind, tmp_path):
    stands, over = "UPDATE placement SET until = '2999-01-01 00:00:00'", "UPDATE placement SET until = '1999-01-01 00:00:00'"
    for until, many in ((stands, 1), (over, 0)):
        with migrated(kind, tmp_path / str(many), "0012", (*STANDING, until)) as connection, Session(connection) as tx:
            assert [here.up for here in maps(tx, SYSTEM, counted=True)] == [many]
