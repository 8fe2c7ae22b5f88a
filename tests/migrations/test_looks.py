"""Migrations 0007 and 0012 on a database with pictures: what was put up before is looked at later, by the worker."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from tests.migrations.test_people import migrated

PICTURE = (
    """INSERT INTO picture (id, public_id, owner_hash, position, original, page, width, height, blur, variants, resident_name,
         outside_name, created_at)
       VALUES (1, 'gggggggggggg', 'person:1', 0, 'x.jpg', 0, 3, 4, '', '{}', 'r', 'o', :then)""",
)


@pytest.mark.parametrize("kind", ["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def test_pictures_of_before_have_no_look(kind, tmp_path):
    with migrated(kind, tmp_path, "0006", PICTURE) as connection:
        assert connection.execute(text("SELECT public_id, look FROM picture")).all() == [("gggggggggggg", "")]
