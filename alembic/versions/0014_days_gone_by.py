"""How long a placement lasts stands beside it, so that the flyers of a day gone by are some ranges of one index."""

import sqlalchemy as sa

from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

DAYS = {
    "sqlite": "julianday(until) - julianday(soon_at)",
    "postgresql": "extract(epoch FROM until - soon_at) / 86400.0",
}


def upgrade() -> None:
    # 15: of any length; what an older server writes while others are already new is found, too
    op.add_column("placement", sa.Column("lasts", sa.SmallInteger(), server_default="15", nullable=False), inline_references=True)
    days = DAYS[op.get_bind().dialect.name]
    powers = " ".join(f"WHEN {days} <= {2**power} THEN {power}" for power in range(15))
    op.execute(f"UPDATE placement SET lasts = CASE {powers} ELSE 15 END")
    op.create_index("ix_placement_map_id_state_lasts", "placement", ["map_id", "state", "lasts", "soon_at", "until", "category"])
