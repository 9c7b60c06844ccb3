"""The shape of the journal: whole entries, moves between two accounts of one commodity."""

from pointsbank.audit.check.declaration import Check

# The business day is the day in the shop's zone, eight hours ahead of UTC all year.
_DAY = {
    "sqlite": "date(substr(posted_at, 1, 19), '+8 hours')",
    "postgresql": "to_char(CAST(substr(posted_at, 1, 19) AS timestamp) + interval '8 hours',"
    " 'YYYY-MM-DD')",
}

CHECKS = (
    Check(
        "one-commodity",
        "I1",
        "A move is a positive amount between two accounts, both of its own commodity.",
        """
        SELECT m.entry_id, m.line, m.amount, m.source_id AS source, m.target_id AS target
        FROM move m
        LEFT JOIN account s ON s.id = m.source_id
        LEFT JOIN account t ON t.id = m.target_id
        WHERE m.amount <= 0 OR m.source_id = m.target_id OR s.id IS NULL OR t.id IS NULL
            OR s.commodity_id <> m.commodity_id OR t.commodity_id <> m.commodity_id
        ORDER BY m.entry_id, m.line""",
    ),
    Check(
        "whole-entries",
        "I1",
        "An entry has its moves, numbered from 1 without a gap; a move has its entry.",
        """
        WITH lines AS (
            SELECT entry_id, count(*) AS number, min(line) AS first, max(line) AS last
            FROM move GROUP BY entry_id
        )
        SELECT e.id AS entry_id, 0 AS number_of_moves, NULL AS first_line, NULL AS last_line
        FROM journal_entry e
        WHERE NOT EXISTS (SELECT 1 FROM move m WHERE m.entry_id = e.id)
        UNION ALL
        SELECT entry_id, number, first, last FROM lines l
        WHERE first <> 1 OR last <> number
            OR NOT EXISTS (SELECT 1 FROM journal_entry e WHERE e.id = l.entry_id)
        ORDER BY 1""",
    ),
    Check(
        "business-day",
        "I7",
        "An entry's business day is the day of its instant in the shop's zone.",
        {
            dialect: f"""
            SELECT id AS entry_id, occurred_on, posted_at FROM journal_entry
            WHERE occurred_on <> {day} ORDER BY id"""
            for dialect, day in _DAY.items()
        },
    ),
)
