"""cases"""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('correction_case',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('entry_id', NUMBER, nullable=True),
    sa.Column('record_id', NUMBER, nullable=True),
    sa.Column('says_id', NUMBER, nullable=False),
    sa.Column('opened_by', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=False),
    sa.Column('opened_on', sa.Text(), nullable=False),
    sa.Column('due_on', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('proposed_by', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('answer_id', NUMBER, nullable=True),
    sa.CheckConstraint("coalesce(outcome <> 'withdrawn', 1 = 0) = (answer_id IS NOT NULL)", name=op.f('ck_correction_case_answered')),
    sa.CheckConstraint("coalesce(outcome = 'reversed', 1 = 0) = (proposed_by IS NOT NULL) AND (outcome IS NULL OR outcome <> 'reversed' OR record_id IS NOT NULL)", name=op.f('ck_correction_case_reversed')),
    sa.CheckConstraint("outcome IN ('reversed', 'put_right', 'kept', 'withdrawn')", name=op.f('ck_correction_case_outcome')),
    sa.CheckConstraint('(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)', name=op.f('ck_correction_case_decided')),
    sa.CheckConstraint('entry_id IS NOT NULL OR record_id IS NOT NULL', name=op.f('ck_correction_case_about')),
    sa.CheckConstraint('proposed_by IS NULL OR proposed_by <> decided_by', name=op.f('ck_correction_case_two_people')),
    sa.ForeignKeyConstraint(['answer_id'], ['personal_text.id'], name=op.f('fk_correction_case_answer_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_correction_case_entry_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_correction_case_receipt_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_correction_case_record_id')),
    sa.ForeignKeyConstraint(['says_id'], ['personal_text.id'], name=op.f('fk_correction_case_says_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_correction_case_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_correction_case')),
    sqlite_strict=True
    )
    op.create_index('ix_correction_case_open', 'correction_case', ['due_on'], sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
    op.create_index(op.f('ix_correction_case_volunteer_id'), 'correction_case', ['volunteer_id'])
    op.create_index('uq_correction_case_entry', 'correction_case', ['entry_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))
    op.create_index('uq_correction_case_record', 'correction_case', ['record_id'], unique=True, sqlite_where=sa.text('decided_at IS NULL'), postgresql_where=sa.text('decided_at IS NULL'))


def downgrade() -> None:
    op.drop_table('correction_case')
