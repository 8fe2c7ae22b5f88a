"""The migrations on a database in which people live already: nothing of theirs is lost, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from alembic import command
from tamemap import db

ROOT = Path(__file__).parents[2]
THEN = datetime(2026, 11, 1, 3, 0, tzinfo=UTC)
ROWS = (
    "INSERT INTO region (id, slug, name) VALUES (1, 'kuma', '人吉球磨')",
    """INSERT INTO municipality (code, region_id, name, kana, prefecture, office_lat, office_lng, outline, display_outline,
         outline_digest) VALUES ('432032', 1, '人吉市', 'ひとよしし', '熊本県', 32.2, 130.7, '{}', '{}', '')""",
    """INSERT INTO map (id, slug, kind, name, municipality_code, region_id, lat, lng, zoom, west, south, east, north,
         guests_may_post, hold_guests, version)
       VALUES (1, 'hitoyoshi', 'resident', '人吉市マップ', '432032', 1, 32.2, 130.7, 12, 130, 32, 131, 33, true, true, 1)""",
    """INSERT INTO person (id, public_id, mail, name, residence_code, created_at)
       VALUES (1, 'aaaaaaaaaaaa', 'aki@example.jp', 'Aki', '432032', :then),
              (2, 'bbbbbbbbbbbb', 'ben@example.jp', 'Ben', NULL, :then)""",
    """INSERT INTO role (id, person_id, role, municipality_code, region_id, granted_at)
       VALUES (1, 2, 'staff', '432032', NULL, :then)""",
    """INSERT INTO signed_in (id, token_hash, person_id, device, created_at, seen_at, expires_at)
       VALUES (1, 'x', 1, 'iPhone', :then, :then, :then), (2, 'y', 2, '', :then, :then, :then)""",
    """INSERT INTO board (id, map_id, slug, name, description, position, writers)
       VALUES (1, 1, 'hiroba', '広場', '', 0, 'members')""",
    """INSERT INTO topic (id, public_id, board_id, kind, title, author_id, pinned, posts_count, created_at, last_post_at)
       VALUES (1, 'dddddddddddd', 1, 'talk', '朝市の話', 1, false, 1, :then, :then)""",
    """INSERT INTO post (id, public_id, topic_id, author_id, author_kind, body, html, created_at)
       VALUES (1, 'eeeeeeeeeeee', 1, 1, 'member', '8時から', '<p>8時から</p>', :then)""",
    """INSERT INTO flyer (id, public_id, municipality_code, poster_id, title, body, category, all_day, venue, address, fee, phone,
         organiser, url, hidden_outside, lat, lng, folded, folded_outside, version, created_at, updated_at)
       VALUES (1, 'cccccccccccc', '432032', 1, '秋の市', '', 'market', false, '', '', '', '', '', '', '[]', 32.2, 130.7, '', '',
         1, :then, :then)""",
)


def _fresh(kind: str, folder: Path) -> str:
    if kind == "sqlite":
        return f"sqlite:///{folder / 'old.db'}"
    server, name = os.environ["TAMEMAP_TEST_POSTGRESQL"], f"tamemap_old_{os.getpid()}"
    admin = db.make_engine(server + "/postgres").execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return f"{server}/{name}"


@contextmanager
def migrated(kind: str, folder: Path, between: str = "0001", more: tuple[str, ...] = ()):
    """A connection to a town's database as the foundation made it, with people and a flyer in it; ``more`` rows are added at the
    revision ``between``; then every later migration.
    """
    engine = db.make_engine(_fresh(kind, folder))
    then = THEN.replace(tzinfo=None) if kind == "sqlite" else THEN

    def to(revision: str) -> None:
        with engine.connect() as connection:
            migration = Config(str(ROOT / "alembic.ini"))
            migration.attributes["connection"] = connection
            command.upgrade(migration, revision)
            connection.commit()

    for revision, rows in (("0001", ROWS), (between, more)):
        to(revision)
        with engine.begin() as connection:
            for row in rows:
                connection.execute(text(row), {"then": then} if ":then" in row else {})
    to("head")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture(params=["sqlite", *(["postgresql"] if os.environ.get("TAMEMAP_TEST_POSTGRESQL") else [])])
def old(request, tmp_path):
    """As the foundation left it, and all migrations since."""
    with migrated(request.param, tmp_path) as connection:
        yield connection


def test_everybody_and_everything_is_still_there(old):
    assert old.execute(text("SELECT name, mail, district, mail_notices FROM person ORDER BY id")).all() == [
        ("Aki", "aki@example.jp", "", True),
        ("Ben", "ben@example.jp", "", True),
    ]
    assert old.execute(text("SELECT title, poster_id, group_id FROM flyer")).all() == [("秋の市", 1, None)]
    assert old.execute(text("SELECT slug, proof_for FROM map")).all() == [("hitoyoshi", "")]


def test_whoever_was_staff_leads_so_that_no_town_is_left_without(old):
    assert old.execute(text("SELECT role, level, department FROM role")).all() == [("staff", "lead", "")]


def test_sessions_go_on_each_with_a_name_of_its_own_and_staff_show_once_more_who_they_are(old):
    rows = old.execute(text("SELECT public_id, way, strong_at FROM signed_in ORDER BY id")).all()
    assert [(way, strong) for _, way, strong in rows] == [("mail", None), ("mail", None)]
    assert len({public_id for public_id, _, _ in rows}) == 2
    assert all(len(public_id) == 12 for public_id, _, _ in rows)


def test_the_audit_trail_can_only_be_added_to(old):
    sqlite = old.dialect.name == "sqlite"
    old.execute(
        text(
            "INSERT INTO audit_entry (at, actor_id, actor_kind, verb, municipality_code, thing, thing_id, detail) "
            "VALUES (:then, 2, 'staff', 'flyer.decide', '432032', 'flyer', 'cccccccccccc', '{}')"
        ),
        {"then": THEN.replace(tzinfo=None) if sqlite else THEN},
    )
    deeds = ["UPDATE audit_entry SET verb = 'x'", "DELETE FROM audit_entry", *([] if sqlite else ["TRUNCATE audit_entry"])]
    for deed in deeds:
        with pytest.raises(DBAPIError, match="can only be added to"), old.begin_nested():
            old.execute(text(deed))
    assert old.execute(text("SELECT count(*) FROM audit_entry")).scalar() == 1
