"""Bonuses and deductions: what was given or taken beside the hours, each by two people."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# What an entry for an extra gave to the volunteer (plus) or took (minus), wallet and owed together.
_ENTRY = """
entry AS (
    SELECT e.id AS entry_id, e.kind, CAST(substr(e.document, 7) AS BIGINT) AS extra_id,
        coalesce(sum(CASE WHEN s.type IN ('issued', 'deducted') THEN m.amount END), 0)
            - coalesce(sum(CASE WHEN t.type IN ('issued', 'deducted') THEN m.amount END), 0)
            AS given,
        max(CASE WHEN t.type IN ('wallet', 'owed') THEN t.holder
            WHEN s.type IN ('wallet', 'owed') THEN s.holder END) AS holder
    FROM journal_entry e JOIN move m ON m.entry_id = e.id
    JOIN account s ON s.id = m.source_id JOIN account t ON t.id = m.target_id
    WHERE e.kind IN ('earning.bonus', 'earning.deduct') AND e.reverses_id IS NULL
    GROUP BY e.id, e.kind, e.document
)"""

CHECKS = (
    Check(
        "extra-has-entry",
        "I4",
        "A bonus or a deduction names the entry that moved exactly its points, to or from its own"
        " volunteer; and every such entry is named by one.",
        f"""
        WITH {_ENTRY}
        SELECT coalesce(i.entry_id, x.entry_id) AS entry_id, x.id AS extra, x.points, i.given
        FROM entry i FULL JOIN extra x ON x.entry_id = i.entry_id AND x.id = i.extra_id
        WHERE i.entry_id IS NULL OR x.id IS NULL
            OR i.given <> CASE x.kind WHEN 'bonus' THEN x.points ELSE -x.points END
            OR i.kind <> CASE x.kind WHEN 'bonus' THEN 'earning.bonus' ELSE 'earning.deduct' END
            OR i.holder IS DISTINCT FROM 'volunteer:' || x.volunteer_id
        ORDER BY 1""",
        (*LEDGER_TABLES, "extra"),
    ),
    Check(
        "extra-by-two",
        "I4",
        "Who proposed a bonus or a deduction did not confirm it, neither of them is its volunteer,"
        " and an appeal was decided by a third; what was upheld was given back.",
        """
        SELECT x.entry_id, x.id AS extra, x.proposed_by, x.decided_by, x.answered_by FROM extra x
        LEFT JOIN journal_entry b ON b.id = x.back_id
        WHERE x.proposed_by = x.decided_by OR x.answered_by IN (x.proposed_by, x.decided_by)
            OR (coalesce(x.outcome, '') = 'upheld') <> (b.id IS NOT NULL)
            OR b.id IS NOT NULL AND b.reverses_id IS DISTINCT FROM x.entry_id
            OR EXISTS (SELECT 1 FROM staff p WHERE p.volunteer_id = x.volunteer_id
                AND 'staff:' || p.id IN (x.proposed_by, x.decided_by, x.answered_by))
        ORDER BY x.id""",
        ("extra", "staff", "journal_entry"),
    ),
)
