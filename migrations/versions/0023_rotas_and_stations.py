"""rotas_and_stations"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
STRICT = {'sqlite_strict': True}


def upgrade() -> None:
    op.create_table('rota',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('team_id', NUMBER, nullable=True),
    sa.Column('shop_id', NUMBER, nullable=True),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('people_each', NUMBER, nullable=False),
    sa.Column('rest_hours', NUMBER, nullable=False),
    sa.Column('around_clock', NUMBER, nullable=False),
    sa.Column('begun_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('around_clock IN (0, 1)', name=op.f('ck_rota_around_clock')),
    sa.CheckConstraint('people_each BETWEEN 1 AND 20', name=op.f('ck_rota_people_each')),
    sa.CheckConstraint('rest_hours BETWEEN 0 AND 24', name=op.f('ck_rota_rest_hours')),
    sa.ForeignKeyConstraint(['shop_id'], ['shop.id'], name=op.f('fk_rota_shop_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_rota_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rota')),
    sqlite_strict=True
    )
    op.create_table('rota_member',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('rota_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('place', NUMBER, nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['rota_id'], ['rota.id'], name=op.f('fk_rota_member_rota_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_rota_member_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rota_member')),
    sqlite_strict=True
    )
    with op.batch_alter_table('rota_member', schema=None) as batch_op:
        batch_op.create_index('uq_rota_member_now', ['rota_id', 'volunteer_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('rota_slot',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('rota_id', NUMBER, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('begins', sa.Text(), nullable=False),
    sa.Column('minutes', NUMBER, nullable=False),
    sa.CheckConstraint('minutes BETWEEN 10 AND 1440', name=op.f('ck_rota_slot_minutes')),
    sa.ForeignKeyConstraint(['rota_id'], ['rota.id'], name=op.f('fk_rota_slot_rota_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rota_slot')),
    sa.UniqueConstraint('rota_id', 'begins', name=op.f('uq_rota_slot_rota_id_begins')),
    sqlite_strict=True
    )
    with op.batch_alter_table('activity', table_kwargs=STRICT) as batch_op:
        batch_op.add_column(sa.Column('slot_id', NUMBER, nullable=True))
        batch_op.create_unique_constraint(batch_op.f('uq_activity_slot_id_begins_at'), ['slot_id', 'begins_at'])
        batch_op.create_foreign_key(batch_op.f('fk_activity_slot_id'), 'rota_slot', ['slot_id'], ['id'])
    # Whatever has been paired so far is a kiosk.
    for table in ('device', 'pairing'):
        op.add_column(table, sa.Column('kind', sa.Text(), nullable=True))
        op.execute(f"UPDATE {table} SET kind = 'kiosk'")
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.alter_column('kind', existing_type=sa.Text(), nullable=False)
            batch_op.create_check_constraint(op.f(f'ck_{table}_kind'), "kind IN ('kiosk', 'station')")


def downgrade() -> None:
    for table in ('device', 'pairing'):
        with op.batch_alter_table(table, table_kwargs=STRICT) as batch_op:
            batch_op.drop_constraint(op.f(f'ck_{table}_kind'), type_='check')
            batch_op.drop_column('kind')
    with op.batch_alter_table('activity', table_kwargs=STRICT) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_activity_slot_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('uq_activity_slot_id_begins_at'), type_='unique')
        batch_op.drop_column('slot_id')
    for table in ('rota_slot', 'rota_member', 'rota'):
        op.drop_table(table)
