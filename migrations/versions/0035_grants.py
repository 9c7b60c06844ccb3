"""grants that are taken back; those that waited are proposals like any other"""

import json

import sqlalchemy as sa
from alembic import op

revision = '0035'
down_revision = '0034'
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.INTEGER(), 'sqlite')
COLUMNS = {
    'returned_points': NUMBER,
    'returned_why': sa.Text(),
    'return_proposed_by': sa.Text(),
    'returned_by': sa.Text(),
    'returned_at': sa.Text(),
    'return_entry_id': NUMBER,
}
CHECKS = {
    'ck_charity_grant_two_to_return': 'returned_by IS NULL OR returned_by <> return_proposed_by',
    'ck_charity_grant_returned_why': "returned_why IN ('family', 'points', 'other')",
    'ck_charity_grant_returned': '(returned_at IS NULL) = (return_entry_id IS NULL)',
}
WAITING = (
    'SELECT g.id, f.number, g.points, g.proposed_by, g.proposed_at'
    " FROM charity_grant g JOIN family f ON f.id = g.family_id WHERE g.status = 'proposed'"
)
PROPOSE = (
    'INSERT INTO proposal (act, about, told, proposed_by, proposed_at, state)'
    " VALUES ('charity.approve_grant', :about, :told, :proposed_by, :proposed_at, 'open')"
)


def upgrade() -> None:
    with op.batch_alter_table('charity_grant', schema=None) as batch_op:
        for name, kind in COLUMNS.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        batch_op.create_foreign_key(op.f('fk_charity_grant_return_entry_id'), 'journal_entry', ['return_entry_id'], ['id'])
        for name, rule in CHECKS.items():
            batch_op.create_check_constraint(op.f(name), rule)
    bank = op.get_bind()
    if bank.dialect.name == 'postgresql':
        # From now on a grant is known by the receipt that paid it.
        op.execute('ALTER TABLE charity_grant ALTER COLUMN id DROP DEFAULT')
        op.execute('DROP SEQUENCE IF EXISTS charity_grant_id_seq')
    for row in bank.execute(sa.text(WAITING)).fetchall():
        told = {'expires_on': None, 'family': row.number, 'points': row.points}
        bank.execute(
            sa.text(PROPOSE),
            {
                'about': f'grant:{row.id}',
                'told': json.dumps(told, separators=(',', ':')),
                'proposed_by': row.proposed_by,
                'proposed_at': row.proposed_at,
            },
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        op.execute('CREATE SEQUENCE charity_grant_id_seq OWNED BY charity_grant.id')
        op.execute("ALTER TABLE charity_grant ALTER COLUMN id SET DEFAULT nextval('charity_grant_id_seq')")
    with op.batch_alter_table('charity_grant', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('fk_charity_grant_return_entry_id'), type_='foreignkey')
        for name in CHECKS:
            batch_op.drop_constraint(op.f(name), type_='check')
        for name in COLUMNS:
            batch_op.drop_column(name)
