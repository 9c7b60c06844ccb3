"""What this room refuses (公益池的拒绝)."""

from __future__ import annotations

from pointsbank.foundation import Conflict, NotFound, NotPermitted


class GrantUnknown(NotFound):
    """No such grant was proposed (没有这笔拨付)."""

    code = "charity.grant_unknown"


class GrantDecided(Conflict):
    """Somebody has decided on this grant already (这笔拨付已经办过)."""

    code = "charity.grant_decided"


class OwnGrant(NotPermitted):
    """Who proposed a grant cannot approve it (提出人不能批准)."""

    code = "charity.own_grant"
