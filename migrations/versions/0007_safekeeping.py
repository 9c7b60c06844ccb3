"""safekeeping"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('backup_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('at', sa.Text(), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('made_at', sa.Text(), nullable=True),
    sa.Column('bytes', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('sha256', sa.Text(), nullable=True),
    sa.Column('verified_at', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('nightly', 'on_demand', 'stick')", name=op.f('ck_backup_run_kind')),
    sa.CheckConstraint("(outcome = 'good') = (verified_at IS NOT NULL)", name=op.f('ck_backup_run_verified')),
    sa.CheckConstraint("(outcome = 'good') = (sha256 IS NOT NULL)", name=op.f('ck_backup_run_hashed')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_backup_run_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_backup_run')),
    sa.UniqueConstraint('receipt_id', name=op.f('uq_backup_run_receipt_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('backup_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_backup_run_kind_outcome'), ['kind', 'outcome'], unique=False)
        batch_op.create_index(batch_op.f('ix_backup_run_sha256'), ['sha256'], unique=False)

    op.create_table('seen_elsewhere',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('receipt_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('device_id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=True),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('slip', sa.Text(), nullable=False),
    sa.Column('points', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('card', sa.Text(), nullable=True),
    sa.Column('happened_at', sa.Text(), nullable=True),
    sa.Column('undone', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('noted_at', sa.Text(), nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.Column('settled_at', sa.Text(), nullable=True),
    sa.Column('settled_by', sa.Text(), nullable=True),
    sa.Column('settled_how', sa.Text(), nullable=True),
    sa.CheckConstraint("source IN ('kiosk', 'slip')", name=op.f('ck_seen_elsewhere_source')),
    sa.CheckConstraint('points > 0', name=op.f('ck_seen_elsewhere_points')),
    sa.CheckConstraint('undone IN (0, 1)', name=op.f('ck_seen_elsewhere_undone')),
    sa.CheckConstraint('(settled_at IS NULL) = (settled_by IS NULL)', name=op.f('ck_seen_elsewhere_settled')),
    sa.ForeignKeyConstraint(['device_id'], ['device.id'], name=op.f('fk_seen_elsewhere_device_id')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_seen_elsewhere_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_seen_elsewhere')),
    sa.UniqueConstraint('key', name=op.f('uq_seen_elsewhere_key')),
    sqlite_strict=True
    )
    with op.batch_alter_table('seen_elsewhere', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_seen_elsewhere_settled_at'), ['settled_at'], unique=False)


def downgrade() -> None:
    op.drop_table('seen_elsewhere')
    op.drop_table('backup_run')
