"""Time credit: what records have saved up, kept apart from hours and points."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

_ENTRY = """
entry AS (
    SELECT e.id AS entry_id, e.kind, CAST(substr(e.document, 6) AS BIGINT) AS record_id,
        sum(m.amount) AS minutes, max(t.holder) AS holder,
        max((SELECT r.id FROM journal_entry r WHERE r.reverses_id = e.id)) AS back_id
    FROM journal_entry e JOIN move m ON m.entry_id = e.id
    JOIN account s ON s.id = m.source_id AND s.type = 'time_issued'
    JOIN account t ON t.id = m.target_id
    WHERE e.reverses_id IS NULL
    GROUP BY e.id, e.kind, e.document
)"""

CHECKS = (
    Check(
        "time-for-record",
        "I4",
        "Time credit comes into being only for a service record, once, exactly as much as was"
        " written down, for its own volunteer, and stands as long as the record is effective.",
        f"""
        WITH {_ENTRY}
        SELECT coalesce(i.entry_id, c.entry_id) AS entry_id, coalesce(c.record_id, i.record_id)
            AS record, c.minutes, i.minutes AS issued, s.status
        FROM entry i
        FULL JOIN time_credit c ON c.entry_id = i.entry_id AND c.record_id = i.record_id
        LEFT JOIN service_record s ON s.id = c.record_id
        WHERE i.entry_id IS NULL OR c.record_id IS NULL OR s.id IS NULL
            OR i.kind <> 'earning.time_credit' OR i.minutes <> c.minutes
            OR i.holder IS DISTINCT FROM 'volunteer:' || c.volunteer_id
            OR c.volunteer_id <> s.volunteer_id OR c.back_id IS DISTINCT FROM i.back_id
            OR s.status <> CASE WHEN i.back_id IS NULL THEN 'effective' ELSE 'void' END
        ORDER BY 1""",
        (*LEDGER_TABLES, "time_credit", "service_record"),
    ),
)
