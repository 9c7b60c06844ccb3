"""redeeming by rulebook"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('earning_rule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('times_per', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('item_per', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('item_whose', sa.Text(), nullable=True))
        batch_op.add_column(sa.Column('min_minutes', NUMBER, nullable=True))
    bank = op.get_bind()
    for row in bank.execute(sa.text('SELECT id, document FROM earning_rule')).fetchall():
        redeeming = json.loads(row.document)['redeeming']
        times, per_item = redeeming['times'] or {}, redeeming['per_item'] or {}
        bank.execute(
            sa.text(
                'UPDATE earning_rule SET times_per = :times_per, item_per = :item_per,'
                ' item_whose = :item_whose, min_minutes = :min_minutes WHERE id = :id'
            ),
            {
                'id': row.id,
                'times_per': times.get('per'),
                'item_per': per_item.get('per'),
                'item_whose': per_item.get('whose'),
                'min_minutes': redeeming['min_minutes'],
            },
        )


def downgrade() -> None:
    with op.batch_alter_table('earning_rule', schema=None) as batch_op:
        batch_op.drop_column('min_minutes')
        batch_op.drop_column('item_whose')
        batch_op.drop_column('item_per')
        batch_op.drop_column('times_per')
