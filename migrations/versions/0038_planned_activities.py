"""planned activities"""

import sqlalchemy as sa
from alembic import op

revision = '0038'
down_revision = '0037'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
STRICT = {'sqlite_strict': True}
LATEST = sa.text('lifted_at IS NULL')
UNPLANNED = sa.text('lifted_at IS NULL AND activity_id IS NULL')
PLANNED = sa.text('lifted_at IS NULL AND activity_id IS NOT NULL')
STANDING, OF_PLANNED = 'uq_service_mark_standing', 'uq_service_mark_planned'


def _key(name: str, columns: list, where: sa.TextClause) -> None:
    op.create_index(name, 'service_mark', columns, unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    for table in ('service_record', 'service_mark'):
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.add_column(sa.Column('activity_id', NUMBER, nullable=True))
            batch_op.create_foreign_key(op.f(f'fk_{table}_activity_id'), 'activity', ['activity_id'], ['id'])
    op.drop_index(STANDING, table_name='service_mark')
    _key(STANDING, ['volunteer_id', 'kind', 'day', 'activity'], UNPLANNED)
    _key(OF_PLANNED, ['volunteer_id', 'kind', 'activity_id'], PLANNED)
    # What an attendance has become since there are activities belongs to one.
    op.execute(
        'UPDATE service_record SET activity_id = (SELECT attendance.activity_id FROM attendance'
        ' WHERE attendance.record_id = service_record.id)'
    )


def downgrade() -> None:
    for name in (OF_PLANNED, STANDING):
        op.drop_index(name, table_name='service_mark')
    _key(STANDING, ['volunteer_id', 'kind', 'day', 'activity'], LATEST)
    for table in ('service_mark', 'service_record'):
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.drop_constraint(op.f(f'fk_{table}_activity_id'), type_='foreignkey')
            batch_op.drop_column('activity_id')
