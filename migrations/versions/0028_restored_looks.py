"""restored looks"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = '0028'
down_revision = '0027'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('restored_look',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('life', sa.Text(), nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_restored_look_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_restored_look')),
    sa.UniqueConstraint('life', 'what', name=op.f('uq_restored_look_life_what')),
    sa.UniqueConstraint('receipt_id', name=op.f('uq_restored_look_receipt_id')),
    sqlite_strict=True
    )


def downgrade() -> None:
    op.drop_table('restored_look')
