"""tags of records"""

import sqlalchemy as sa
from alembic import op

revision = '0029'
down_revision = '0028'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('service_record', sa.Column('tags', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('service_record', 'tags')
