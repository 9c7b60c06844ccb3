"""stars"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('star_rule',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('version', NUMBER, nullable=False),
    sa.Column('starts_on', sa.Text(), nullable=False),
    sa.Column('document', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('decided_at', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_star_rule')),
    sa.UniqueConstraint('version', name=op.f('uq_star_rule_version')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_star_rule_starts_on'), 'star_rule', ['starts_on'])
    op.create_table('star',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('stars', NUMBER, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('rule_version', NUMBER, nullable=False),
    sa.Column('needed_minutes', NUMBER, nullable=False),
    sa.Column('needed_points', NUMBER, nullable=True),
    sa.Column('needed_quality', NUMBER, nullable=True),
    sa.Column('lowers', NUMBER, nullable=False),
    sa.Column('counts_back_filled', NUMBER, nullable=False),
    sa.Column('approver', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('minutes', NUMBER, nullable=False),
    sa.Column('points', NUMBER, nullable=True),
    sa.Column('quality', NUMBER, nullable=True),
    sa.Column('applied_by', sa.Text(), nullable=False),
    sa.Column('applied_at', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=True),
    sa.Column('proposed_at', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('lowered_by', sa.Text(), nullable=True),
    sa.Column('lowered_at', sa.Text(), nullable=True),
    sa.Column('words_id', NUMBER, nullable=True),
    sa.Column('looked_minutes', NUMBER, nullable=True),
    sa.Column('looked_points', NUMBER, nullable=True),
    sa.Column('looked_by', sa.Text(), nullable=True),
    sa.Column('looked_at', sa.Text(), nullable=True),
    sa.CheckConstraint("(status = 'lowered') = (lowered_by IS NOT NULL)", name=op.f('ck_star_lowered')),
    sa.CheckConstraint("(status IN ('applied', 'proposed')) = (decided_by IS NULL)", name=op.f('ck_star_decided')),
    sa.CheckConstraint("status IN ('applied', 'proposed', 'approved', 'refused', 'lowered')", name=op.f('ck_star_status')),
    sa.CheckConstraint("status NOT IN ('approved', 'lowered') OR decided_by <> proposed_by", name=op.f('ck_star_two_people')),
    sa.CheckConstraint("status NOT IN ('proposed', 'approved', 'lowered') OR proposed_by IS NOT NULL", name=op.f('ck_star_proposed')),
    sa.CheckConstraint('lowers IN (0, 1) AND counts_back_filled IN (0, 1)', name=op.f('ck_star_switches')),
    sa.CheckConstraint('stars BETWEEN 1 AND 9', name=op.f('ck_star_stars')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_star_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_star_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_star')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_star_status_id'), 'star', ['status', 'id'])
    op.create_index(op.f('ix_star_volunteer_id'), 'star', ['volunteer_id'])
    op.create_index('uq_star_held', 'star', ['volunteer_id', 'stars'], unique=True, sqlite_where=sa.text("status = 'approved'"), postgresql_where=sa.text("status = 'approved'"))
    op.create_index('uq_star_open', 'star', ['volunteer_id'], unique=True, sqlite_where=sa.text("status IN ('applied', 'proposed')"), postgresql_where=sa.text("status IN ('applied', 'proposed')"))


def downgrade() -> None:
    op.drop_table('star')
    op.drop_table('star_rule')
