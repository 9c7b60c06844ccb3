"""baskets that were left"""

import sqlalchemy as sa
from alembic import op

revision = '0039'
down_revision = '0038'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('unconfirmed_basket',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('quote_id', sa.Text(), nullable=False),
    sa.Column('wallet_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('shop_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('till', sa.Text(), nullable=False),
    sa.Column('terms', sa.Text(), nullable=False),
    sa.Column('total_points', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('quoted_at', sa.Text(), nullable=False),
    sa.Column('left_at', sa.Text(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('redemption_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name=op.f('ck_unconfirmed_basket_ended')),
    sa.CheckConstraint("(status = 'taken') = (redemption_id IS NOT NULL)", name=op.f('ck_unconfirmed_basket_taken')),
    sa.CheckConstraint("status IN ('open', 'taken', 'not_taken', 'put_back')", name=op.f('ck_unconfirmed_basket_status')),
    sa.CheckConstraint('total_points > 0', name=op.f('ck_unconfirmed_basket_total_points')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_unconfirmed_basket_device_id')),
    sa.ForeignKeyConstraint(['redemption_id'], ['redemption.id'], name=op.f('fk_unconfirmed_basket_redemption_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shop.id'], name=op.f('fk_unconfirmed_basket_shop_id')),
    sa.ForeignKeyConstraint(['wallet_id'], ['account.id'], name=op.f('fk_unconfirmed_basket_wallet_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unconfirmed_basket')),
    sa.UniqueConstraint('quote_id', name=op.f('uq_unconfirmed_basket_quote_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('unconfirmed_basket', schema=None) as batch_op:
        batch_op.create_index('ix_unconfirmed_basket_open', ['wallet_id'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))


def downgrade() -> None:
    with op.batch_alter_table('unconfirmed_basket', schema=None) as batch_op:
        batch_op.drop_index('ix_unconfirmed_basket_open', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.drop_table('unconfirmed_basket')