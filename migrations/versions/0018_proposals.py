"""proposals"""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('proposal',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('act', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('told', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('proposed_at', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.CheckConstraint("state IN ('open', 'confirmed', 'withdrawn', 'declined')", name=op.f('ck_proposal_state')),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f('ck_proposal_decided')),
    sa.CheckConstraint('(decided_at IS NULL) = (decided_by IS NULL)', name=op.f('ck_proposal_decided_by')),
    sa.CheckConstraint("(state = 'declined') = (reason IS NOT NULL)", name=op.f('ck_proposal_reason')),
    sa.CheckConstraint("decided_by IS NULL OR (state = 'withdrawn') = (decided_by = proposed_by)", name=op.f('ck_proposal_two_people')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_proposal_state_id'), 'proposal', ['state', 'id'])
    op.create_index('uq_proposal_open', 'proposal', ['act', 'about'], unique=True,
    sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))


def downgrade() -> None:
    op.drop_table('proposal')
