"""Expiry: points go in the order in which they came, and none before its day is over."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# A day that was decided on for points which had none, and before which they were issued.
_DECIDED = """
decided AS MATERIALIZED (
    SELECT substr(name, 15) AS before, value AS until FROM setting
    WHERE name LIKE 'undated_until@%'
)"""
# The last day of points that arrive in a wallet by the move `m` of the entry `e`.
_DAY = """
coalesce(m.expires_on, (SELECT min(d.until) FROM decided d WHERE d.before > e.occurred_on),
    '9999-12-31')"""

CHECKS = (
    Check(
        "expiry-in-order",
        "I2",
        "Points that came into a wallet later never expire earlier.",
        f"""
        WITH {_DECIDED}, arrival AS (
            SELECT m.target_id AS wallet_id, m.entry_id, m.line, {_DAY} AS day
            FROM move m JOIN journal_entry e ON e.id = m.entry_id
            JOIN account w ON w.id = m.target_id AND w.type IN ('wallet', 'family_wallet')
            JOIN account s ON s.id = m.source_id AND s.type <> 'hold'
            WHERE e.reverses_id IS NULL
        ), line AS (
            SELECT wallet_id, entry_id, day,
                lag(day) OVER (PARTITION BY wallet_id ORDER BY entry_id, line) AS day_before
            FROM arrival
        )
        SELECT entry_id, wallet_id AS account, day, day_before FROM line
        WHERE day < day_before ORDER BY entry_id""",
        (*LEDGER_TABLES, "setting"),
    ),
    Check(
        "expired-in-time",
        "I2",
        "Points expire by an entry that names a day which had come, and what it leaves in the"
        " wallet is at least what had come in with that day or a later one.",
        f"""
        WITH {_DECIDED}, expiry AS (
            SELECT x.entry_id, x.source_id AS wallet_id, x.source_balance AS "left",
                substr(j.document, 8, 10) AS day, j.document, j.occurred_on
            FROM move x JOIN journal_entry j ON j.id = x.entry_id AND j.reverses_id IS NULL
            JOIN account t ON t.id = x.target_id AND t.type = 'expired'
        ), judged AS (
            SELECT x.*, (
                SELECT coalesce(sum(m.amount), 0) FROM move m
                JOIN journal_entry e ON e.id = m.entry_id AND e.reverses_id IS NULL
                JOIN account s ON s.id = m.source_id AND s.type <> 'hold'
                WHERE m.target_id = x.wallet_id AND m.entry_id < x.entry_id AND {_DAY} >= x.day
            ) - (
                SELECT coalesce(sum(b.amount), 0) FROM move b
                JOIN journal_entry r ON r.id = b.entry_id AND r.reverses_id IS NOT NULL
                JOIN account s ON s.id = b.target_id AND s.type <> 'hold'
                JOIN move m ON m.entry_id = r.reverses_id AND m.target_id = x.wallet_id
                JOIN journal_entry e ON e.id = m.entry_id
                WHERE b.source_id = x.wallet_id AND b.entry_id < x.entry_id AND {_DAY} >= x.day
            ) AS due_to_stay
            FROM expiry x
        )
        SELECT entry_id, wallet_id AS account, document, "left", due_to_stay FROM judged
        WHERE document IS NULL OR document NOT LIKE 'expiry:____-__-__:_%' OR day > occurred_on
            OR "left" < due_to_stay
        ORDER BY entry_id""",
        (*LEDGER_TABLES, "setting"),
    ),
)
