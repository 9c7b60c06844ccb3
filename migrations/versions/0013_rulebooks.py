"""rulebooks"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
NUMBERS = ('points_per_hour', 'minutes_unit', 'counts_manual')
SOURCES = "source IN ('sign_in', 'app', 'roll_call', 'manual', 'honorary')"
SOURCES_BEFORE = "source IN ('sign_in', 'app', 'manual', 'honorary')"


def upgrade() -> None:
    with op.batch_alter_table('earning_rule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('proposed_by', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('decided_at', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('document', sa.Text(), nullable=True))
    bank = op.get_bind()
    rows = bank.execute(
        sa.text(
            'SELECT id, version, points_per_hour, minutes_unit, counts_manual, cap_minutes_per_activity'
            ' FROM earning_rule'
        )
    )
    for row in rows.fetchall():
        bank.execute(
            sa.text('UPDATE earning_rule SET document = :document WHERE id = :id'),
            {'document': document_of(row), 'id': row.id},
        )
    with op.batch_alter_table('earning_rule', schema=None) as batch_op:
        batch_op.alter_column('document', existing_type=sa.Text(), nullable=False)
        for name in NUMBERS:
            batch_op.alter_column(name, existing_type=NUMBER, nullable=True)
    with op.batch_alter_table('service_record', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_service_record_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_service_record_source'), SOURCES)


def document_of(row) -> str:
    """What the four numbers said, in the form in which a rulebook says it."""
    back_filled = ['manual', 'honorary'] if row.counts_manual else []
    caps = []
    if row.cap_minutes_per_activity is not None:
        most = row.cap_minutes_per_activity
        caps = [{'per': 'activity', 'of': 'minutes', 'most': most, 'categories': []}]
    roles = ['worker', 'witness', 'admin']
    told = {
        'format': 'pointsbank-rulebook-1',
        'name': '积分规则',
        'about': '',
        'rates': [
            {'kind': 'per_time', 'minutes': 60, 'points': row.points_per_hour, 'categories': []}
        ],
        'sources': {'earning': ['sign_in', 'app', 'roll_call', *back_filled]},
        'rounding': {'minutes': row.minutes_unit},
        'multipliers': {'combine': 'highest', 'factors': []},
        'caps': caps,
        'bonuses': [],
        'deductions': [],
        'review': {'approvers': roles, 'manual_approvers': roles, 'within_days': None},
        'notice': {'length': 0, 'unit': 'working'},
        'validity': {'until': 'none', 'warn_days': 30},
        'redeeming': {
            'weekdays': [],
            'days_of_month': [],
            'months': [],
            'times': None,
            'per_item': None,
            'min_balance': 0,
            'min_minutes': 0,
            'undo_minutes': 5,
        },
        'property_fee': None,
        'time_credit': {'kept': False},
    }
    return json.dumps(told, sort_keys=True, separators=(',', ':'))


def downgrade() -> None:
    with op.batch_alter_table('service_record', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_service_record_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_service_record_source'), SOURCES_BEFORE)
    with op.batch_alter_table('earning_rule', schema=None) as batch_op:
        for name in NUMBERS:
            batch_op.alter_column(name, existing_type=NUMBER, nullable=False)
        batch_op.drop_column('document')
        batch_op.drop_column('decided_at')
        batch_op.drop_column('proposed_by')
