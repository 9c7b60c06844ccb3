"""Corrections, sanctions and findings: done by whom a receipt names, about one's own, by others."""

from pointsbank.audit.check.declaration import LEDGER_TABLES, Check

# Who did it and when stands twice, in the row and on the receipt, which nobody changes. Read as
# sets, because a bank has many receipts and few of these.
_ANSWERS = """
told AS (
    SELECT CASE r.operation WHEN 'cases.answer' THEN 'answered' WHEN 'cases.withdraw'
        THEN 'withdrawn' ELSE 'reversed' END AS how, r.actor, r.at
    FROM receipt r WHERE r.operation IN
        ('cases.answer', 'cases.withdraw', 'cases.reverse', 'cases.confirm_reverse')),
kept AS (
    SELECT c.id, CASE WHEN c.outcome IN ('kept', 'put_right') THEN 'answered'
        ELSE c.outcome END AS how, c.decided_by, c.decided_at
    FROM correction_case c WHERE c.outcome IS NOT NULL OR c.decided_by IS NOT NULL)"""
_SANCTIONED = """
told AS (
    SELECT r.operation, r.actor, r.at FROM receipt r
    WHERE r.operation IN ('people.impose_sanction', 'people.lift_sanction')),
kept AS (
    SELECT s.id, 'people.impose_sanction' AS operation, s.decided_by AS who, s.decided_at AS at
    FROM sanction s
    UNION ALL
    SELECT s.id, 'people.lift_sanction', s.lifted_by, s.lifted_at FROM sanction s
    WHERE s.lifted_by IS NOT NULL OR s.lifted_at IS NOT NULL OR s.lifted_id IS NOT NULL)"""
# Of a row `x` with a volunteer: this member of staff is that volunteer.
_THEMSELVES = """EXISTS (SELECT 1 FROM staff p WHERE p.volunteer_id = x.volunteer_id
            AND 'staff:' || p.id IN ({actors}))"""

CHECKS = (
    Check(
        "correction-answered",
        "I4",
        "Every answer to a correction has the receipt of whoever gave it, and every such receipt"
        " its answer; a record that a correction took back is void by the same hand.",
        f"""
        WITH {_ANSWERS}
        SELECT k.id AS correction, coalesce(k.how, t.how) AS how,
            coalesce(k.decided_by, t.actor) AS who, coalesce(k.decided_at, t.at) AS at
        FROM kept k FULL JOIN told t
            ON t.how = k.how AND t.actor = k.decided_by AND t.at = k.decided_at
        WHERE k.id IS NULL OR t.actor IS NULL
        UNION ALL
        SELECT c.id, s.status, s.voided_by, s.voided_at
        FROM correction_case c LEFT JOIN service_record s ON s.id = c.record_id
        WHERE c.outcome = 'reversed' AND (s.id IS NULL OR s.status <> 'void'
            OR s.voided_by IS DISTINCT FROM c.decided_by
            OR s.voided_at IS DISTINCT FROM c.decided_at)
        ORDER BY 1""",
        ("correction_case", "receipt", "service_record"),
    ),
    Check(
        "correction-by-others",
        "I4",
        "Whoever answered a correction had neither recorded, reviewed nor booked what it is about,"
        " nor decided on the sanction, and is not whom it is about.",
        f"""
        SELECT x.entry_id, x.id AS correction, x.decided_by, x.proposed_by FROM correction_case x
        LEFT JOIN service_record s ON s.id = x.record_id
        LEFT JOIN journal_entry e ON e.id = x.entry_id LEFT JOIN receipt r ON r.id = e.receipt_id
        LEFT JOIN sanction l ON l.id = x.sanction_id
        WHERE x.outcome <> 'withdrawn' AND (x.decided_by IN
                (x.proposed_by, s.recorded_by, r.actor, l.proposed_by, l.decided_by)
            OR x.decided_by = s.decided_by AND s.decided_at <= x.decided_at
            OR {_THEMSELVES.format(actors="x.decided_by, x.proposed_by")})
        ORDER BY x.id""",
        ("correction_case", "service_record", "journal_entry", "receipt", "sanction", "staff"),
    ),
    Check(
        "correction-of-own",
        "I4",
        "A correction is about an entry, a service record or a sanction of its own volunteer, and"
        " of a record only together with the entry that rests on it.",
        """
        SELECT c.entry_id, c.id AS correction, c.volunteer_id FROM correction_case c
        LEFT JOIN service_record s ON s.id = c.record_id
        LEFT JOIN sanction l ON l.id = c.sanction_id
        LEFT JOIN journal_entry e ON e.id = c.entry_id
        WHERE coalesce(c.entry_id, c.record_id, c.sanction_id) IS NULL
            OR c.record_id IS NOT NULL AND s.volunteer_id IS DISTINCT FROM c.volunteer_id
            OR c.sanction_id IS NOT NULL AND l.volunteer_id IS DISTINCT FROM c.volunteer_id
            OR c.entry_id IS NOT NULL AND c.record_id IS NOT NULL
                AND e.document IS DISTINCT FROM 'record:' || c.record_id
            OR c.entry_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM move m
                JOIN account a ON a.id IN (m.source_id, m.target_id)
                WHERE m.entry_id = c.entry_id AND a.type IN ('wallet', 'owed')
                    AND a.holder = 'volunteer:' || c.volunteer_id)
        ORDER BY c.id""",
        (*LEDGER_TABLES, "correction_case", "service_record", "sanction"),
    ),
    Check(
        "sanction-decided",
        "I4",
        "Every sanction, and every early end of one, has the receipt of whoever decided it, and"
        " every such receipt its sanction.",
        f"""
        WITH {_SANCTIONED}
        SELECT k.id AS sanction, coalesce(k.operation, t.operation) AS operation,
            coalesce(k.who, t.actor) AS who, coalesce(k.at, t.at) AS at
        FROM kept k FULL JOIN told t
            ON t.operation = k.operation AND t.actor = k.who AND t.at = k.at
        WHERE k.id IS NULL OR t.actor IS NULL
        ORDER BY 1""",
        ("sanction", "receipt"),
    ),
    Check(
        "sanction-by-two",
        "I4",
        "A sanction has a scope and its days in order; two decided on it, neither of them its"
        " volunteer, who did not end it early either; an early end has who, when and why.",
        f"""
        SELECT x.id AS sanction, x.proposed_by, x.decided_by, x.lifted_by FROM sanction x
        WHERE x.proposed_by = x.decided_by OR x.ends_on < x.starts_on
            OR x.no_redeeming + x.no_earning + x.no_joining + x.no_leading = 0
            OR (x.lifted_by IS NULL) <> (x.lifted_at IS NULL)
            OR (x.lifted_by IS NULL) <> (x.lifted_id IS NULL)
            OR x.lifted_at < x.decided_at
            OR {_THEMSELVES.format(actors="x.proposed_by, x.decided_by, x.lifted_by")}
        ORDER BY x.id""",
        ("sanction", "staff"),
    ),
    Check(
        "finding-looked-at",
        "I4",
        "A finding was looked at by whom a receipt names, with a remark, and by nobody who had"
        " recorded or reviewed its service record or is whom it is about.",
        f"""
        WITH told AS (SELECT r.actor, r.at FROM receipt r
            WHERE r.operation = 'findings.look_at_finding')
        SELECT x.id AS finding, x.looked_by, x.looked_at FROM finding x
        LEFT JOIN service_record s ON s.id = x.record_id
        LEFT JOIN told t ON t.actor = x.looked_by AND t.at = x.looked_at
        WHERE (x.looked_by IS NULL) <> (x.looked_at IS NULL)
            OR (x.looked_at IS NULL) <> (x.remark IS NULL AND x.remark_id IS NULL)
            OR x.looked_at IS NOT NULL AND t.at IS NULL
            OR x.looked_by = s.recorded_by
            OR x.looked_by = s.decided_by AND s.decided_at <= x.looked_at
            OR x.record_id IS NOT NULL AND s.volunteer_id IS DISTINCT FROM x.volunteer_id
            OR {_THEMSELVES.format(actors="x.looked_by")}
        UNION ALL
        SELECT NULL, t.actor, t.at FROM told t
        LEFT JOIN finding x ON x.looked_by = t.actor AND x.looked_at = t.at
        WHERE x.id IS NULL
        ORDER BY 1""",
        ("finding", "service_record", "staff", "receipt"),
    ),
    Check(
        "words-of-own",
        "I4",
        "What was said and answered of a correction, a sanction or a finding stands with the words"
        " about the volunteer whom it is about.",
        """
        WITH worded(what, id, volunteer_id, words_id) AS (
            SELECT 'correction', c.id, c.volunteer_id, c.says_id FROM correction_case c
            UNION ALL SELECT 'correction', c.id, c.volunteer_id, c.answer_id FROM correction_case c
            UNION ALL SELECT 'sanction', s.id, s.volunteer_id, s.reason_id FROM sanction s
            UNION ALL SELECT 'sanction', s.id, s.volunteer_id, s.lifted_id FROM sanction s
            UNION ALL SELECT 'finding', f.id, f.volunteer_id, f.remark_id FROM finding f)
        SELECT w.what, w.id AS number, w.words_id FROM worded w
        LEFT JOIN personal_text t ON t.id = w.words_id
        WHERE w.words_id IS NOT NULL AND t.volunteer_id IS DISTINCT FROM w.volunteer_id
        ORDER BY 1, 2""",
        ("correction_case", "sanction", "finding", "personal_text"),
    ),
)
