"""the day in the shop of a line of the list of missing slips"""

import sqlalchemy as sa
from alembic import op

revision = '0037'
down_revision = '0036'
branch_labels = None
depends_on = None

# An instant is kept as text in UTC, and the shop is eight hours ahead of it all year.
DAY = {
    'sqlite': "date(happened_at, '+8 hours')",
    'postgresql': "to_char(CAST(happened_at AS timestamptz) AT TIME ZONE 'UTC' + INTERVAL '8 hours', 'YYYY-MM-DD')",
}


def upgrade() -> None:
    with op.batch_alter_table('seen_elsewhere', schema=None) as batch_op:
        batch_op.add_column(sa.Column('happened_on', sa.Text(), nullable=True))
    day = DAY[op.get_bind().dialect.name]
    op.execute(
        f'UPDATE seen_elsewhere SET happened_on = CASE WHEN length(happened_at) = 10 THEN happened_at ELSE {day} END'
        ' WHERE happened_at IS NOT NULL'
    )


def downgrade() -> None:
    with op.batch_alter_table('seen_elsewhere', schema=None) as batch_op:
        batch_op.drop_column('happened_on')
