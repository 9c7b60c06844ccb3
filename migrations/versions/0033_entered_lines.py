"""which late entry a line of the list of missing slips was settled by"""

import sqlalchemy as sa
from alembic import op

revision = '0033'
down_revision = '0032'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('seen_elsewhere', schema=None) as batch_op:
        batch_op.add_column(sa.Column('redemption_id', NUMBER, nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_seen_elsewhere_redemption_id'), 'redemption', ['redemption_id'], ['id'])
    # A line was ticked off in the same breath as its purchase was entered.
    op.execute(
        'UPDATE seen_elsewhere SET redemption_id = ('
        'SELECT MIN(receipt.id) FROM receipt JOIN late_redemption ON late_redemption.redemption_id = receipt.id'
        ' WHERE receipt.at = seen_elsewhere.settled_at AND receipt.actor = seen_elsewhere.settled_by'
        " AND receipt.operation = 'safekeeping.enter_missing') WHERE settled_how = 'entered'"
    )


def downgrade() -> None:
    with op.batch_alter_table('seen_elsewhere', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_seen_elsewhere_redemption_id'), type_='foreignkey')
        batch_op.drop_column('redemption_id')
