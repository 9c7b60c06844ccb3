"""tags of activities"""

import sqlalchemy as sa
from alembic import op

revision = '0036'
down_revision = '0035'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('activity', sa.Column('tags', sa.Text(), nullable=True))
    op.add_column('rota', sa.Column('tags', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('rota', 'tags')
    op.drop_column('activity', 'tags')
