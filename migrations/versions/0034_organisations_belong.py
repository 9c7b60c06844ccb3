"""what an organisation belongs to, as a list of organisations says it"""

import sqlalchemy as sa
from alembic import op

revision = '0034'
down_revision = '0033'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('parent_id', NUMBER, nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_organisation_parent_id'), 'organisation', ['parent_id'], ['id'])
        batch_op.create_check_constraint(op.f('ck_organisation_not_itself'), 'parent_id <> id')
        batch_op.create_index(batch_op.f('ix_organisation_parent_id'), ['parent_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_parent_id'))
        batch_op.drop_constraint(op.f('ck_organisation_not_itself'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_organisation_parent_id'), type_='foreignkey')
        batch_op.drop_column('parent_id')
