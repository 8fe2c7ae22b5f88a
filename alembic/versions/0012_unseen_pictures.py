"""What the worker catches up with, some at a time: pictures of before there were looks (found at once by an index of their own),
and flyers whose places the search does not know yet (by the outbox entry below).
"""

from datetime import UTC, datetime

import sqlalchemy as sa

import tamemap.models.base
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_picture_unseen', 'picture', ['id'], unique=False,
                    sqlite_where=sa.text("look = ''"), postgresql_where=sa.text("look = ''"))
    if op.get_bind().execute(sa.text("SELECT 1 FROM search_entry WHERE thing = 'flyer' LIMIT 1")).first():
        index_places_later()


def index_places_later() -> None:
    moment = tamemap.models.base.UtcDateTime(timezone=True)
    outbox = sa.table('outbox', sa.column('kind', sa.String), sa.column('payload', sa.JSON), sa.column('created_at', moment),
                      sa.column('due_at', moment), sa.column('tries', sa.Integer), sa.column('error', sa.String))
    now = datetime.now(UTC)
    op.bulk_insert(outbox, [{'kind': 'search', 'payload': {'after': 0}, 'created_at': now, 'due_at': now, 'tries': 0, 'error': ''}])
