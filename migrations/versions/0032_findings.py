"""findings"""

import sqlalchemy as sa
from alembic import op

revision = '0032'
down_revision = '0031'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('finding',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=True),
    sa.Column('record_id', NUMBER, nullable=True),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('found_on', sa.Text(), nullable=False),
    sa.Column('looked_by', sa.Text(), nullable=True),
    sa.Column('looked_at', sa.Text(), nullable=True),
    sa.Column('remark', sa.Text(), nullable=True),
    sa.Column('remark_id', NUMBER, nullable=True),
    sa.CheckConstraint('(looked_at IS NULL) = (looked_by IS NULL) AND (looked_at IS NULL) = (remark IS NULL AND remark_id IS NULL)', name=op.f('ck_finding_looked')),
    sa.CheckConstraint('remark IS NULL OR volunteer_id IS NULL', name=op.f('ck_finding_remark')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_finding_record_id')),
    sa.ForeignKeyConstraint(['remark_id'], ['personal_text.id'], name=op.f('fk_finding_remark_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_finding_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('kind', 'about', name=op.f('uq_finding_kind_about')),
    sqlite_strict=True
    )
    op.create_index('ix_finding_open', 'finding', ['id'], sqlite_where=sa.text('looked_at IS NULL'), postgresql_where=sa.text('looked_at IS NULL'))


def downgrade() -> None:
    op.drop_table('finding')
