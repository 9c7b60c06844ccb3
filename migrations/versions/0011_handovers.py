"""handovers"""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('handover',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('leaving_staff_id', NUMBER, nullable=False),
    sa.Column('taking_staff_id', NUMBER, nullable=True),
    sa.Column('opened_at', sa.Text(), nullable=False),
    sa.Column('opened_by', sa.Text(), nullable=False),
    sa.Column('counted', sa.Text(), nullable=True),
    sa.Column('keys_handed', sa.Text(), nullable=True),
    sa.Column('signed_leaving_at', sa.Text(), nullable=True),
    sa.Column('signed_taking_at', sa.Text(), nullable=True),
    sa.Column('closed_at', sa.Text(), nullable=True),
    sa.CheckConstraint('leaving_staff_id <> taking_staff_id', name=op.f('ck_handover_two_people')),
    sa.CheckConstraint('(counted IS NULL) = (keys_handed IS NULL)', name=op.f('ck_handover_counted')),
    sa.CheckConstraint('counted IS NOT NULL OR (signed_leaving_at IS NULL AND signed_taking_at IS NULL)', name=op.f('ck_handover_signed_counted')),
    sa.CheckConstraint('signed_taking_at IS NULL OR taking_staff_id IS NOT NULL', name=op.f('ck_handover_somebody_takes')),
    sa.CheckConstraint('closed_at IS NULL OR (signed_leaving_at IS NOT NULL AND signed_taking_at IS NOT NULL)', name=op.f('ck_handover_both_signed')),
    sa.ForeignKeyConstraint(['leaving_staff_id'], ['staff.id'], name=op.f('fk_handover_leaving_staff_id')),
    sa.ForeignKeyConstraint(['taking_staff_id'], ['staff.id'], name=op.f('fk_handover_taking_staff_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_handover')),
    sqlite_strict=True
    )
    op.create_index('uq_handover_open', 'handover', ['leaving_staff_id'], unique=True,
    sqlite_where=sa.text('closed_at IS NULL'), postgresql_where=sa.text('closed_at IS NULL'))


def downgrade() -> None:
    op.drop_table('handover')
