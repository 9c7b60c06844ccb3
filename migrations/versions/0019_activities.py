"""activities"""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('team',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('parent_id', NUMBER, nullable=True),
    sa.Column('organisation_id', NUMBER, nullable=True),
    sa.Column('founded_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('parent_id <> id', name=op.f('ck_team_not_itself')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_team_organisation_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['team.id'], name=op.f('fk_team_parent_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team')),
    sa.UniqueConstraint('name', name=op.f('uq_team_name')),
    sqlite_strict=True
    )
    with op.batch_alter_table('team', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_parent_id'), ['parent_id'], unique=False)

    op.create_table('project',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('team_id', NUMBER, nullable=True),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('begun_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_project_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project')),
    sa.UniqueConstraint('name', name=op.f('uq_project_name')),
    sqlite_strict=True
    )
    op.create_table('team_name',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('team_id', NUMBER, nullable=False),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_name_team_id')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_team_name')),
    sqlite_strict=True
    )
    with op.batch_alter_table('team_name', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_name_team_id'), ['team_id'], unique=False)

    op.create_table('activity',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('project_id', NUMBER, nullable=True),
    sa.Column('team_id', NUMBER, nullable=True),
    sa.Column('shop_id', NUMBER, nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('begins_at', sa.Text(), nullable=False),
    sa.Column('ends_at', sa.Text(), nullable=False),
    sa.Column('people_most', NUMBER, nullable=True),
    sa.Column('age_least', NUMBER, nullable=True),
    sa.Column('risk_note', sa.Text(), nullable=False),
    sa.Column('dangerous', NUMBER, nullable=False),
    sa.Column('insurance_ref', sa.Text(), nullable=True),
    sa.Column('walk_ins', NUMBER, nullable=False),
    sa.Column('waiting', NUMBER, nullable=False),
    sa.Column('leader_confirms', NUMBER, nullable=False),
    sa.Column('sheet_code', NUMBER, nullable=False),
    sa.Column('opens_itself', NUMBER, nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('planned_at', sa.Text(), nullable=False),
    sa.Column('planned_by', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=True),
    sa.Column('opened_by', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name=op.f('ck_activity_reason')),
    sa.CheckConstraint("dangerous = 0 OR insurance_ref IS NOT NULL OR state IN ('planned', 'cancelled')", name=op.f('ck_activity_insured')),
    sa.CheckConstraint("state IN ('planned', 'open', 'closed', 'cancelled')", name=op.f('ck_activity_state')),
    sa.CheckConstraint('age_least BETWEEN 1 AND 100', name=op.f('ck_activity_age_least')),
    sa.CheckConstraint('begins_at < ends_at', name=op.f('ck_activity_ends_after')),
    sa.CheckConstraint('dangerous IN (0, 1)', name=op.f('ck_activity_dangerous')),
    sa.CheckConstraint('leader_confirms IN (0, 1)', name=op.f('ck_activity_leader_confirms')),
    sa.CheckConstraint('opens_itself IN (0, 1)', name=op.f('ck_activity_opens_itself')),
    sa.CheckConstraint('people_most BETWEEN 1 AND 10000', name=op.f('ck_activity_people_most')),
    sa.CheckConstraint('sheet_code IN (0, 1)', name=op.f('ck_activity_sheet_code')),
    sa.CheckConstraint('waiting IN (0, 1)', name=op.f('ck_activity_waiting')),
    sa.CheckConstraint('walk_ins IN (0, 1)', name=op.f('ck_activity_walk_ins')),
    sa.ForeignKeyConstraint(['project_id'], ['project.id'], name=op.f('fk_activity_project_id')),
    sa.ForeignKeyConstraint(['shop_id'], ['shop.id'], name=op.f('fk_activity_shop_id')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_activity_team_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')),
    sqlite_strict=True
    )
    with op.batch_alter_table('activity', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_activity_begins_at'), ['begins_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_state_ends_at'), ['state', 'ends_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_activity_team_id_begins_at'), ['team_id', 'begins_at'], unique=False)

    op.create_table('team_leader',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('team_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('since', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('ended_at IS NULL OR ended_at >= since', name=op.f('ck_team_leader_ended_after')),
    sa.ForeignKeyConstraint(['team_id'], ['team.id'], name=op.f('fk_team_leader_team_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_team_leader_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_leader')),
    sqlite_strict=True
    )
    with op.batch_alter_table('team_leader', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_team_leader_volunteer_id'), ['volunteer_id'], unique=False)
        batch_op.create_index('uq_team_leader_now', ['team_id', 'volunteer_id'], unique=True, sqlite_where=sa.text('ended_at IS NULL'), postgresql_where=sa.text('ended_at IS NULL'))

    op.create_table('attendance',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('activity_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('signed_in_at', sa.Text(), nullable=False),
    sa.Column('signed_in_by', sa.Text(), nullable=False),
    sa.Column('in_way', sa.Text(), nullable=False),
    sa.Column('stops_at', sa.Text(), nullable=False),
    sa.Column('signed_out_at', sa.Text(), nullable=True),
    sa.Column('signed_out_by', sa.Text(), nullable=True),
    sa.Column('out_way', sa.Text(), nullable=True),
    sa.Column('minutes', NUMBER, nullable=True),
    sa.Column('collides', NUMBER, nullable=False),
    sa.Column('confirmed_minutes', NUMBER, nullable=True),
    sa.Column('decided_at', sa.Text(), nullable=True),
    sa.Column('decided_by', sa.Text(), nullable=True),
    sa.Column('record_id', NUMBER, nullable=True),
    sa.CheckConstraint("(status = 'recorded') = (record_id IS NOT NULL)", name=op.f('ck_attendance_record')),
    sa.CheckConstraint("(status IN ('open', 'undone')) = (signed_out_at IS NULL)", name=op.f('ck_attendance_signed_out')),
    sa.CheckConstraint("in_way IN ('card', 'code', 'sheet', 'roll_call', 'manual')", name=op.f('ck_attendance_in_way')),
    sa.CheckConstraint("out_way IN ('card', 'code', 'sheet', 'roll_call', 'manual', 'forgotten')", name=op.f('ck_attendance_out_way')),
    sa.CheckConstraint("status IN ('open', 'ended', 'recorded', 'struck', 'undone')", name=op.f('ck_attendance_status')),
    sa.CheckConstraint('(signed_out_at IS NULL) = (out_way IS NULL) AND (signed_out_at IS NULL) = (minutes IS NULL)', name=op.f('ck_attendance_out_whole')),
    sa.CheckConstraint('confirmed_minutes <= minutes', name=op.f('ck_attendance_never_raised')),
    sa.CheckConstraint('minutes BETWEEN 0 AND 1440', name=op.f('ck_attendance_minutes')),
    sa.CheckConstraint('collides IN (0, 1)', name=op.f('ck_attendance_collides')),
    sa.CheckConstraint('signed_out_at >= signed_in_at', name=op.f('ck_attendance_out_after_in')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_attendance_activity_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_attendance_record_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_attendance_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('record_id', name=op.f('uq_attendance_record_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_activity_id_volunteer_id'), ['activity_id', 'volunteer_id'], unique=False)
        batch_op.create_index('ix_attendance_running', ['stops_at'], unique=False, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.create_index(batch_op.f('ix_attendance_volunteer_id_signed_in_at'), ['volunteer_id', 'signed_in_at'], unique=False)
        batch_op.create_index('uq_attendance_open', ['volunteer_id'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('participant',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('activity_id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('changed_at', sa.Text(), nullable=False),
    sa.Column('changed_by', sa.Text(), nullable=False),
    sa.Column('no_show_at', sa.Text(), nullable=True),
    sa.Column('no_show_by', sa.Text(), nullable=True),
    sa.CheckConstraint("status IN ('joined', 'waiting', 'left')", name=op.f('ck_participant_status')),
    sa.CheckConstraint('(no_show_at IS NULL) = (no_show_by IS NULL)', name=op.f('ck_participant_no_show')),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_participant_activity_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_participant_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_participant')),
    sa.UniqueConstraint('activity_id', 'volunteer_id', name=op.f('uq_participant_activity_id_volunteer_id')),
    sqlite_strict=True
    )
    with op.batch_alter_table('participant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_participant_volunteer_id_status'), ['volunteer_id', 'status'], unique=False)



def downgrade() -> None:
    for table in ('participant', 'attendance', 'team_leader', 'activity', 'team_name', 'project', 'team'):
        op.drop_table(table)
