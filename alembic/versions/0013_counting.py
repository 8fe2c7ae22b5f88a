"""How many flyers stand on each map is counted without what is over: an index tells it."""

from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # as plain SQL, as in 0011
    op.execute("CREATE INDEX ix_placement_up_map_id_until ON placement (map_id, until, state) WHERE state = 'up'")
