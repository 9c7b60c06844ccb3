"""consent in english"""

import sqlalchemy as sa
from alembic import op

revision = '0031'
down_revision = '0030'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('consent_text', schema=None) as batch_op:
        batch_op.add_column(sa.Column('text_en', sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('consent_text', schema=None) as batch_op:
        batch_op.drop_column('text_en')
