"""cards handed over"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('card_print',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('card_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.CheckConstraint("what IN ('first', 'reprint', 'list', 'spoilt')", name=op.f('ck_card_print_what')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_print_card_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_card_print_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_print')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_card_print_card_id_id'), 'card_print', ['card_id', 'id'])
    op.create_index(op.f('ix_card_print_receipt_id'), 'card_print', ['receipt_id'])

    op.create_table('card_handover',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('card_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('handed_on', sa.Text(), nullable=False),
    sa.Column('to_whom', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.CheckConstraint("to_whom IN ('self', 'other')", name=op.f('ck_card_handover_to_whom')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_handover_card_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_card_handover_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_handover')),
    sa.UniqueConstraint('card_id', name=op.f('uq_card_handover_card_id')),
    sqlite_strict=True
    )

    op.create_table('card_loss',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('card_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('told_by', sa.Text(), nullable=False),
    sa.Column('told_how', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('found_at', sa.Text(), nullable=True),
    sa.Column('found_actor', sa.Text(), nullable=True),
    sa.CheckConstraint("reason IN ('lost', 'stolen', 'other')", name=op.f('ck_card_loss_reason')),
    sa.CheckConstraint("told_by IN ('self', 'other')", name=op.f('ck_card_loss_told_by')),
    sa.CheckConstraint("told_how IN ('phone', 'desk', 'me')", name=op.f('ck_card_loss_told_how')),
    sa.CheckConstraint('(found_at IS NULL) = (found_actor IS NULL)', name=op.f('ck_card_loss_found')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_loss_card_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_card_loss_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_loss')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_card_loss_card_id'), 'card_loss', ['card_id'])


def downgrade() -> None:
    op.drop_table('card_loss')
    op.drop_table('card_handover')
    op.drop_table('card_print')
