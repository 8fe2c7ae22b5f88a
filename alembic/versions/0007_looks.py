"""What a picture looks like, so that the same flyer is not put up twice."""

import sqlalchemy as sa

from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column('look', sa.String(length=64), nullable=False, server_default='')
    # no batch mode: SQLite would copy tables that others refer to
    op.add_column('picture', column, inline_references=True)
