"""Talking: pictures, quotes, versions and mentions in posts, mascots, following, automatic care."""

import sqlalchemy as sa
import sqlmodel

import tamemap.models.base
from alembic import op


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def add(table: str, column: sa.Column) -> None:
    # no batch mode: SQLite would copy tables that others refer to
    op.add_column(table, column, inline_references=True)


def upgrade() -> None:
    op.create_table('care_setting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('map_id', sa.Integer(), nullable=False),
    sa.Column('words', sqlmodel.sql.sqltypes.AutoString(length=8000), nullable=False),
    sa.Column('hold_words', sa.Boolean(), nullable=False),
    sa.Column('hold_links', sa.Boolean(), nullable=False),
    sa.Column('hold_contacts', sa.Boolean(), nullable=False),
    sa.Column('hold_first', sa.Integer(), nullable=False),
    sa.Column('flood', sa.Integer(), nullable=False),
    sa.Column('hold_repeats', sa.Boolean(), nullable=False),
    sa.Column('surge', sa.Integer(), nullable=False),
    sa.Column('reports', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=True),
    sa.Column('changed_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], name=op.f('fk_care_setting_changed_by_person')),
    sa.ForeignKeyConstraint(['map_id'], ['map.id'], name=op.f('fk_care_setting_map_id_map')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_care_setting')),
    sa.UniqueConstraint('map_id', name=op.f('uq_care_setting_map_id'))
    )
    op.create_table('board_follow',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('board_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('since', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_board_follow_board_id_board')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_board_follow_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_board_follow')),
    sa.UniqueConstraint('board_id', 'person_id', name=op.f('uq_board_follow_board_id_person_id'))
    )
    with op.batch_alter_table('board_follow', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_board_follow_person_id'), ['person_id'], unique=False)

    op.create_table('mascot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=True),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('retired_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_mascot_made_by_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_mascot_municipality_code_municipality')),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_mascot_picture_id_picture')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mascot')),
    sa.UniqueConstraint('public_id', name=op.f('uq_mascot_public_id'))
    )
    with op.batch_alter_table('mascot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mascot_municipality_code'), ['municipality_code'], unique=False)

    op.create_table('mascot_voice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('mascot_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['mascot_id'], ['mascot.id'], name=op.f('fk_mascot_voice_mascot_id_mascot')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mascot_voice_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mascot_voice')),
    sa.UniqueConstraint('mascot_id', 'person_id', name=op.f('uq_mascot_voice_mascot_id_person_id'))
    )
    with op.batch_alter_table('mascot_voice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mascot_voice_person_id'), ['person_id'], unique=False)

    op.create_table('topic_flyer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('flyer_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['flyer_id'], ['flyer.id'], name=op.f('fk_topic_flyer_flyer_id_flyer')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_flyer_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_flyer')),
    sa.UniqueConstraint('topic_id', 'flyer_id', name=op.f('uq_topic_flyer_topic_id_flyer_id'))
    )
    with op.batch_alter_table('topic_flyer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_topic_flyer_flyer_id'), ['flyer_id'], unique=False)

    op.create_table('topic_mark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('topic_id', sa.Integer(), nullable=False),
    sa.Column('following', sa.Boolean(), nullable=True),
    sa.Column('read_to', sa.Integer(), nullable=False),
    sa.Column('marked_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_topic_mark_person_id_person')),
    sa.ForeignKeyConstraint(['topic_id'], ['topic.id'], name=op.f('fk_topic_mark_topic_id_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_topic_mark')),
    sa.UniqueConstraint('person_id', 'topic_id', name=op.f('uq_topic_mark_person_id_topic_id'))
    )
    with op.batch_alter_table('topic_mark', schema=None) as batch_op:
        batch_op.create_index('ix_topic_mark_topic_id_following', ['topic_id', 'following'], unique=False)

    op.create_table('mention',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_mention_person_id_person')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_mention_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mention')),
    sa.UniqueConstraint('post_id', 'person_id', name=op.f('uq_mention_post_id_person_id'))
    )
    with op.batch_alter_table('mention', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mention_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mention_post_id'), ['post_id'], unique=False)

    op.create_table('post_picture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('picture_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['picture_id'], ['picture.id'], name=op.f('fk_post_picture_picture_id_picture')),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_picture_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_picture')),
    sa.UniqueConstraint('picture_id', name=op.f('uq_post_picture_picture_id'))
    )
    with op.batch_alter_table('post_picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_picture_post_id'), ['post_id'], unique=False)

    op.create_table('post_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('body', sqlmodel.sql.sqltypes.AutoString(length=8000), nullable=False),
    sa.Column('html', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('written_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['post_id'], ['post.id'], name=op.f('fk_post_version_post_id_post')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_post_version'))
    )
    with op.batch_alter_table('post_version', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_post_version_post_id'), ['post_id'], unique=False)

    add('care_case', sa.Column('why', sqlmodel.sql.sqltypes.AutoString(length=400), server_default='{}', nullable=False))
    add('person', sa.Column('digest', sqlmodel.sql.sqltypes.AutoString(length=6), server_default='daily', nullable=False))
    add('person', sa.Column('digested_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True))
    add('person', sa.Column('quiet_from', sqlmodel.sql.sqltypes.AutoString(length=5), server_default='21:00', nullable=False))
    add('person', sa.Column('quiet_to', sqlmodel.sql.sqltypes.AutoString(length=5), server_default='07:00', nullable=False))
    add('person', sa.Column('seen_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True))
    add('person', sa.Column('seen_before', tamemap.models.base.UtcDateTime(timezone=True), nullable=True))
    add('person', sa.Column('desk_keys', sa.Boolean(), server_default=sa.true(), nullable=False))
    add('post', sa.Column('mascot_id', sa.Integer(), sa.ForeignKey('mascot.id', name='fk_post_mascot_id_mascot'), nullable=True))
    add('post', sa.Column('quoted_id', sa.Integer(), sa.ForeignKey('post.id', name='fk_post_quoted_id_post'), nullable=True))
    op.create_index('ix_post_quoted_id', 'post', ['quoted_id'])
    add('topic', sa.Column('place_name', sqlmodel.sql.sqltypes.AutoString(length=80), server_default='', nullable=False))
    add('topic', sa.Column('revision', sa.Integer(), server_default='1', nullable=False))
    # who wanted no mails is not sent digests either
    op.execute("UPDATE person SET digest = 'off' WHERE NOT mail_notices")
