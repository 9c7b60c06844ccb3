"""Reversals: at most one of an entry, none of a reversal, and each undoes its entry exactly."""

from pointsbank.audit.check.declaration import Check

CHECKS = (
    Check(
        "reversed-once",
        "I6",
        "An entry is reversed at most once.",
        """
        SELECT max(id) AS entry_id, reverses_id AS reverses, count(*) AS times
        FROM journal_entry WHERE reverses_id IS NOT NULL
        GROUP BY reverses_id HAVING count(*) > 1 ORDER BY reverses_id""",
        ("journal_entry",),
    ),
    Check(
        "reversal-stands",
        "I6",
        "A reversal is later than its entry, of the same kind, and is never reversed itself.",
        """
        SELECT r.id AS entry_id, r.reverses_id AS reverses, r.kind, e.kind AS kind_reversed,
            e.reverses_id AS which_reverses
        FROM journal_entry r LEFT JOIN journal_entry e ON e.id = r.reverses_id
        WHERE r.reverses_id IS NOT NULL
            AND (e.id IS NULL OR e.id >= r.id OR e.reverses_id IS NOT NULL OR e.kind <> r.kind)
        ORDER BY r.id""",
        ("journal_entry",),
    ),
    Check(
        "reversal-undoes",
        "I6",
        "Entry and reversal together move nothing, but for points already spent, which their"
        " holder owes instead, and points already expired, which come back to be taken.",
        """
        WITH part AS (
            SELECT id AS entry_id, id AS part_id FROM journal_entry WHERE reverses_id IS NOT NULL
            UNION ALL
            SELECT id, reverses_id FROM journal_entry WHERE reverses_id IS NOT NULL
        ), side AS (
            SELECT p.entry_id, m.target_id AS account_id, m.amount
            FROM part p JOIN move m ON m.entry_id = p.part_id
            UNION ALL
            SELECT p.entry_id, m.source_id, -m.amount
            FROM part p JOIN move m ON m.entry_id = p.part_id
        ), rest AS (
            SELECT s.entry_id, a.type, a.holder, a.commodity_id, sum(s.amount) AS amount
            FROM side s JOIN account a ON a.id = s.account_id
            GROUP BY s.entry_id, a.id, a.type, a.holder, a.commodity_id
            HAVING sum(s.amount) <> 0
        ), whose AS (
            SELECT r.entry_id, r.type, r.commodity_id, r.amount, CASE r.type WHEN 'expired' THEN (
                SELECT max(w.holder) FROM rest w
                WHERE w.entry_id = r.entry_id AND w.type IN ('wallet', 'family_wallet')
            ) ELSE r.holder END AS holder
            FROM rest r
        )
        SELECT entry_id, holder, sum(amount) AS off_by, max(abs(amount)) AS most
        FROM whose GROUP BY entry_id, holder, commodity_id
        HAVING sum(amount) <> 0 OR sum(
            CASE WHEN type IN ('wallet', 'family_wallet') AND amount > 0 THEN 0
                WHEN type IN ('owed', 'expired') AND amount < 0 THEN 0 ELSE 1 END) > 0
        ORDER BY entry_id, holder""",
    ),
)
