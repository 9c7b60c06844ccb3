"""Where points come from: an issue names what it is for, and a service record issues once."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# Entries that issue points for a service record: what they issued, to whom, and whether they stand.
_ISSUE = """
issue AS (
    SELECT e.id AS entry_id, CAST(substr(e.document, 8) AS BIGINT) AS record_id,
        sum(m.amount) AS points, min(t.holder) AS holder, max(t.holder) AS last_holder,
        EXISTS (SELECT 1 FROM journal_entry r WHERE r.reverses_id = e.id) AS reversed
    FROM journal_entry e
    JOIN move m ON m.entry_id = e.id
    JOIN account a ON a.id = m.source_id AND a.type = 'issued'
    JOIN account t ON t.id = m.target_id
    WHERE e.document LIKE 'record:%' AND e.reverses_id IS NULL
    GROUP BY e.id, e.document
)"""

CHECKS = (
    Check(
        "issue-names-document",
        "I4",
        "Points come into being only by an entry that names what they are issued for; those for"
        " service name a service record.",
        """
        SELECT DISTINCT e.id AS entry_id, e.kind FROM journal_entry e
        JOIN move m ON m.entry_id = e.id JOIN account a ON a.id = m.source_id
        WHERE a.type = 'issued' AND (e.document IS NULL
            OR e.kind = 'earning.issue' AND e.document NOT LIKE 'record:%') ORDER BY e.id""",
    ),
    Check(
        "issued-once",
        "I4",
        "A service record issues points at most once.",
        f"""
        WITH {_ISSUE}
        SELECT max(entry_id) AS entry_id, record_id AS record, count(*) AS entries FROM issue
        GROUP BY record_id HAVING count(*) > 1 ORDER BY record_id""",
        LEDGER_TABLES,
    ),
    Check(
        "issue-for-record",
        "I4",
        "An issue names a service record that is there, names the issue, earned exactly these"
        " points for its own volunteer, and is effective as long as the issue stands.",
        f"""
        WITH {_ISSUE}
        SELECT i.entry_id, i.record_id AS record, i.points, s.points AS earned, s.status,
            s.entry_id AS names, i.holder
        FROM issue i LEFT JOIN service_record s ON s.id = i.record_id
        WHERE s.id IS NULL OR s.entry_id IS DISTINCT FROM i.entry_id
            OR s.points IS DISTINCT FROM i.points OR i.holder <> i.last_holder
            OR i.holder <> 'volunteer:' || s.volunteer_id
            OR s.status <> CASE WHEN i.reversed THEN 'void' ELSE 'effective' END
        ORDER BY i.entry_id""",
        (*LEDGER_TABLES, "service_record"),
    ),
    Check(
        "record-has-issue",
        "I4",
        "A service record that names an entry is named by it as its issue.",
        f"""
        WITH {_ISSUE}
        SELECT s.entry_id, s.id AS record, s.points FROM service_record s
        LEFT JOIN issue i ON i.entry_id = s.entry_id AND i.record_id = s.id
        WHERE s.entry_id IS NOT NULL AND i.entry_id IS NULL ORDER BY s.id""",
        (*LEDGER_TABLES, "service_record"),
    ),
)
