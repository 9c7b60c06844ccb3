"""Receipts: one for each key, an outcome for each, and one behind every entry."""

from pointsbank.audit.check.declaration import RECEIPT_TABLES, Check

CHECKS = (
    Check(
        "one-receipt-per-key",
        "I7",
        "A client's key has one receipt.",
        """
        SELECT client, key, count(*) AS receipts, max(id) AS last_receipt FROM receipt
        GROUP BY client, key HAVING count(*) > 1 ORDER BY client, key""",
        RECEIPT_TABLES,
    ),
    Check(
        "entry-has-receipt",
        "I7",
        "Every entry stands on a receipt, of the very same instant, whose key was not given up.",
        """
        SELECT e.id AS entry_id, e.receipt_id AS receipt, e.posted_at, r.at AS received_at,
            r.operation
        FROM journal_entry e LEFT JOIN receipt r ON r.id = e.receipt_id
        WHERE r.id IS NULL OR r.at <> e.posted_at OR r.operation = 'foundation.void_key'
        ORDER BY e.id""",
        RECEIPT_TABLES,
    ),
    Check(
        "receipt-has-outcome",
        "I7",
        "Every receipt says what was answered, and every answer has its receipt.",
        """
        SELECT r.id AS receipt, 'no outcome' AS lacks FROM receipt r
        WHERE NOT EXISTS (SELECT 1 FROM receipt_outcome o WHERE o.receipt_id = r.id)
        UNION ALL
        SELECT o.receipt_id, 'no receipt' FROM receipt_outcome o
        WHERE NOT EXISTS (SELECT 1 FROM receipt r WHERE r.id = o.receipt_id)
        ORDER BY 1""",
        RECEIPT_TABLES,
    ),
)
