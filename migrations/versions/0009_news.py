"""news"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('news',
    sa.Column('id', sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite'), nullable=False),
    sa.Column('holder', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('created_at', sa.Text(), nullable=False),
    sa.Column('told_at', sa.Text(), nullable=True),
    sa.Column('told_how', sa.Text(), nullable=True),
    sa.Column('told_by', sa.Text(), nullable=True),
    sa.CheckConstraint('(told_at IS NULL) = (told_how IS NULL) AND (told_at IS NULL) = (told_by IS NULL)', name=op.f('ck_news_told')),
    sa.CheckConstraint("told_how IN ('kiosk', 'me', 'phone', 'desk')", name=op.f('ck_news_told_how')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_news')),
    sa.UniqueConstraint('holder', 'about', name=op.f('uq_news_holder_about')),
    sqlite_strict=True
    )
    op.create_index(
        'ix_news_untold', 'news', ['holder', 'created_at'],
        sqlite_where=sa.text('told_at IS NULL'),
        postgresql_where=sa.text('told_at IS NULL'),
    )


def downgrade() -> None:
    op.drop_table('news')
