"""uploads"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import sqlite

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def number() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')


def upgrade() -> None:
    op.create_table('upload',
    sa.Column('id', number(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('file_name', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('size_bytes', number(), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('uploaded_by', sa.Text(), nullable=False),
    sa.Column('uploaded_at', sa.Text(), nullable=False),
    sa.Column('checked_at', sa.Text(), nullable=True),
    sa.Column('taken_by', sa.Text(), nullable=True),
    sa.Column('taken_receipt_id', number(), nullable=True),
    sa.Column('take_good', number(), nullable=True),
    sa.Column('finished_at', sa.Text(), nullable=True),
    sa.Column('rows_total', number(), nullable=False),
    sa.Column('rows_good', number(), nullable=False),
    sa.Column('rows_changed', number(), nullable=False),
    sa.Column('rows_known', number(), nullable=False),
    sa.Column('rows_bad', number(), nullable=False),
    sa.Column('rows_done', number(), nullable=False),
    sa.Column('rows_to_do', number(), nullable=False),
    sa.Column('code', sa.Text(), nullable=True),
    sa.Column('facts', sa.Text(), nullable=True),
    sa.Column('worker', sa.Text(), nullable=True),
    sa.Column('beat_at', sa.Text(), nullable=True),
    sa.Column('forgotten_at', sa.Text(), nullable=True),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_upload_sha256_length')),
    sa.CheckConstraint('size_bytes BETWEEN 1 AND 5242880', name=op.f('ck_upload_size')),
    sa.CheckConstraint("status IN ('arriving', 'uploaded', 'checked', 'running', 'done', 'stopped', 'failed')", name=op.f('ck_upload_status')),
    sa.CheckConstraint("status NOT IN ('running', 'done') OR taken_receipt_id IS NOT NULL", name=op.f('ck_upload_taken')),
    sa.CheckConstraint('(taken_by IS NULL) = (taken_receipt_id IS NULL) AND (taken_by IS NULL) = (take_good IS NULL)', name=op.f('ck_upload_taker')),
    sa.CheckConstraint('take_good IN (0, 1)', name=op.f('ck_upload_take_good')),
    sa.CheckConstraint('(worker IS NULL) = (beat_at IS NULL)', name=op.f('ck_upload_worker')),
    sa.CheckConstraint("code IS NULL OR status IN ('checked', 'failed')", name=op.f('ck_upload_code')),
    sa.ForeignKeyConstraint(['taken_receipt_id'], ['receipt.id'], name=op.f('fk_upload_taken_receipt_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload')),
    sqlite_strict=True
    )
    with op.batch_alter_table('upload', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_sha256'), ['sha256'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_status'), ['status'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_uploaded_by_uploaded_at'), ['uploaded_by', 'uploaded_at'], unique=False)

    op.create_table('upload_part',
    sa.Column('upload_id', number(), autoincrement=False, nullable=False),
    sa.Column('what', sa.Text(), nullable=False),
    sa.Column('place', number(), autoincrement=False, nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("what IN ('file', 'preview', 'mend')", name=op.f('ck_upload_part_what')),
    sa.CheckConstraint('length(content) BETWEEN 1 AND 262144', name=op.f('ck_upload_part_content_length')),
    sa.ForeignKeyConstraint(['upload_id'], ['upload.id'], name=op.f('fk_upload_part_upload_id')),
    sa.PrimaryKeyConstraint('upload_id', 'what', 'place', name=op.f('pk_upload_part')),
    sqlite_strict=True
    )


def downgrade() -> None:
    op.drop_table('upload_part')
    op.drop_table('upload')
