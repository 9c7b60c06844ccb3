"""What this room refuses (公益池的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, InvalidInput, NotFound, RuleRefused


class GrantUnknown(NotFound):
    """No such grant was paid (没有这笔拨付)."""

    code = "charity.grant_unknown"


class GrantTakenBack(Conflict):
    """Somebody has taken this grant back already (这笔拨付已经收回)."""

    code = "charity.grant_taken_back"


class GrantUsedUp(RuleRefused):
    """The family has nothing left of it, and a family cannot owe (已经用完，收不回)."""

    code = "charity.grant_used_up"


class GivingClosed(RuleRefused):
    """The rulebook lets nobody give points away (本办法不许捐出)."""

    code = "charity.giving_closed"


class GiftTooLarge(RuleRefused):
    """More than the rulebook lets one give in a day (超过一天能捐的): facts most, left."""

    code = "charity.gift_too_large"


class GrantDayPast(InvalidInput):
    """The last day that was asked for is over (到期日已经过了): facts day, today."""

    code = "charity.grant_day_past"
