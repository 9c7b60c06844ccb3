"""Rehearsals: points that were lent to a stand-in, and that nothing is left of them."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# The entries that lent points, to which wallet and which volunteer.
_LENT = """
lent AS (
    SELECT e.id AS entry_id, e.document, e.occurred_on, e.receipt_id, m.source_id,
        m.target_id AS wallet_id, v.id AS volunteer_id, v.number, v.owed_id
    FROM journal_entry e JOIN move m ON m.entry_id = e.id
    LEFT JOIN volunteer v ON v.wallet_id = m.target_id
    WHERE e.kind = 'redemption.rehearse' AND e.reverses_id IS NULL
)"""

CHECKS = (
    Check(
        "rehearsal-to-stand-in",
        "I4",
        "Points for a rehearsal are lent once, to a stand-in's wallet, which is moved by nothing"
        " but the rehearsal and its purchases.",
        f"""
        WITH {_LENT}
        SELECT l.entry_id, l.document, l.number FROM lent l
        JOIN account s ON s.id = l.source_id
        WHERE s.type <> 'issued' OR l.volunteer_id IS NULL
            OR l.number <> 'REHEARSAL-' || l.receipt_id
            OR l.document IS DISTINCT FROM 'rehearsal:' || l.volunteer_id
        UNION ALL
        SELECT e.id, e.kind, l.number FROM lent l
        JOIN move m ON l.wallet_id IN (m.source_id, m.target_id)
        JOIN journal_entry e ON e.id = m.entry_id
        WHERE e.id <> l.entry_id AND e.reverses_id IS DISTINCT FROM l.entry_id
            AND (e.kind NOT LIKE 'redemption.%' OR e.kind = 'redemption.rehearse')
        ORDER BY 1""",
        (*LEDGER_TABLES, "volunteer"),
    ),
    Check(
        "rehearsal-left-nothing",
        "I4",
        "What was lent for a rehearsal is taken back before the books go on to another day, and"
        " then every purchase with it is undone and nothing is owed.",
        f"""
        WITH {_LENT}, ended AS (
            SELECT l.entry_id, l.number, l.occurred_on, l.owed_id, l.wallet_id, r.id AS taken_back
            FROM lent l LEFT JOIN journal_entry r ON r.reverses_id = l.entry_id
        )
        SELECT entry_id, number, 'not taken back' AS lacks FROM ended
        WHERE taken_back IS NULL
            AND occurred_on < (SELECT max(occurred_on) FROM journal_entry)
        UNION ALL
        SELECT coalesce(max(m.entry_id), e.entry_id), e.number, 'something is left' FROM ended e
        JOIN account a ON a.id IN (e.wallet_id, e.owed_id)
        LEFT JOIN move m ON m.source_id = a.id OR m.target_id = a.id
        WHERE e.taken_back IS NOT NULL AND a.balance <> 0
        GROUP BY e.entry_id, e.number
        UNION ALL
        SELECT d.id, e.number, 'a purchase stands' FROM ended e
        JOIN move m ON m.source_id = e.wallet_id
        JOIN journal_entry d ON d.id = m.entry_id AND d.reverses_id IS NULL
        WHERE e.taken_back IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM journal_entry u WHERE u.reverses_id = d.id)
        ORDER BY 1""",
        (*LEDGER_TABLES, "volunteer"),
    ),
)
