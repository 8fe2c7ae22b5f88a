"""boards"""

import sqlalchemy as sa
import sqlmodel

import tamemap.models.base
from alembic import op


revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('care_case',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('thing', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('thing_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('source', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('opened_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('first_decided_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('looking_by', sa.Integer(), nullable=True),
    sa.Column('looking_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['author_id'], ['person.id'], name=op.f('fk_care_case_author_id_person')),
    sa.ForeignKeyConstraint(['looking_by'], ['person.id'], name=op.f('fk_care_case_looking_by_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_care_case_municipality_code_municipality')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_care_case_region_id_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_care_case')),
    sa.UniqueConstraint('public_id', name=op.f('uq_care_case_public_id'))
    )
    with op.batch_alter_table('care_case', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_care_case_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_care_case_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_care_case_municipality_code'), ['municipality_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_care_case_region_id'), ['region_id'], unique=False)
        batch_op.create_index('ix_care_case_thing_thing_id', ['thing', 'thing_id'], unique=False)

    op.create_table('reply_template',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_reply_template_made_by_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_reply_template_municipality_code_municipality')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reply_template')),
    sa.UniqueConstraint('public_id', name=op.f('uq_reply_template_public_id'))
    )
    with op.batch_alter_table('reply_template', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_template_municipality_code'), ['municipality_code'], unique=False)

    op.create_table('case_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('decision', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('rule', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('undone_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['care_case.id'], name=op.f('fk_case_decision_case_id_care_case')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_case_decision_decided_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_decision')),
    sa.UniqueConstraint('public_id', name=op.f('uq_case_decision_public_id'))
    )
    with op.batch_alter_table('case_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_case_decision_case_id'), ['case_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_case_decision_decided_by'), ['decided_by'], unique=False)

    op.create_table('objection',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('made_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('answer', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_objection_decided_by_person')),
    sa.ForeignKeyConstraint(['decision_id'], ['case_decision.id'], name=op.f('fk_objection_decision_id_case_decision')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_objection_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_objection_decision_id'))
    )
    with op.batch_alter_table('objection', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_objection_person_id'), ['person_id'], unique=False)

    op.create_table('suspension',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('decision_id', sa.Integer(), nullable=False),
    sa.Column('since', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('until', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('lifted_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['decision_id'], ['case_decision.id'], name=op.f('fk_suspension_decision_id_case_decision')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_suspension_person_id_person')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_suspension_region_id_region')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_suspension')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_suspension_decision_id'))
    )
    with op.batch_alter_table('suspension', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_suspension_person_id'), ['person_id'], unique=False)

    op.create_table('poll',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('question', sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
    sa.Column('several', sa.Boolean(), nullable=False),
    sa.Column('results', sqlmodel.sql.sqltypes.AutoString(length=6), nullable=False),
    sa.Column('ends_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('closed_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_poll_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll')),
    sa.UniqueConstraint('public_id', name=op.f('uq_poll_public_id')),
    sa.UniqueConstraint('topic_id', name=op.f('uq_poll_topic_id'))
    )
    op.create_table('poll_option',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_option_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll_option')),
    sa.UniqueConstraint('poll_id', 'position', name=op.f('uq_poll_option_poll_id_position'))
    )
    with op.batch_alter_table('poll_option', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_poll_option_poll_id'), ['poll_id'], unique=False)

    op.create_table('poll_vote',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('poll_id', sa.Integer(), nullable=False),
    sa.Column('option_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['option_id'], ['poll_option.id'], name=op.f('fk_poll_vote_option_id_poll_option')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_poll_vote_person_id_person')),
    sa.ForeignKeyConstraint(['poll_id'], ['poll.id'], name=op.f('fk_poll_vote_poll_id_poll')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_poll_vote')),
    sa.UniqueConstraint('option_id', 'person_id', name=op.f('uq_poll_vote_option_id_person_id'))
    )
    with op.batch_alter_table('poll_vote', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_poll_vote_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_poll_vote_poll_id'), ['poll_id'], unique=False)

    # columns are added in place: SQLite would copy whole tables in batch mode, and those that others refer to it may not drop
    moment = tamemap.models.base.UtcDateTime(timezone=True)
    add('board', sa.Column('closed_at', moment))

    add('map', sa.Column('writing_closed_at', moment))
    add('map', sa.Column('writing_closed_words', sa.String(200), server_default='', nullable=False))
    add('map', sa.Column('night_from', sa.String(5), server_default='', nullable=False))
    add('map', sa.Column('night_to', sa.String(5), server_default='', nullable=False))

    add('picture', sa.Column('hidden_at', moment))

    add('post', sa.Column('official', sa.Boolean(), server_default=sa.false(), nullable=False))
    add('post', sa.Column('held_at', moment))

    add('topic', sa.Column('opens_at', moment))
    add('topic', sa.Column('ends_at', moment))
    add('topic', sa.Column('cover_id', sa.Integer(), sa.ForeignKey('picture.id', name='fk_topic_cover_id_picture')))
    add('topic', sa.Column('closing_words', sa.String(4000), server_default='', nullable=False))
    add('topic', sa.Column('closing_html', sa.String(), server_default='', nullable=False))
    add('topic', sa.Column('answer_state', sa.String(12), server_default='', nullable=False))
    add('topic', sa.Column('answer_words', sa.String(1000), server_default='', nullable=False))
    add('topic', sa.Column('answered_at', moment))
    add('topic', sa.Column('held_at', moment))


def add(table: str, column: sa.Column) -> None:
    op.add_column(table, column, inline_references=True)
