"""What was found, in words (异常是什么): a title for each kind, and a sentence of its facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from pointsbank.findings import FindingRow
from pointsbank.web.portals.filters import hours
from pointsbank.web.portals.office.names import Names


def finding_says(row: FindingRow, names: Names) -> str:
    """What was found, in one sentence."""
    return _SAYS[row.kind](row.facts, names)


def _overlap(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(day)s，“%(one)s”和“%(other)s”的时间重叠",
        day=facts["day"],
        one=facts["other_activity"],
        other=facts["activity"],
    )
    return said


def _soon_after(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(day)s，报名“%(one)s” %(n)s 分钟以后就录入了 %(hours)s 小时",
        day=facts["day"],
        one=facts["activity"],
        n=facts["after"],
        hours=hours(facts["minutes"]),
    )
    return said


def _no_sign_in(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(day)s，“%(one)s”有人签了到，这一条是补录的",
        day=facts["day"],
        one=facts["activity"],
    )
    return said


def _long_day(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(day)s，一天 %(n)s 条，一共 %(hours)s 小时",
        day=facts["day"],
        n=facts["records"],
        hours=hours(facts["minutes"]),
    )
    return said


def _manual_share(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(team)s %(month)s 月的 %(n)s 条里，%(k)s 条是补录的",
        team=facts["team"],
        month=facts["month"],
        n=facts["records"],
        k=facts["manual"],
    )
    return said


def _same_pair(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(month)s 月，%(one)s 记的 %(n)s 条都是 %(other)s 认定的",
        month=facts["month"],
        one=names.actor(facts["recorded_by"]),
        n=facts["records"],
        other=names.actor(facts["decided_by"]),
    )
    return said


def _barred_purchase(facts: dict[str, Any], names: Names) -> str:
    said: str = _(
        "%(day)s 暂停兑换（%(until)s 止），那天的 %(slip)s 补记了 %(n)s 分",
        day=facts["day"],
        until=facts["until"],
        slip=facts["slip"],
        n=facts["points"],
    )
    return said


def _limit_reached(facts: dict[str, Any], names: Names) -> str:
    told = {"n": facts["count"], "reaches": facts["reaches"], "then": facts["then"]}
    said: str
    if facts["of"] == "no_shows":
        said = _("爽约 %(n)s 次；积分办法里满 %(reaches)s 次“%(then)s”", **told)
    elif facts["of"] == "complaints":
        said = _("投诉属实 %(n)s 次；积分办法里满 %(reaches)s 次“%(then)s”", **told)
    else:
        said = _("欠 %(n)s 分；积分办法里欠满 %(reaches)s 分“%(then)s”", **told)
    return said


_SAYS: Mapping[str, Callable[[dict[str, Any], Names], str]] = {
    "overlap": _overlap,
    "soon_after": _soon_after,
    "no_sign_in": _no_sign_in,
    "long_day": _long_day,
    "manual_share": _manual_share,
    "same_pair": _same_pair,
    "barred_purchase": _barred_purchase,
    "limit_reached": _limit_reached,
}
