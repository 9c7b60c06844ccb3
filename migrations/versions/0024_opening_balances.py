"""opening balances"""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
STANDING = sa.text("status IN ('waiting', 'confirmed')")


def upgrade() -> None:
    op.create_table('opening_balance',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('booklet', sa.Text(), nullable=False),
    sa.Column('points', NUMBER, nullable=False),
    sa.Column('minutes', NUMBER, nullable=False),
    sa.Column('kept_until', sa.Text(), nullable=False),
    sa.Column('scan', sa.Text(), nullable=False),
    sa.Column('words_id', NUMBER, nullable=True),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('reason_id', NUMBER, nullable=True),
    sa.Column('rule_version', NUMBER, nullable=True),
    sa.Column('entry_id', NUMBER, nullable=True),
    sa.Column('taken_back_proposed_by', sa.Text(), nullable=True),
    sa.Column('taken_back_by', sa.Text(), nullable=True),
    sa.Column('taken_back_at', sa.Text(), nullable=True),
    sa.Column('back_id', NUMBER, nullable=True),
    sa.CheckConstraint("(back_id IS NOT NULL) = (status = 'taken_back' AND points > 0)", name=op.f('ck_opening_balance_back')),
    sa.CheckConstraint("(entry_id IS NOT NULL) = (status IN ('confirmed', 'taken_back') AND points > 0)", name=op.f('ck_opening_balance_entry_has_points')),
    sa.CheckConstraint("(status = 'taken_back') = (taken_back_by IS NOT NULL) AND (taken_back_by IS NULL) = (taken_back_at IS NULL)", name=op.f('ck_opening_balance_taken_back')),
    sa.CheckConstraint("(status = 'waiting') = (decided_by IS NULL)", name=op.f('ck_opening_balance_decided')),
    sa.CheckConstraint("status IN ('waiting', 'confirmed', 'declined', 'taken_back')", name=op.f('ck_opening_balance_status')),
    sa.CheckConstraint('(decided_by IS NULL) = (decided_at IS NULL)', name=op.f('ck_opening_balance_decided_at')),
    sa.CheckConstraint('decided_by IS NULL OR decided_by <> proposed_by', name=op.f('ck_opening_balance_two_people')),
    sa.CheckConstraint('points >= 0 AND minutes >= 0 AND points + minutes > 0', name=op.f('ck_opening_balance_something')),
    sa.CheckConstraint('taken_back_by IS NULL OR taken_back_by <> taken_back_proposed_by', name=op.f('ck_opening_balance_two_take_back')),
    sa.ForeignKeyConstraint(['back_id'], ['journal_entry.id'], name=op.f('fk_opening_balance_back_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_opening_balance_entry_id')),
    sa.ForeignKeyConstraint(['reason_id'], ['personal_text.id'], name=op.f('fk_opening_balance_reason_id')),
    sa.ForeignKeyConstraint(['rule_version'], ['earning_rule.version'], name=op.f('fk_opening_balance_rule_version')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_opening_balance_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_opening_balance_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_balance')),
    sa.UniqueConstraint('back_id', name=op.f('uq_opening_balance_back_id')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_opening_balance_entry_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_opening_balance_status_id'), 'opening_balance', ['status', 'id'])
    op.create_index(op.f('ix_opening_balance_volunteer_id'), 'opening_balance', ['volunteer_id'])
    op.create_index('uq_opening_balance_booklet', 'opening_balance', ['booklet'], unique=True, sqlite_where=STANDING, postgresql_where=STANDING)


def downgrade() -> None:
    op.drop_table('opening_balance')
