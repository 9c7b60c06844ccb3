"""certificates"""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('certificate',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('since', sa.Text(), nullable=False),
    sa.Column('until', sa.Text(), nullable=False),
    sa.Column('minutes', NUMBER, nullable=True),
    sa.Column('snapshot', sa.Text(), nullable=True),
    sa.Column('words_id', NUMBER, nullable=True),
    sa.Column('applied_by', sa.Text(), nullable=False),
    sa.Column('applied_at', sa.Text(), nullable=False),
    sa.Column('prepared_by', sa.Text(), nullable=True),
    sa.Column('prepared_at', sa.Text(), nullable=True),
    sa.Column('signed_by', sa.Text(), nullable=True),
    sa.Column('signed_at', sa.Text(), nullable=True),
    sa.Column('signed_words_id', NUMBER, nullable=True),
    sa.Column('ended_by', sa.Text(), nullable=True),
    sa.Column('ended_at', sa.Text(), nullable=True),
    sa.Column('ended_words_id', NUMBER, nullable=True),
    sa.Column('looked_by', sa.Text(), nullable=True),
    sa.Column('looked_at', sa.Text(), nullable=True),
    sa.Column('looked_words_id', NUMBER, nullable=True),
    sa.CheckConstraint("(status IN ('issued', 'revoked')) = (signed_by IS NOT NULL)", name=op.f('ck_certificate_signed')),
    sa.CheckConstraint("(status IN ('refused', 'revoked')) = (ended_by IS NOT NULL)", name=op.f('ck_certificate_ended')),
    sa.CheckConstraint("status IN ('applied', 'prepared', 'issued', 'refused', 'revoked')", name=op.f('ck_certificate_status')),
    sa.CheckConstraint("status NOT IN ('prepared', 'issued', 'revoked') OR (prepared_by IS NOT NULL AND snapshot IS NOT NULL AND minutes > 0)", name=op.f('ck_certificate_prepared')),
    sa.CheckConstraint('signed_by IS NULL OR signed_by <> prepared_by', name=op.f('ck_certificate_two_people')),
    sa.CheckConstraint('since <= until', name=op.f('ck_certificate_period')),
    sa.ForeignKeyConstraint(['ended_words_id'], ['personal_text.id'], name=op.f('fk_certificate_ended_words_id')),
    sa.ForeignKeyConstraint(['looked_words_id'], ['personal_text.id'], name=op.f('fk_certificate_looked_words_id')),
    sa.ForeignKeyConstraint(['signed_words_id'], ['personal_text.id'], name=op.f('fk_certificate_signed_words_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_certificate_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_certificate_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_certificate_status_id'), 'certificate', ['status', 'id'])
    op.create_index(op.f('ix_certificate_volunteer_id'), 'certificate', ['volunteer_id'])
    op.create_index('uq_certificate_open', 'certificate', ['volunteer_id'], unique=True, sqlite_where=sa.text("status IN ('applied', 'prepared')"), postgresql_where=sa.text("status IN ('applied', 'prepared')"))
    op.create_table('certificate_number',
    sa.Column('certificate_id', NUMBER, autoincrement=False, nullable=False),
    sa.Column('year', NUMBER, nullable=False),
    sa.Column('place', NUMBER, nullable=False),
    sa.Column('check_digits', sa.Text(), nullable=False),
    sa.CheckConstraint('length(check_digits) = 6', name=op.f('ck_certificate_number_check_digits')),
    sa.CheckConstraint('place > 0', name=op.f('ck_certificate_number_place')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_number_certificate_id')),
    sa.PrimaryKeyConstraint('certificate_id', name=op.f('pk_certificate_number')),
    sa.UniqueConstraint('year', 'place', name=op.f('uq_certificate_number_year_place')),
    sqlite_strict=True
    )


def downgrade() -> None:
    op.drop_table('certificate_number')
    op.drop_table('certificate')
