"""from record to point"""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
OPEN_NOW = sa.text('decided_at IS NULL')
STANDING = sa.text('lifted_at IS NULL')
NEW_COLUMNS = (
    ('lapsed_at', sa.Text()),
    ('taken_up_by', sa.Text()),
    ('taken_up_at', sa.Text()),
    ('taken_up_for', sa.Text()),
    ('notice_id', NUMBER),
    ('effective_by', sa.Text()),
    ('effective_at', sa.Text()),
    ('effective_on', sa.Text()),
)
# The shop's own day of an instant.
DAY_OF_DECISION = {
    'sqlite': "date(decided_at, '+8 hours')",
    'postgresql': "to_char(CAST(decided_at AS timestamptz) AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD')",
}
BEFORE = {
    'decided': "(status = 'pending') = (decided_by IS NULL)",
    'status': "status IN ('pending', 'effective', 'rejected', 'void')",
    'two_people': "status NOT IN ('effective', 'void') OR decided_by <> recorded_by",
    'entry_has_points': '(entry_id IS NULL) = (coalesce(points, 0) = 0)',
}
NOW = {
    'decided': "(status IN ('pending', 'lapsed')) = (decided_by IS NULL)",
    'status': "status IN ('pending', 'reviewed', 'published', 'effective', 'rejected', 'lapsed', 'void')",
    'two_people': "status IN ('pending', 'lapsed', 'rejected') OR decided_by <> recorded_by",
    'published': "status <> 'published' OR notice_id IS NOT NULL",
    'effective': "(status IN ('effective', 'void')) = (effective_on IS NOT NULL)",
    'entry_has_points': "(entry_id IS NOT NULL)"
    " = (status IN ('effective', 'void') AND coalesce(points, 0) > 0)",
}


def change_checks(gone, made) -> None:
    with op.batch_alter_table('service_record', table_kwargs={'sqlite_strict': True}) as batch_op:
        for name in gone:
            batch_op.drop_constraint(op.f(f'ck_service_record_{name}'), type_='check')
        for name, condition in made.items():
            batch_op.create_check_constraint(op.f(f'ck_service_record_{name}'), condition)


def upgrade() -> None:
    op.create_table('holiday_calendar',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('year', NUMBER, nullable=False),
    sa.Column('version', NUMBER, nullable=False),
    sa.Column('settled_by', sa.Text(), nullable=False),
    sa.Column('settled_at', sa.Text(), nullable=False),
    sa.CheckConstraint('version > 0', name=op.f('ck_holiday_calendar_version')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday_calendar')),
    sa.UniqueConstraint('year', 'version', name=op.f('uq_holiday_calendar_year_version')),
    sqlite_strict=True
    )
    op.create_table('holiday',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('calendar_id', NUMBER, nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.CheckConstraint("kind IN ('off', 'work')", name=op.f('ck_holiday_kind')),
    sa.ForeignKeyConstraint(['calendar_id'], ['holiday_calendar.id'], name=op.f('fk_holiday_calendar_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_holiday')),
    sa.UniqueConstraint('calendar_id', 'day', name=op.f('uq_holiday_calendar_id_day')),
    sqlite_strict=True
    )
    op.create_table('notice',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('year', NUMBER, nullable=False),
    sa.Column('place', NUMBER, nullable=False),
    sa.Column('opened_by', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Text(), nullable=False),
    sa.Column('length', NUMBER, nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('last_day', sa.Text(), nullable=False),
    sa.Column('hung_by', sa.Text(), nullable=True),
    sa.Column('hung_on', sa.Text(), nullable=True),
    sa.Column('taken_down_by', sa.Text(), nullable=True),
    sa.Column('taken_down_on', sa.Text(), nullable=True),
    sa.Column('withdrawn_by', sa.Text(), nullable=True),
    sa.Column('withdrawn_at', sa.Text(), nullable=True),
    sa.Column('withdrawn_for', sa.Text(), nullable=True),
    sa.CheckConstraint("unit IN ('working', 'calendar')", name=op.f('ck_notice_unit')),
    sa.CheckConstraint('(hung_on IS NULL) = (hung_by IS NULL)', name=op.f('ck_notice_hung')),
    sa.CheckConstraint('(taken_down_on IS NULL) = (taken_down_by IS NULL)', name=op.f('ck_notice_taken_down')),
    sa.CheckConstraint(
        '(withdrawn_at IS NULL) = (withdrawn_by IS NULL) AND (withdrawn_at IS NULL) = (withdrawn_for IS NULL)',
        name=op.f('ck_notice_withdrawn'),
    ),
    sa.CheckConstraint('last_day > starts_on', name=op.f('ck_notice_last_day')),
    sa.CheckConstraint('length > 0', name=op.f('ck_notice_length')),
    sa.CheckConstraint('place > 0', name=op.f('ck_notice_place')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('year', 'place', name=op.f('uq_notice_year_place')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_notice_last_day'), 'notice', ['last_day'], unique=False)
    change_checks(BEFORE, {})
    with op.batch_alter_table('service_record', table_kwargs={'sqlite_strict': True}) as batch_op:
        for name, kind in NEW_COLUMNS:
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.create_index(batch_op.f('ix_service_record_notice_id_status'), ['notice_id', 'status'], unique=False)
        batch_op.create_foreign_key(batch_op.f('fk_service_record_notice_id'), 'notice', ['notice_id'], ['id'])
    # Until now a record was effective the moment that it was found right.
    day = DAY_OF_DECISION[op.get_context().dialect.name]
    op.execute(
        "UPDATE service_record SET effective_by = decided_by, effective_at = decided_at,"
        f" effective_on = {day} WHERE status IN ('effective', 'void')"
    )
    change_checks({}, NOW)
    op.create_table('objection',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('record_id', NUMBER, nullable=False),
    sa.Column('raised_by', sa.Text(), nullable=False),
    sa.Column('raised_at', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('new_record_id', NUMBER, nullable=True),
    sa.CheckConstraint("new_record_id IS NULL OR outcome = 'corrected'", name=op.f('ck_objection_new_record')),
    sa.CheckConstraint("outcome IN ('upheld', 'corrected', 'dismissed')", name=op.f('ck_objection_outcome')),
    sa.CheckConstraint(
        '(outcome IS NULL) = (decided_by IS NULL) AND (outcome IS NULL) = (decided_at IS NULL)'
        ' AND (outcome IS NULL) = (answer IS NULL)',
        name=op.f('ck_objection_decided'),
    ),
    sa.ForeignKeyConstraint(['new_record_id'], ['service_record.id'], name=op.f('fk_objection_new_record_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_objection_record_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_objection')),
    sqlite_strict=True
    )
    op.create_index('ix_objection_open', 'objection', ['id'], unique=False, sqlite_where=OPEN_NOW, postgresql_where=OPEN_NOW)
    op.create_index(op.f('ix_objection_record_id'), 'objection', ['record_id'], unique=False)
    op.create_table('service_mark',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('activity', sa.Text(), nullable=False),
    sa.Column('day', sa.Text(), nullable=False),
    sa.Column('record_id', NUMBER, nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.Text(), nullable=False),
    sa.Column('lifted_by', sa.Text(), nullable=True),
    sa.Column('lifted_at', sa.Text(), nullable=True),
    sa.Column('lifted_for', sa.Text(), nullable=True),
    sa.CheckConstraint("kind IN ('no_show', 'complaint')", name=op.f('ck_service_mark_kind')),
    sa.CheckConstraint(
        '(lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (lifted_for IS NULL)',
        name=op.f('ck_service_mark_lifted'),
    ),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_service_mark_record_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_service_mark_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_service_mark')),
    sqlite_strict=True
    )
    op.create_index(
        'uq_service_mark_standing',
        'service_mark',
        ['volunteer_id', 'kind', 'day', 'activity'],
        unique=True,
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )
    op.add_column('volunteer', sa.Column('unnamed_since', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('volunteer', 'unnamed_since')
    op.drop_table('service_mark')
    op.drop_table('objection')
    change_checks(NOW, {})
    with op.batch_alter_table('service_record', table_kwargs={'sqlite_strict': True}) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_service_record_notice_id'), type_='foreignkey')
        batch_op.drop_index(batch_op.f('ix_service_record_notice_id_status'))
        for name, _kind in NEW_COLUMNS:
            batch_op.drop_column(name)
    change_checks({}, BEFORE)
    op.drop_table('notice')
    op.drop_table('holiday')
    op.drop_table('holiday_calendar')
