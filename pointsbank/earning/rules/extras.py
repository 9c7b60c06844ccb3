"""Points beside the hours (奖励、扣减): what may be given for what, and what may be taken for what.

A rulebook says how much; that it is done takes two people and an entry of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.rate import POINTS_MOST
from pointsbank.earning.rules.reading import Part

APPEAL_DAYS = 15


@dataclass(frozen=True)
class Bonus:
    """Points for something that is no service: a star, a referral, a commendation."""

    code: str
    name: str
    points: int
    most_yearly: int | None = None

    @classmethod
    def read(cls, part: Part) -> Bonus:
        return cls(
            code=part.text("code"),
            name=part.text("name"),
            points=part.whole("points", 1, POINTS_MOST),
            most_yearly=part.maybe_whole("most_yearly", 1, 366),
        )

    def to_document(self) -> dict[str, Any]:
        return dict(vars(self))

    def tell(self) -> list[Words]:
        zh, en = "", ""
        if self.most_yearly:
            zh, en = f"，一年最多 {self.most_yearly} 次", f", at most {self.most_yearly} a year"
        return [Words(f"{self.name} +{self.points} 分{zh}", f"{self.name} +{self.points}{en}")]


@dataclass(frozen=True)
class Deduction:
    """Points taken for something done badly; with `voids_hours` the activity's hours count 0."""

    code: str
    name: str
    points: int = 0
    voids_hours: bool = False
    appeal_days: int = APPEAL_DAYS

    @classmethod
    def read(cls, part: Part) -> Deduction:
        return cls(
            code=part.text("code"),
            name=part.text("name"),
            points=part.whole("points", 0, POINTS_MOST, 0),
            voids_hours=part.flag("voids_hours"),
            appeal_days=part.whole("appeal_days", 1, 365, APPEAL_DAYS),
        )

    def to_document(self) -> dict[str, Any]:
        return dict(vars(self))

    def tell(self) -> list[Words]:
        zh, en = [], []
        if self.voids_hours:
            zh.append("该次活动时长计 0")
            en.append("the hours of that activity count 0")
        if self.points or not zh:
            zh.append(f"−{self.points} 分")
            en.append(f"−{self.points}")
        days = self.appeal_days
        appeal = f"may be appealed against within {several(days, 'day')}"
        return [
            Words(
                f"{self.name}：{'，'.join(zh)}（{days} 天内可以申诉）",
                f"{self.name}: {', '.join(en)} ({appeal})",
            )
        ]


BONUSES = RuleKind(
    code="bonuses",
    title=Words("奖励", "Bonuses"),
    read=Bonus.read,
    examples=(
        {"code": "referral", "name": "推荐新志愿者", "points": 2},
        {"code": "commended", "name": "表扬", "points": 20, "most_yearly": 3},
    ),
    many=True,
)
DEDUCTIONS = RuleKind(
    code="deductions",
    title=Words("扣减", "Deductions"),
    read=Deduction.read,
    examples=(
        {"code": "no_show", "name": "报名不到", "points": 5},
        {"code": "complaint", "name": "投诉属实", "voids_hours": True, "appeal_days": 7},
    ),
    many=True,
)
