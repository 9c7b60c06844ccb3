"""late redemptions"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('late_redemption',
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('happened_on', sa.Text(), nullable=False),
    sa.Column('slip', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('proposed_by', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=False),
    sa.Column('taken_back_at', sa.Text(), nullable=True),
    sa.CheckConstraint("why IN ('restored', 'paper')", name=op.f('ck_late_redemption_why')),
    sa.CheckConstraint('decided_by <> proposed_by', name=op.f('ck_late_redemption_two_people')),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], name=op.f('fk_late_redemption_redemption_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shop.id'], name=op.f('fk_late_redemption_shop_id')),
    sa.PrimaryKeyConstraint('redemption_id', name=op.f('pk_late_redemption')),
    sqlite_strict=True
    )
    with op.batch_alter_table('late_redemption', schema=None) as batch_op:
        batch_op.create_index('uq_late_redemption_stands', ['shop_id', 'happened_on', 'slip'], unique=True, sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))



def downgrade() -> None:
    with op.batch_alter_table('late_redemption', schema=None) as batch_op:
        batch_op.drop_index('uq_late_redemption_stands', sqlite_where=sa.text('taken_back_at IS NULL'), postgresql_where=sa.text('taken_back_at IS NULL'))

    op.drop_table('late_redemption')
