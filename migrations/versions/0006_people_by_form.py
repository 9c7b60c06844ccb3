"""people by form"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
GUARDIAN_NOW = sa.text("role = 'guardian' AND ended_at IS NULL")
MEMBER_NOW = sa.text('ended_at IS NULL')


def upgrade() -> None:
    op.add_column('person', sa.Column('born', sa.Text(), nullable=True))
    op.create_index(op.f('ix_person_phone'), 'person', ['phone'], unique=False)
    op.add_column('family', sa.Column('ended_on', sa.Text(), nullable=True))
    op.create_table('consent_text',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('version', NUMBER, nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_at', sa.Text(), nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.CheckConstraint('version > 1', name=op.f('ck_consent_text_version')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_consent_text_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent_text')),
    sa.UniqueConstraint('version', name=op.f('uq_consent_text_version')),
    sqlite_strict=True
    )
    op.create_table('consent',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('version', NUMBER, nullable=False),
    sa.Column('given_by', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.CheckConstraint("act IN ('given', 'withdrawn')", name=op.f('ck_consent_act')),
    sa.CheckConstraint("given_by IN ('self', 'guardian')", name=op.f('ck_consent_given_by')),
    sa.CheckConstraint('version > 0', name=op.f('ck_consent_version')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_consent_receipt_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_consent_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_consent')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_consent_volunteer_id_id'), 'consent', ['volunteer_id', 'id'], unique=False)
    op.create_table('representative',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('relation', sa.Text(), nullable=False),
    sa.Column('person_id', NUMBER, nullable=True),
    sa.Column('helper_id', NUMBER, nullable=True),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint("role IN ('guardian', 'helper')", name=op.f('ck_representative_role')),
    sa.CheckConstraint(
        "relation IN ('parent', 'grandparent', 'spouse', 'child', 'relative', 'neighbour', 'other')",
        name=op.f('ck_representative_relation'),
    ),
    sa.CheckConstraint('person_id IS NULL OR helper_id IS NULL', name=op.f('ck_representative_one_of_both')),
    sa.ForeignKeyConstraint(['helper_id'], ['volunteer.id'], name=op.f('fk_representative_helper_id')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_representative_person_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_representative_receipt_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_representative_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_representative')),
    sa.UniqueConstraint('person_id', name=op.f('uq_representative_person_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_representative_volunteer_id'), 'representative', ['volunteer_id'], unique=False)
    op.create_index('uq_representative_guardian', 'representative', ['volunteer_id'], unique=True, sqlite_where=GUARDIAN_NOW, postgresql_where=GUARDIAN_NOW)
    op.create_table('household',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('founded_at', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household')),
    sqlite_strict=True
    )
    op.create_table('household_member',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('household_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('consented_on', sa.Text(), nullable=False),
    sa.Column('joined_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= joined_at', name=op.f('ck_household_member_ended_after')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_household_member_household_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_household_member_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household_member')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_household_member_household_id'), 'household_member', ['household_id'], unique=False)
    op.create_index('uq_household_member_now', 'household_member', ['volunteer_id'], unique=True, sqlite_where=MEMBER_NOW, postgresql_where=MEMBER_NOW)
    op.create_table('enrolment',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('staff_id', NUMBER, nullable=False),
    sa.Column('offered_by', sa.Text(), nullable=False),
    sa.Column('expires_at', sa.Text(), nullable=False),
    sa.Column('used_at', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('length(code_hash) = 32', name=op.f('ck_enrolment_code_hash_length')),
    sa.CheckConstraint('used_at IS NULL OR ended_at IS NULL', name=op.f('ck_enrolment_used_or_ended')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_enrolment_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_enrolment_code_hash')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_enrolment_staff_id'), 'enrolment', ['staff_id'], unique=False)


def downgrade() -> None:
    op.drop_table('enrolment')
    op.drop_table('household_member')
    op.drop_table('household')
    op.drop_table('representative')
    op.drop_table('consent')
    op.drop_table('consent_text')
    op.drop_column('family', 'ended_on')
    op.drop_index(op.f('ix_person_phone'), table_name='person')
    op.drop_column('person', 'born')
