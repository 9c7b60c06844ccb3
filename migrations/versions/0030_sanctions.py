"""sanctions"""

import sqlalchemy as sa
from alembic import op

revision = '0030'
down_revision = '0029'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
ABOUT = 'entry_id IS NOT NULL OR record_id IS NOT NULL OR sanction_id IS NOT NULL'
ABOUT_BEFORE = 'entry_id IS NOT NULL OR record_id IS NOT NULL'
OPEN = sa.text('decided_at IS NULL')


def upgrade() -> None:
    op.create_table('sanction',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('no_redeeming', NUMBER, nullable=False),
    sa.Column('no_earning', NUMBER, nullable=False),
    sa.Column('no_joining', NUMBER, nullable=False),
    sa.Column('no_leading', NUMBER, nullable=False),
    sa.Column('starts_on', sa.Text(), nullable=False),
    sa.Column('ends_on', sa.Text(), nullable=False),
    sa.Column('reason_id', NUMBER, nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.Text(), nullable=False),
    sa.Column('lifted_by', sa.Text(), nullable=True),
    sa.Column('lifted_at', sa.Text(), nullable=True),
    sa.Column('lifted_id', NUMBER, nullable=True),
    sa.CheckConstraint('(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_id IS NULL)', name=op.f('ck_sanction_lifted')),
    sa.CheckConstraint('decided_by <> proposed_by', name=op.f('ck_sanction_two_people')),
    sa.CheckConstraint('no_earning IN (0, 1)', name=op.f('ck_sanction_earning')),
    sa.CheckConstraint('ends_on >= starts_on', name=op.f('ck_sanction_days')),
    sa.CheckConstraint('no_joining IN (0, 1)', name=op.f('ck_sanction_joining')),
    sa.CheckConstraint('no_leading IN (0, 1)', name=op.f('ck_sanction_leading')),
    sa.CheckConstraint('no_redeeming + no_earning + no_joining + no_leading > 0', name=op.f('ck_sanction_scope')),
    sa.CheckConstraint('no_redeeming IN (0, 1)', name=op.f('ck_sanction_redeeming')),
    sa.ForeignKeyConstraint(['lifted_id'], ['personal_text.id'], name=op.f('fk_sanction_lifted_id')),
    sa.ForeignKeyConstraint(['reason_id'], ['personal_text.id'], name=op.f('fk_sanction_reason_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_sanction_receipt_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_sanction_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sanction')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_sanction_volunteer_id_ends_on'), 'sanction', ['volunteer_id', 'ends_on'])
    with op.batch_alter_table('correction_case', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sanction_id', NUMBER, nullable=True))
        batch_op.create_foreign_key(op.f('fk_correction_case_sanction_id'), 'sanction', ['sanction_id'], ['id'])
        batch_op.drop_constraint(op.f('ck_correction_case_about'), type_='check')
        batch_op.create_check_constraint(op.f('ck_correction_case_about'), ABOUT)
    op.create_index('uq_correction_case_sanction', 'correction_case', ['sanction_id'], unique=True, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index('uq_correction_case_sanction', 'correction_case')
    with op.batch_alter_table('correction_case', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_correction_case_about'), type_='check')
        batch_op.drop_constraint(op.f('fk_correction_case_sanction_id'), type_='foreignkey')
        batch_op.drop_column('sanction_id')
        batch_op.create_check_constraint(op.f('ck_correction_case_about'), ABOUT_BEFORE)
    op.drop_table('sanction')
