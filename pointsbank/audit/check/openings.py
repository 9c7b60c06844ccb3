"""Opening balances: what paper booklets brought in, each once and by two people."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# What an entry for a booklet issued, to whom, and whether it stands.
_ENTRY = """
entry AS (
    SELECT e.id AS entry_id, CAST(substr(e.document, 9) AS BIGINT) AS opening_id,
        sum(m.amount) AS points, max(t.holder) AS holder,
        max((SELECT r.id FROM journal_entry r WHERE r.reverses_id = e.id)) AS back_id
    FROM journal_entry e JOIN move m ON m.entry_id = e.id
    JOIN account s ON s.id = m.source_id AND s.type = 'issued'
    JOIN account t ON t.id = m.target_id
    WHERE e.kind = 'earning.opening_balance' AND e.reverses_id IS NULL
    GROUP BY e.id, e.document
)"""

CHECKS = (
    Check(
        "opening-has-entry",
        "I4",
        "A confirmed booklet names the entry that issued exactly its points to its own volunteer,"
        " and what was taken back names the reversal; every such entry is named by one booklet.",
        f"""
        WITH {_ENTRY}
        SELECT coalesce(i.entry_id, o.entry_id) AS entry_id, o.id AS opening, o.points,
            i.points AS issued, o.status
        FROM entry i FULL JOIN opening_balance o
            ON o.entry_id = i.entry_id AND o.id = i.opening_id
        WHERE i.entry_id IS NULL AND o.entry_id IS NOT NULL OR o.id IS NULL
            OR i.entry_id IS NOT NULL AND (i.points <> o.points
                OR i.holder IS DISTINCT FROM 'volunteer:' || o.volunteer_id
                OR o.status <> CASE WHEN i.back_id IS NULL THEN 'confirmed' ELSE 'taken_back' END
                OR o.back_id IS DISTINCT FROM i.back_id)
            OR o.entry_id IS NULL AND o.points > 0 AND o.status IN ('confirmed', 'taken_back')
        ORDER BY 1""",
        (*LEDGER_TABLES, "opening_balance"),
    ),
    Check(
        "opening-by-two",
        "I4",
        "Who wrote a booklet down did not confirm it, neither of them is its volunteer, two others"
        " than the volunteer took it back; and a booklet counts once.",
        """
        SELECT o.entry_id, o.id AS opening, o.booklet, o.proposed_by, o.decided_by
        FROM opening_balance o
        WHERE o.decided_by = o.proposed_by OR o.taken_back_by = o.taken_back_proposed_by
            OR EXISTS (SELECT 1 FROM staff p WHERE p.volunteer_id = o.volunteer_id
                AND 'staff:' || p.id IN (o.proposed_by, o.decided_by, o.taken_back_by,
                    o.taken_back_proposed_by) AND o.status <> 'declined')
            OR o.status = 'confirmed' AND EXISTS (SELECT 1 FROM opening_balance p
                WHERE p.booklet = o.booklet AND p.id <> o.id AND p.status = 'confirmed')
        ORDER BY o.id""",
        ("opening_balance", "staff"),
    ),
)
