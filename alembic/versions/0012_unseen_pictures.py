"""What the worker still has to look at is found at once: pictures of before there were looks."""

import sqlalchemy as sa

from alembic import op

revision = '0012'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index('ix_picture_unseen', 'picture', ['id'], unique=False,
                    sqlite_where=sa.text("look = ''"), postgresql_where=sa.text("look = ''"))
