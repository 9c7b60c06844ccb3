"""pins and second person"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('pin',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('pin_hash', sa.Text(), nullable=False),
    sa.Column('version', NUMBER, nullable=False),
    sa.Column('set_at', sa.Text(), nullable=False),
    sa.Column('failures', NUMBER, nullable=False),
    sa.Column('waits_until', sa.Text(), nullable=True),
    sa.Column('blocked_at', sa.Text(), nullable=True),
    sa.CheckConstraint('version > 0', name=op.f('ck_pin_version')),
    sa.CheckConstraint('failures BETWEEN 0 AND 10', name=op.f('ck_pin_failures')),
    sa.CheckConstraint('(failures = 10) = (blocked_at IS NOT NULL)', name=op.f('ck_pin_blocked')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pin')),
    sa.UniqueConstraint('holder', name=op.f('uq_pin_holder')),
    sqlite_strict=True
    )
    op.create_table('badge',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('staff_id', NUMBER, nullable=False),
    sa.Column('issue', NUMBER, nullable=False),
    sa.Column('capacity', sa.Text(), nullable=False),
    sa.Column('code_hash', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('issued_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint("status IN ('active', 'blocked', 'replaced')", name=op.f('ck_badge_status')),
    sa.CheckConstraint("capacity IN ('worker', 'committee', 'volunteers')", name=op.f('ck_badge_capacity')),
    sa.CheckConstraint('length(code_hash) = 32', name=op.f('ck_badge_code_hash_length')),
    sa.ForeignKeyConstraint(['staff_id'], ['staff.id'], name=op.f('fk_badge_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_badge')),
    sa.UniqueConstraint('code_hash', name=op.f('uq_badge_code_hash')),
    sqlite_strict=True
    )
    with op.batch_alter_table('badge', schema=None) as batch_op:
        batch_op.create_index('uq_badge_in_use', ['staff_id'], unique=True, sqlite_where=sa.text("status <> 'replaced'"), postgresql_where=sa.text("status <> 'replaced'"))
        batch_op.create_index('uq_badge_staff_issue', ['staff_id', 'issue'], unique=True)


def downgrade() -> None:
    with op.batch_alter_table('badge', schema=None) as batch_op:
        batch_op.drop_index('uq_badge_staff_issue')
        batch_op.drop_index('uq_badge_in_use')

    op.drop_table('badge')
    op.drop_table('pin')
