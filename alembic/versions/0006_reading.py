"""Readings, what people made of them, venues that they confirmed; how a picture was cut out, and its words."""

import sqlalchemy as sa
import sqlmodel

import tamemap.models.base
from alembic import op


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def add(table: str, column: sa.Column) -> None:
    # no batch mode: SQLite would copy tables that others refer to
    op.add_column(table, column, inline_references=True)


def upgrade() -> None:
    op.create_table('reading',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('owner_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('original', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('corners', sa.JSON(), nullable=True),
    sa.Column('sheets', sa.JSON(), nullable=False),
    sa.Column('code', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('cpu', sa.Float(), nullable=False),
    sa.Column('peak', sa.Integer(), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('asked_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('started_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('done_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading')),
    sa.UniqueConstraint('public_id', name=op.f('uq_reading_public_id'))
    )
    with op.batch_alter_table('reading', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reading_original'), ['original'], unique=False)
        batch_op.create_index(batch_op.f('ix_reading_owner_hash'), ['owner_hash'], unique=False)
        batch_op.create_index('ix_reading_state_asked_at', ['state', 'asked_at'], unique=False)

    op.create_table('reading_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('field', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('read', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('confirmed', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('made_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reading_outcome'))
    )
    with op.batch_alter_table('reading_outcome', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reading_outcome_field'), ['field'], unique=False)

    op.create_table('known_venue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('folded', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('lat', sa.Float(), nullable=False),
    sa.Column('lng', sa.Float(), nullable=False),
    sa.Column('times', sa.Integer(), nullable=False),
    sa.Column('confirmed_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_known_venue_municipality_code_municipality')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_known_venue')),
    sa.UniqueConstraint('municipality_code', 'folded', name=op.f('uq_known_venue_municipality_code_folded'))
    )
    add('picture', sa.Column('edit', sa.JSON(), server_default='{}', nullable=False))
    add('picture', sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=8000), server_default='', nullable=False))
