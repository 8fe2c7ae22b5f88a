"""A placement knows at which version of its map it changed last: who knows a version reads only what changed since."""

import sqlalchemy as sa

from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("placement", sa.Column("stamp", sa.Integer(), server_default="0", nullable=False), inline_references=True)
    op.create_index("ix_placement_map_id_stamp", "placement", ["map_id", "stamp"])
