"""volunteers' logins"""

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('card_login',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('card_id', NUMBER, nullable=False),
    sa.Column('pin_version', NUMBER, nullable=False),
    sa.Column('opened_at', sa.Text(), nullable=False),
    sa.Column('seen_at', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.CheckConstraint('length(token_hash) = 32', name=op.f('ck_card_login_token_hash_length')),
    sa.CheckConstraint('pin_version > 0', name=op.f('ck_card_login_pin_version')),
    sa.ForeignKeyConstraint(['card_id'], ['card.id'], name=op.f('fk_card_login_card_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_card_login')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_card_login_token_hash')),
    sqlite_strict=True
    )
    with op.batch_alter_table('card_login', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_card_login_card_id'), ['card_id'], unique=False)


def downgrade() -> None:
    op.drop_table('card_login')
