"""Always the same pair (总是同两个人): what one records one other approves, and nobody else.

Where only one person could approve there is nothing to find: others must have approved as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, record
from pointsbank.foundation import Session, statement

_MONTH = func.substr(record.served_on, 1, 7)
_COUNT = statement(
    select(
        record.recorded_by, record.decided_by, _MONTH.label("month"), func.count().label("records")
    )
    .where(
        record.decided_by.is_not(None),
        record.recorded_by.like("staff:%"),
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        is_standing(record),
    )
    .group_by(record.recorded_by, record.decided_by, _MONTH)
    .order_by(_MONTH, record.recorded_by, record.decided_by)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Recorders whose every record of a month was approved by one and the same."""
    approved: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    approvers: dict[str, set[str]] = defaultdict(set)
    for row in session.rows(_COUNT, since=f"{window.since[:7]}-01", until=window.until):
        approved[row.month, row.recorded_by][row.decided_by] = row.records
        approvers[row.month].add(row.decided_by)
    for (month, recorder), by in approved.items():
        [approver, *rest] = by
        others = approvers[month] - {approver, recorder}
        if not rest and others and by[approver] >= window.numbers.pair_least:
            yield Found(
                f"pair:{recorder}:{approver}:{month}",
                facts={
                    "recorded_by": recorder,
                    "decided_by": approver,
                    "month": month,
                    "records": by[approver],
                },
            )


SAME_PAIR = FindingKind("same_pair", find)
