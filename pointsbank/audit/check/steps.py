"""The steps of a service record: what stands beside it fits, and nobody alone brought it there."""

from pointsbank.audit.check.declaration import Check

_ASKED = {
    "sqlite": "json_extract(r.document, '$.notice.length')",
    "postgresql": "CAST(CAST(r.document AS json) -> 'notice' ->> 'length' AS BIGINT)",
}
_UNHUNG = """
        SELECT s.entry_id, s.id AS record, s.rule_version AS version, s.effective_on
        FROM service_record s JOIN earning_rule r ON r.version = s.rule_version
        WHERE s.status IN ('effective', 'void') AND s.notice_id IS NULL AND {asked} > 0
        ORDER BY s.id"""

CHECKS = (
    Check(
        "two-people",
        "I4",
        "Who reviewed a service record neither recorded it nor served in it, and who recorded it"
        " did not serve in it either, but by signing in and out.",
        """
        SELECT s.entry_id, s.id AS record, s.recorded_by, s.decided_by FROM service_record s
        WHERE s.status NOT IN ('pending', 'lapsed', 'rejected') AND (s.decided_by IS NULL
            OR s.decided_by = s.recorded_by
            OR s.recorded_by = 'volunteer:' || s.volunteer_id AND s.source <> 'sign_in'
            OR EXISTS (SELECT 1 FROM staff p WHERE p.volunteer_id = s.volunteer_id
                AND 'staff:' || p.id IN (s.decided_by, s.recorded_by))
            OR EXISTS (SELECT 1 FROM staff p WHERE 'staff:' || p.id = s.decided_by
                AND ('volunteer:' || p.volunteer_id = s.recorded_by
                    OR EXISTS (SELECT 1 FROM staff o WHERE 'staff:' || o.id = s.recorded_by
                        AND o.volunteer_id = p.volunteer_id))))
        ORDER BY s.id""",
        ("service_record", "staff"),
    ),
    Check(
        "household-apart",
        "I4",
        "Nobody reviewed a service record of their own household, as it was on that day.",
        """
        SELECT s.entry_id, s.id AS record, s.decided_by FROM service_record s
        JOIN household_member v ON v.volunteer_id = s.volunteer_id
            AND v.joined_at <= s.decided_at AND coalesce(v.ended_at, s.decided_at) >= s.decided_at
        JOIN household_member h ON h.household_id = v.household_id
            AND h.joined_at <= s.decided_at AND coalesce(h.ended_at, s.decided_at) >= s.decided_at
        JOIN staff p ON p.volunteer_id = h.volunteer_id AND 'staff:' || p.id = s.decided_by
        WHERE s.status NOT IN ('pending', 'lapsed', 'rejected') ORDER BY s.id""",
        ("service_record", "staff", "household_member"),
    ),
    Check(
        "step-stands",
        "I4",
        "A service record has exactly what its step asks for: a review, a notice that hangs, and"
        " once it counts a day after that notice, and an entry if it earned anything.",
        """
        SELECT s.entry_id, s.id AS record, s.status, n.last_day, s.effective_on
        FROM service_record s LEFT JOIN notice n ON n.id = s.notice_id
        WHERE (s.status IN ('effective', 'void')) <> (s.effective_on IS NOT NULL)
            OR (s.status IN ('pending', 'lapsed')) <> (s.decided_by IS NULL)
            OR (s.entry_id IS NOT NULL)
                <> (s.status IN ('effective', 'void') AND coalesce(s.points, 0) > 0)
            OR s.status NOT IN ('pending', 'lapsed', 'rejected') AND s.rule_version IS NULL
            OR s.status = 'published' AND n.id IS NULL
            OR s.status IN ('published', 'effective', 'void') AND n.withdrawn_at IS NOT NULL
            OR s.status IN ('effective', 'void') AND s.effective_on <= n.last_day
        ORDER BY s.id""",
        ("service_record", "notice"),
    ),
    Check(
        "notice-was-hung",
        "I4",
        "What was reviewed under a rulebook that asks for a public notice counts after one only.",
        {dialect: _UNHUNG.format(asked=asked) for dialect, asked in _ASKED.items()},
        ("service_record", "earning_rule"),
    ),
    Check(
        "objection-answered",
        "I4",
        "What somebody objected to counts only when another person than those who recorded and"
        " reviewed it has dismissed the objection.",
        """
        SELECT s.entry_id, o.id AS objection, s.id AS record, s.status, o.outcome, o.decided_by
        FROM objection o JOIN service_record s ON s.id = o.record_id
        WHERE o.decided_by IN (s.recorded_by, s.decided_by)
            OR o.outcome IS NULL AND s.status NOT IN ('reviewed', 'published')
            OR o.outcome IN ('upheld', 'corrected') AND s.status <> 'rejected'
            OR (o.outcome = 'corrected') <> (o.new_record_id IS NOT NULL)
        ORDER BY o.id""",
        ("service_record", "objection"),
    ),
    Check(
        "term-kept",
        "I4",
        "A notice ends after the day on which it begins, and not before it was hung so long.",
        """
        SELECT n.year, n.place, n.starts_on, n.hung_on, n.last_day FROM notice n
        WHERE n.last_day <= n.starts_on OR n.withdrawn_at IS NULL AND n.last_day <= n.hung_on
        ORDER BY n.id""",
        ("notice",),
    ),
)
