"""What this room refuses (异常的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound


class FindingUnknown(NotFound):
    """No finding has this number (没有这条异常): fact finding."""

    code = "findings.finding_unknown"


class FindingLookedAt(Conflict):
    """Somebody has looked at it already (已经看过了): fact finding."""

    code = "findings.looked_at"


class RemarkMissing(InvalidInput):
    """Whoever has looked says what they saw (没有写看到什么)."""

    code = "findings.remark_missing"
