"""Points that expire soon (快到期的积分), as a slip tells them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from marshmallow import fields

from pointsbank.earning import may_expire, read_expiring_soon
from pointsbank.foundation import Bank, Session
from pointsbank.web.api.fields import Body, told

# So long a bank may keep points without a day before a slip looks for one again.
LOOK_AGAIN_SECONDS = 60.0
_LOOKED: dict[str, tuple[float, bool]] = {}


class Expiring(Body):
    """So many points can be used until the end of a day."""

    day = fields.String(required=True, metadata=told("可以用到 The last day", "2026-12-31"))
    points = fields.Integer(required=True, metadata=told("几分", 12))


def expiring_body(bank: Bank, wallet_of: Callable[[Session], int]) -> list[dict[str, Any]]:
    """What of a wallet expires soon; a bank whose points have no days is not asked each time."""
    today = bank.clock.today()
    if not _may_expire(bank, today):
        return []
    found = bank.database.read(
        lambda session: read_expiring_soon(session, wallet_of(session), today=today)
    )
    return [{"day": one.day, "points": one.points} for one in found]


def _may_expire(bank: Bank, today: str) -> bool:
    looked_at, known = _LOOKED.get(bank.database.url, (0.0, False))
    now = time.monotonic()
    # Points that have a day do not lose it; that there are none yet is true for a moment only.
    if not known and (not looked_at or now - looked_at > LOOK_AGAIN_SECONDS):
        known = may_expire(bank, day=today)
        _LOOKED[bank.database.url] = (now, known)
    return known
