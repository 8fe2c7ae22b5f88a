"""Notices on people's devices: where these are reached, what waits to be shown there, and by which way who wants what."""

import sqlalchemy as sa
import sqlmodel

import tamemap.models.base
from alembic import op


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def add(table: str, column: sa.Column) -> None:
    # no batch mode: SQLite would copy tables that others refer to
    op.add_column(table, column, inline_references=True)


def upgrade() -> None:
    op.create_table('push_subscription',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('signed_in_id', sa.Integer(), nullable=False),
    sa.Column('endpoint', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('p256dh', sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
    sa.Column('auth', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('device', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('lang', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('success_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failure_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('rest_until', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('proof_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('proof_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('proved_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_push_subscription_person_id_person')),
    sa.ForeignKeyConstraint(['signed_in_id'], ['signed_in.id'], name=op.f('fk_push_subscription_signed_in_id_signed_in'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_subscription')),
    sa.UniqueConstraint('endpoint', name=op.f('uq_push_subscription_endpoint')),
    sa.UniqueConstraint('public_id', name=op.f('uq_push_subscription_public_id')),
    sa.UniqueConstraint('signed_in_id', name=op.f('uq_push_subscription_signed_in_id'))
    )
    with op.batch_alter_table('push_subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_subscription_person_id'), ['person_id'], unique=False)

    add('notice', sa.Column('push_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True))
    add('notice', sa.Column('pushed_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True))
    add('person', sa.Column('digest_day', sa.Integer(), nullable=True))
    add('person', sa.Column('digest_hour', sa.Integer(), nullable=True))
    add('person', sa.Column('digest_map_id', sa.Integer(),
                            sa.ForeignKey('map.id', name=op.f('fk_person_digest_map_id_map')), nullable=True))
    add('person', sa.Column('told_by', sqlmodel.sql.sqltypes.AutoString(length=120), server_default='', nullable=False))
    add('person', sa.Column('duty_days', sqlmodel.sql.sqltypes.AutoString(length=7), server_default='', nullable=False))
