"""personal files"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('personal_text',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('words', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_personal_text_volunteer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_personal_text')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_personal_text_volunteer_id'), 'personal_text', ['volunteer_id'])
    op.create_table('award',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('words_id', NUMBER, nullable=False),
    sa.Column('given_on', sa.Text(), nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.Text(), nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('struck_by', sa.Text(), nullable=True),
    sa.Column('struck_at', sa.Text(), nullable=True),
    sa.Column('struck_words_id', NUMBER, nullable=True),
    sa.CheckConstraint('(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (struck_words_id IS NULL)', name=op.f('ck_award_struck')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_award_receipt_id')),
    sa.ForeignKeyConstraint(['struck_words_id'], ['personal_text.id'], name=op.f('fk_award_struck_words_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_award_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_award_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_award')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_award_volunteer_id'), 'award', ['volunteer_id'])
    op.create_table('evaluation',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('words_id', NUMBER, nullable=False),
    sa.Column('evaluated_on', sa.Text(), nullable=False),
    sa.Column('punctuality', NUMBER, nullable=False),
    sa.Column('attitude', NUMBER, nullable=False),
    sa.Column('skill', NUMBER, nullable=False),
    sa.Column('record_id', NUMBER, nullable=True),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.Text(), nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('struck_by', sa.Text(), nullable=True),
    sa.Column('struck_at', sa.Text(), nullable=True),
    sa.Column('struck_words_id', NUMBER, nullable=True),
    sa.CheckConstraint('(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (struck_words_id IS NULL)', name=op.f('ck_evaluation_struck')),
    sa.CheckConstraint('punctuality BETWEEN 1 AND 5 AND attitude BETWEEN 1 AND 5 AND skill BETWEEN 1 AND 5', name=op.f('ck_evaluation_marks')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_evaluation_receipt_id')),
    sa.ForeignKeyConstraint(['record_id'], ['service_record.id'], name=op.f('fk_evaluation_record_id')),
    sa.ForeignKeyConstraint(['struck_words_id'], ['personal_text.id'], name=op.f('fk_evaluation_struck_words_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_evaluation_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_evaluation_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evaluation')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_evaluation_volunteer_id'), 'evaluation', ['volunteer_id'])
    op.create_table('training',
    sa.Column('id', NUMBER, nullable=False),
    sa.Column('volunteer_id', NUMBER, nullable=False),
    sa.Column('words_id', NUMBER, nullable=False),
    sa.Column('held_on', sa.Text(), nullable=False),
    sa.Column('minutes', NUMBER, nullable=False),
    sa.Column('noted_by', sa.Text(), nullable=False),
    sa.Column('noted_at', sa.Text(), nullable=False),
    sa.Column('receipt_id', NUMBER, nullable=False),
    sa.Column('struck_by', sa.Text(), nullable=True),
    sa.Column('struck_at', sa.Text(), nullable=True),
    sa.Column('struck_words_id', NUMBER, nullable=True),
    sa.CheckConstraint('(struck_at IS NULL) = (struck_by IS NULL) AND (struck_at IS NULL) = (struck_words_id IS NULL)', name=op.f('ck_training_struck')),
    sa.CheckConstraint('minutes BETWEEN 1 AND 60000', name=op.f('ck_training_minutes')),
    sa.ForeignKeyConstraint(['receipt_id'], ['receipt.id'], name=op.f('fk_training_receipt_id')),
    sa.ForeignKeyConstraint(['struck_words_id'], ['personal_text.id'], name=op.f('fk_training_struck_words_id')),
    sa.ForeignKeyConstraint(['volunteer_id'], ['volunteer.id'], name=op.f('fk_training_volunteer_id')),
    sa.ForeignKeyConstraint(['words_id'], ['personal_text.id'], name=op.f('fk_training_words_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training')),
    sqlite_strict=True
    )
    op.create_index(op.f('ix_training_volunteer_id'), 'training', ['volunteer_id'])


def downgrade() -> None:
    op.drop_table('training')
    op.drop_table('evaluation')
    op.drop_table('award')
    op.drop_table('personal_text')
