"""The sitemap's index asks which ranges of flyers have some that stand, and when each was last changed: two indexes tell it."""

from alembic import op


revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # as plain SQL: an index of an expression needs the same words on both databases
    op.execute("CREATE INDEX ix_placement_up_until_flyer_id ON placement (until, flyer_id, state) WHERE state = 'up'")
    op.execute('CREATE INDEX ix_flyer_range_updated_at ON flyer ((id / 10000), updated_at)')
