"""Floors and ceilings: which way each type of account may go, and that nobody ever went further."""

from pointsbank.audit.check.balances import RUNNING
from pointsbank.audit.check.declaration import Check, rows_of

# Type, what it holds, floor, ceiling: written here a second time on purpose.
ACCOUNT_TYPES = (
    ("wallet", "points", 0, None),
    ("family_wallet", "points", 0, None),
    ("pool", "points", 0, None),
    ("hold", "points", 0, None),
    ("owed", "points", None, 0),
    ("issued", "points", None, None),
    ("redeemed", "points", None, None),
    ("expired", "points", None, None),
    ("deducted", "points", None, None),
    ("time_wallet", "time", 0, None),
    ("time_issued", "time", None, None),
    ("supply", "goods", None, None),
    ("store_room", "goods", 0, None),
    ("shelf", "goods", 0, None),
    ("quarantine", "goods", 0, None),
    ("given_out", "goods", None, None),
    ("lost_found", "goods", None, None),
    ("written_off", "goods", None, None),
)

CHECKS = (
    Check(
        "account-types",
        "I3",
        "Every account is of a type we know, holds what the type holds, and has its bounds.",
        f"""
        WITH {rows_of("known(type, holds, least, most)", *ACCOUNT_TYPES)}
        SELECT a.id AS account, a.type, c.kind AS holds, a.least, a.most
        FROM account a JOIN commodity c ON c.id = a.commodity_id
        LEFT JOIN known k ON k.type = a.type
        WHERE k.type IS NULL OR k.holds <> c.kind
            OR a.least IS DISTINCT FROM k.least OR a.most IS DISTINCT FROM k.most
            OR (a.balance IS NULL) <> (k.least IS NULL AND k.most IS NULL)
        ORDER BY a.id""",
    ),
    Check(
        "never-out-of-bounds",
        "I3",
        "After no entry, past or present, was anybody below the floor or above the ceiling. The"
        " entry that is named is the first.",
        f"""
        WITH {RUNNING}
        SELECT min(r.entry_id) AS entry_id, a.id AS account, a.type, a.holder,
            count(*) AS entries, min(r.moved) AS lowest, max(r.moved) AS highest
        FROM running r JOIN account a ON a.id = r.account_id
        WHERE (r.moved < a.least OR r.moved > a.most)
            AND (r.next_entry_id IS NULL OR r.next_entry_id <> r.entry_id)
        GROUP BY a.id, a.type, a.holder ORDER BY 1, a.id""",
    ),
)
