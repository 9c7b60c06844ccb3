"""Manual share (手工录入占比): a team of whose hours too many were entered by hand in a month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import bindparam, func, select

from pointsbank.earning import BACK_FILLED
from pointsbank.findings.kinds.form import FindingKind, Found, Window, is_standing, record
from pointsbank.foundation import Session, statement

_MONTH = func.substr(record.served_on, 1, 7)
_COUNT = statement(
    select(record.team, _MONTH.label("month"), record.source, func.count().label("records"))
    .where(
        record.team.is_not(None),
        record.served_on >= bindparam("since"),
        record.served_on <= bindparam("until"),
        is_standing(record),
    )
    .group_by(record.team, _MONTH, record.source)
    .order_by(record.team, _MONTH, record.source)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Teams and months; a month is found once, on the first night that it is too much."""
    counts: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    # The month in which the window begins is looked at whole, so that no half of one is judged.
    for row in session.rows(_COUNT, since=f"{window.since[:7]}-01", until=window.until):
        counts[row.team, row.month][row.source] = row.records
    for (team, month), sources in counts.items():
        records = sum(sources.values())
        manual = sum(sources.get(source, 0) for source in BACK_FILLED)
        enough = records >= window.numbers.manual_least
        if enough and manual * 100 >= records * window.numbers.manual_percent:
            yield Found(
                f"team:{team}:{month}",
                facts={"team": team, "month": month, "records": records, "manual": manual},
            )


MANUAL_SHARE = FindingKind("manual_share", find)
