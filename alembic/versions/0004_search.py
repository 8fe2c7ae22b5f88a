"""Search over topics, posts and flyers: an entry per thing, and its words as each database likes them.

What is there already is indexed by the worker (the outbox entry below), in small steps: a town with years of talk does not wait
for it. New things are found at once.
"""

from datetime import UTC, datetime

import sqlalchemy as sa

import tamemap.models.base
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(length=8), nullable=False),
        sa.Column("thing_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("thing", "thing_id", name=op.f("uq_search_entry_thing_thing_id")),
    )
    if op.get_bind().dialect.name == "sqlite":
        # our own tokens: split at spaces, every sign beyond ASCII belongs to a token; no ranking, so no lengths are kept
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, tokenize = 'ascii', columnsize = 0)")
    else:
        op.execute("ALTER TABLE search_entry ADD COLUMN words tsvector NOT NULL DEFAULT ''")
        op.execute("CREATE INDEX ix_search_entry_words ON search_entry USING gin (words)")
    rebuild_later()


def rebuild_later() -> None:
    there = [op.get_bind().execute(sa.text(f"SELECT 1 FROM {table} LIMIT 1")).first() for table in ("topic", "flyer")]
    if not any(there):
        return
    moment = tamemap.models.base.UtcDateTime(timezone=True)
    outbox = sa.table(
        "outbox",
        sa.column("kind", sa.String),
        sa.column("payload", sa.JSON),
        sa.column("created_at", moment),
        sa.column("due_at", moment),
        sa.column("tries", sa.Integer),
        sa.column("error", sa.String),
    )
    now = datetime.now(UTC)
    op.bulk_insert(outbox, [{"kind": "search", "payload": {}, "created_at": now, "due_at": now, "tries": 0, "error": ""}])
