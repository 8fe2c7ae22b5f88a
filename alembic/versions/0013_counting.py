"""How many flyers stand on each map is counted out of the index of what stands alone, which therefore knows the map."""

from alembic import op


revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # as plain SQL, as in 0011
    op.execute('DROP INDEX ix_placement_up_until_flyer_id')
    op.execute('CREATE INDEX ix_placement_up_until_flyer_id_map_id ON placement (until, flyer_id, map_id, state) '
               "WHERE state = 'up'")
