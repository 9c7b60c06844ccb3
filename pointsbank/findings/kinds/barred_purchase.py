"""A barred purchase (暂停期间兑换): entered late for somebody who could not redeem that day.

What was taken is entered whatever stands against it. A kiosk would have asked the person to the
desk, so somebody looks why the paper did not.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select

from pointsbank.findings.kinds.form import FindingKind, Found, Window
from pointsbank.foundation import Session, public_id, statement
from pointsbank.people import Volunteer, sanctioned_until
from pointsbank.redemption import LateRedemption, Redemption

_UNTIL = sanctioned_until("redeeming", Volunteer.id, LateRedemption.happened_on)
_FIND = statement(
    select(
        Redemption.id,
        Redemption.total_points,
        Volunteer.id.label("volunteer_id"),
        LateRedemption.happened_on,
        LateRedemption.slip,
        LateRedemption.proposed_by,
        LateRedemption.decided_by,
        _UNTIL.label("sanctioned_until"),
    )
    .join(LateRedemption, LateRedemption.redemption_id == Redemption.id)
    .join(Volunteer, Volunteer.wallet_id == Redemption.wallet_id)
    .where(
        LateRedemption.happened_on >= bindparam("since"),
        LateRedemption.happened_on <= bindparam("until"),
        LateRedemption.taken_back_at.is_(None),
        _UNTIL.is_not(None),
    )
    .order_by(Redemption.id)
)


def find(session: Session, window: Window) -> Iterator[Found]:
    """Late entries of a day on which a sanction kept their volunteer from redeeming."""
    for row in session.rows(_FIND, since=window.since, until=window.until):
        yield Found(
            f"redemption:{row.id}",
            row.volunteer_id,
            facts={
                "redemption": public_id("R", row.id),
                "slip": row.slip,
                "day": row.happened_on,
                "points": row.total_points,
                "until": row.sanctioned_until,
                "recorded_by": row.proposed_by,
                "decided_by": row.decided_by,
            },
        )


BARRED_PURCHASE = FindingKind("barred_purchase", find)
