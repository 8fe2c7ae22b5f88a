"""people"""

import sqlalchemy as sa
import sqlmodel

import tamemap.models.base
from alembic import op


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('fan',
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('prefecture', sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
    sa.Column('age_band', sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
    sa.Column('gender', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('interests', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('updated_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_fan_person_id_person')),
    sa.PrimaryKeyConstraint('person_id', name=op.f('pk_fan'))
    )
    op.create_table('group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('slug', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('description', sqlmodel.sql.sqltypes.AutoString(length=4000), nullable=False),
    sa.Column('html', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('contact', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('url', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('state', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('asked_by', sa.Integer(), nullable=True),
    sa.Column('asked_words', sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
    sa.Column('asked_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Integer(), nullable=True),
    sa.Column('decided_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('reason', sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by'], ['person.id'], name=op.f('fk_group_asked_by_person')),
    sa.ForeignKeyConstraint(['decided_by'], ['person.id'], name=op.f('fk_group_decided_by_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_group_municipality_code_municipality')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group')),
    sa.UniqueConstraint('public_id', name=op.f('uq_group_public_id')),
    sa.UniqueConstraint('slug', name=op.f('uq_group_slug'))
    )
    with op.batch_alter_table('group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_asked_by'), ['asked_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_group_municipality_code'), ['municipality_code'], unique=False)

    op.create_table('handshake',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('purpose', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('other_id', sa.Integer(), nullable=True),
    sa.Column('browser_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('client_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('secret', sa.JSON(), nullable=False),
    sa.Column('then', sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['other_id'], ['person.id'], name=op.f('fk_handshake_other_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_handshake_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handshake')),
    sa.UniqueConstraint('key_hash', name=op.f('uq_handshake_key_hash'))
    )
    with op.batch_alter_table('handshake', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_handshake_client_hash'), ['client_hash'], unique=False)
        batch_op.create_index(batch_op.f('ix_handshake_person_id'), ['person_id'], unique=False)

    op.create_table('identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('provider', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('subject_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('provider', 'subject_hash', name=op.f('uq_identity_provider_subject_hash')),
    sa.UniqueConstraint('public_id', name=op.f('uq_identity_public_id'))
    )
    with op.batch_alter_table('identity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identity_person_id'), ['person_id'], unique=False)

    op.create_table('passkey',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('credential_id', sqlmodel.sql.sqltypes.AutoString(length=1400), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
    sa.Column('transports', sa.JSON(), nullable=False),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_passkey_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id')),
    sa.UniqueConstraint('public_id', name=op.f('uq_passkey_public_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_person_id'), ['person_id'], unique=False)

    op.create_table('residence_code_batch',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('amount', sa.Integer(), nullable=False),
    sa.Column('uses_each', sa.Integer(), nullable=False),
    sa.Column('expires_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('ended_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], name=op.f('fk_residence_code_batch_made_by_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_residence_code_batch_municipality_code_municipality')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residence_code_batch')),
    sa.UniqueConstraint('public_id', name=op.f('uq_residence_code_batch_public_id'))
    )
    with op.batch_alter_table('residence_code_batch', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_residence_code_batch_municipality_code'), ['municipality_code'], unique=False)

    op.create_table('tie',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('since', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_tie_municipality_code_municipality')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_tie_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tie')),
    sa.UniqueConstraint('person_id', 'municipality_code', 'kind', name=op.f('uq_tie_person_id_municipality_code_kind'))
    )
    with op.batch_alter_table('tie', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tie_municipality_code'), ['municipality_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_tie_person_id'), ['person_id'], unique=False)

    op.create_table('access_token',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('name', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('scopes', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('used_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.Column('ended_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_access_token_group_id_group')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_access_token_municipality_code_municipality')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_access_token_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_access_token')),
    sa.UniqueConstraint('public_id', name=op.f('uq_access_token_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_access_token_token_hash'))
    )
    with op.batch_alter_table('access_token', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_access_token_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_token_municipality_code'), ['municipality_code'], unique=False)
        batch_op.create_index(batch_op.f('ix_access_token_person_id'), ['person_id'], unique=False)

    op.create_table('group_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('since', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_group_member_group_id_group')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_group_member_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_group_member')),
    sa.UniqueConstraint('group_id', 'person_id', name=op.f('uq_group_member_group_id_person_id'))
    )
    with op.batch_alter_table('group_member', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_group_member_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_group_member_person_id'), ['person_id'], unique=False)

    op.create_table('invitation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('public_id', sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
    sa.Column('token_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('mail', sqlmodel.sql.sqltypes.AutoString(length=254), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=True),
    sa.Column('municipality_codes', sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
    sa.Column('role', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('department', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('invited_by', sa.Integer(), nullable=True),
    sa.Column('created_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('expires_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('outcome', sqlmodel.sql.sqltypes.AutoString(length=9), nullable=False),
    sa.Column('answered_at', tamemap.models.base.UtcDateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['group_id'], ['group.id'], name=op.f('fk_invitation_group_id_group')),
    sa.ForeignKeyConstraint(['invited_by'], ['person.id'], name=op.f('fk_invitation_invited_by_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('public_id', name=op.f('uq_invitation_public_id')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_invitation_token_hash'))
    )
    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_invitation_group_id'), ['group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_invited_by'), ['invited_by'], unique=False)
        batch_op.create_index(batch_op.f('ix_invitation_mail'), ['mail'], unique=False)

    op.create_table('residence_code',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('batch_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code_hash', sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['batch_id'], ['residence_code_batch.id'], name=op.f('fk_residence_code_batch_id_residence_code_batch')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_residence_code')),
    sa.UniqueConstraint('batch_id', 'number', name=op.f('uq_residence_code_batch_id_number')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_residence_code_code_hash'))
    )
    op.create_table('audit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', tamemap.models.base.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_kind', sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
    sa.Column('token_id', sa.Integer(), nullable=True),
    sa.Column('verb', sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
    sa.Column('municipality_code', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('region_id', sa.Integer(), nullable=True),
    sa.Column('thing', sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
    sa.Column('thing_id', sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_audit_entry_actor_id_person')),
    sa.ForeignKeyConstraint(['municipality_code'], ['municipality.code'], name=op.f('fk_audit_entry_municipality_code_municipality')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_audit_entry_region_id_region')),
    sa.ForeignKeyConstraint(['token_id'], ['access_token.id'], name=op.f('fk_audit_entry_token_id_access_token')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    with op.batch_alter_table('audit_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_entry_at'), ['at'], unique=False)
        batch_op.create_index('ix_audit_entry_municipality_code_id', ['municipality_code', 'id'], unique=False)

    # columns are added in place: SQLite would copy whole tables in batch mode, and those that others refer to it may not drop
    for table in ('flyer', 'topic', 'post'):
        add(table, sa.Column('group_id', sa.Integer(), sa.ForeignKey('group.id', name=f'fk_{table}_group_id_group'), nullable=True))
        op.create_index(f'ix_{table}_group_id', table, ['group_id'])

    add('map', sa.Column('proof_for', sa.String(60), server_default='', nullable=False))

    add('person', sa.Column('district', sa.String(40), server_default='', nullable=False))
    add('person', sa.Column('proved_code', sa.String(), sa.ForeignKey('municipality.code', name='fk_person_proved_code_municipality')))
    add('person', sa.Column('proved_at', tamemap.models.base.UtcDateTime(timezone=True)))
    add('person', sa.Column('mail_notices', sa.Boolean(), server_default=sa.true(), nullable=False))

    add('role', sa.Column('level', sa.String(8), server_default='curator', nullable=False))
    add('role', sa.Column('department', sa.String(40), server_default='', nullable=False))
    # whoever is staff already can invite the others: no town is left without a lead
    op.execute("UPDATE role SET level = 'lead' WHERE role = 'staff'")

    add('sign_in_code', sa.Column('purpose', sa.String(8), server_default='sign_in', nullable=False))
    add('sign_in_code', sa.Column('person_id', sa.Integer(), sa.ForeignKey('person.id', name='fk_sign_in_code_person_id_person')))
    add('sign_in_code', sa.Column('client_hash', sa.String(64), server_default='', nullable=False))
    op.create_index('ix_sign_in_code_client_hash', 'sign_in_code', ['client_hash'])
    op.create_index('ix_sign_in_code_person_id', 'sign_in_code', ['person_id'])

    add('signed_in', sa.Column('public_id', sa.String(12)))
    add('signed_in', sa.Column('way', sa.String(40), server_default='mail', nullable=False))
    add('signed_in', sa.Column('strong_at', tamemap.models.base.UtcDateTime(timezone=True)))
    sessions = sa.table('signed_in', sa.column('id', sa.Integer), sa.column('public_id', sa.String))
    for (number,) in op.get_bind().execute(sa.select(sessions.c.id)).all():
        op.execute(sessions.update().where(sessions.c.id == number).values(public_id=tamemap.models.base.new_public_id()))
    # no other table refers to sessions, so this one may be copied
    with op.batch_alter_table('signed_in') as batch_op:
        batch_op.alter_column('public_id', existing_type=sa.String(12), nullable=False)
        batch_op.create_unique_constraint(batch_op.f('uq_signed_in_public_id'), ['public_id'])

    only_added_to()


def add(table: str, column: sa.Column) -> None:
    op.add_column(table, column, inline_references=True)


def only_added_to() -> None:
    """The audit trail can be added to, not changed: the database itself refuses."""
    if op.get_bind().dialect.name == 'sqlite':
        for deed in ('UPDATE', 'DELETE'):
            op.execute(f"CREATE TRIGGER audit_entry_no_{deed.lower()} BEFORE {deed} ON audit_entry "
                       "BEGIN SELECT RAISE(ABORT, 'the audit trail can only be added to'); END")
        return
    op.execute("CREATE FUNCTION audit_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
               "$$ BEGIN RAISE EXCEPTION 'the audit trail can only be added to'; END $$")
    op.execute("CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
               "FOR EACH STATEMENT EXECUTE FUNCTION audit_entry_refuse()")
