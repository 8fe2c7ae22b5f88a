"""Migration 0005 on a database in which people talk already: what they wrote, and what they wished, stays."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from tests.migrations.test_people import migrated

TALK = (
    "UPDATE person SET mail_notices = false WHERE id = 2",
    """INSERT INTO care_case (id, public_id, thing, thing_id, municipality_code, region_id, author_id, source, opened_at)
       VALUES (1, 'ffffffffffff', 'post', 'eeeeeeeeeeee', '432032', 1, 1, 'report', :then)""",
)


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def talking(request, tmp_path):
    """A town's database as it was when boards had cases and search; then migration 0005."""
    with migrated(request.param, tmp_path, "0004", TALK) as connection:
        yield connection


def test_what_was_written_stands_as_it_stood(talking):
    assert talking.execute(text("SELECT body, mascot_id, quoted_id FROM post")).all() == [("8時から", None, None)]
    assert talking.execute(text("SELECT title, place_name, revision FROM topic")).all() == [("朝市の話", "", 1)]
    assert talking.execute(text("SELECT source, why FROM care_case")).all() == [("report", "{}")]
    assert talking.execute(text("SELECT count(*) FROM topic_mark")).scalar() == 0


def test_who_wanted_no_mails_gets_no_digests_and_nobody_is_woken_at_night(talking):
    assert talking.execute(text("SELECT name, digest, quiet_from, quiet_to, desk_keys FROM person ORDER BY id")).all() == [
        ("Aki", "daily", "21:00", "07:00", True),
        ("Ben", "off", "21:00", "07:00", True),
    ]
