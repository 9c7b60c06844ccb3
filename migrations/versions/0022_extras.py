"""extras"""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('extra',
    sa.Column('id', NUMBER, autoincrement=False, nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('points', NUMBER, nullable=False),
    sa.Column('happened_on', sa.Text(), nullable=False),
    sa.Column('reason_id', NUMBER, nullable=False),
    sa.Column('rule_version', NUMBER, nullable=False),
    sa.Column('entry_id', NUMBER, nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.Text(), nullable=False),
    sa.Column('appeal_until', sa.Text(), nullable=True),
    sa.Column('appealed_by', sa.Text(), nullable=True),
    sa.Column('appealed_at', sa.Text(), nullable=True),
    sa.Column('appeal_id', NUMBER, nullable=True),
    sa.Column('answered_by', sa.Text(), nullable=True),
    sa.Column('answered_at', sa.Text(), nullable=True),
    sa.Column('answer_id', NUMBER, nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('back_id', NUMBER, nullable=True),
    sa.CheckConstraint("(appealed_at IS NULL) = (appeal_id IS NULL) AND (appealed_at IS NULL) = (appealed_by IS NULL) AND (appealed_at IS NULL OR kind = 'deduction')", name=op.f('ck_extra_appealed')),
    sa.CheckConstraint("coalesce(outcome = 'upheld', 1 = 0) = (back_id IS NOT NULL)", name=op.f('ck_extra_back')),
    sa.CheckConstraint("kind IN ('bonus', 'deduction')", name=op.f('ck_extra_kind')),
    sa.CheckConstraint("outcome IN ('upheld', 'dismissed')", name=op.f('ck_extra_outcome')),
    sa.CheckConstraint('(outcome IS NULL) = (answered_by IS NULL) AND (outcome IS NULL) = (answered_at IS NULL) AND (outcome IS NULL) = (answer_id IS NULL) AND (outcome IS NULL OR appealed_at IS NOT NULL)', name=op.f('ck_extra_answered')),
    sa.CheckConstraint('decided_by <> proposed_by', name=op.f('ck_extra_two_people')),
    sa.CheckConstraint('outcome IS NULL OR (answered_by <> proposed_by AND answered_by <> decided_by)', name=op.f('ck_extra_third_person')),
    sa.CheckConstraint('points > 0', name=op.f('ck_extra_points')),
    sa.ForeignKeyConstraint(['answer_id'], ['personal_text.id'], name=op.f('fk_extra_answer_id')),
    sa.ForeignKeyConstraint(['appeal_id'], ['personal_text.id'], name=op.f('fk_extra_appeal_id')),
    sa.ForeignKeyConstraint(['reason_id'], ['personal_text.id'], name=op.f('fk_extra_reason_id')),
    sa.ForeignKeyConstraint(['back_id'], ['journal_entry.id'], name=op.f('fk_extra_back_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_extra_entry_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_extra_receipt_id')),
    sa.ForeignKeyConstraint(['rule_version'], ['earning_rule.version'], name=op.f('fk_extra_rule_version')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_extra_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extra')),
    sa.UniqueConstraint('back_id', name=op.f('uq_extra_back_id')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_extra_entry_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_extra_volunteer_id_happened_on'), 'extra', ['volunteer_id', 'happened_on'])


def downgrade() -> None:
    op.drop_table('extra')
