"""handovers taken back"""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
STRICT = {'sqlite_strict': True}
OPEN_BEFORE = sa.text('closed_at IS NULL')
OPEN_NOW = sa.text('closed_at IS NULL AND withdrawn_at IS NULL')
WITHDRAWN = '(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL OR closed_at IS NULL)'
BOOKED = 'booked_at IS NULL OR (signed_leaving_at IS NOT NULL AND signed_taking_at IS NOT NULL)'


def one_open(where) -> None:
    op.create_index('uq_handover_open', 'handover', ['leaving_staff_id'], unique=True,
    sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.drop_index('uq_handover_open', table_name='handover')
    with op.batch_alter_table('handover', table_kwargs=STRICT) as batch_op:
        for name in ('withdrawn_at', 'withdrawn_by', 'booked_at'):
            batch_op.add_column(sa.Column(name, sa.Text(), nullable=True))
        batch_op.create_check_constraint(op.f('ck_handover_withdrawn'), WITHDRAWN)
        batch_op.create_check_constraint(op.f('ck_handover_booked_signed'), BOOKED)
    one_open(OPEN_NOW)
    with op.batch_alter_table('card_handover', table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column('taken_back', NUMBER, nullable=False, server_default=sa.text('0')))
        batch_op.drop_constraint(op.f('uq_card_handover_card_id'), type_='unique')
        batch_op.create_check_constraint(op.f('ck_card_handover_taken_back'), 'taken_back IN (0, 1)')
    op.create_index(op.f('ix_card_handover_card_id_id'), 'card_handover', ['card_id', 'id'])


def downgrade() -> None:
    op.drop_index(op.f('ix_card_handover_card_id_id'), table_name='card_handover')
    with op.batch_alter_table('card_handover', table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f('ck_card_handover_taken_back'), type_='check')
        batch_op.create_unique_constraint(op.f('uq_card_handover_card_id'), ['card_id'])
        batch_op.drop_column('taken_back')
    op.drop_index('uq_handover_open', table_name='handover')
    with op.batch_alter_table('handover', table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f('ck_handover_withdrawn'), type_='check')
        batch_op.drop_constraint(op.f('ck_handover_booked_signed'), type_='check')
        for name in ('withdrawn_at', 'withdrawn_by', 'booked_at'):
            batch_op.drop_column(name)
    one_open(OPEN_BEFORE)
