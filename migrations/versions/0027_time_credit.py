"""time credit"""

import sqlalchemy as sa
from alembic import op

revision = '0027'
down_revision = '0026'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
STRICT = {'sqlite_strict': True}


def commodities(kinds: str) -> None:
    with op.batch_alter_table('commodity', table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(op.f('ck_commodity_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_commodity_kind'), f"kind IN ({kinds})")


def upgrade() -> None:
    commodities("'points', 'goods', 'currency', 'time'")
    op.create_table('time_credit',
    sa.Column('record_id', NUMBER, autoincrement=False, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('minutes', NUMBER, nullable=False),
    sa.Column('working', sa.Text(), nullable=False),
    sa.Column('entry_id', NUMBER, nullable=False),
    sa.Column('back_id', NUMBER, nullable=True),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_time_credit_minutes')),
    sa.ForeignKeyConstraint(['back_id'], ['journal_entry.id'], name=op.f('fk_time_credit_back_id')),
    sa.ForeignKeyConstraint(['entry_id'], ['journal_entry.id'], name=op.f('fk_time_credit_entry_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_time_credit_record_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_time_credit_volunteer_id')),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_time_credit')),
    sa.UniqueConstraint('back_id', name=op.f('uq_time_credit_back_id')),
    sa.UniqueConstraint('entry_id', name=op.f('uq_time_credit_entry_id')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_time_credit_volunteer_id_record_id'), 'time_credit', ['volunteer_id', 'record_id'])


def downgrade() -> None:
    op.drop_table('time_credit')
    commodities("'points', 'goods', 'currency'")
