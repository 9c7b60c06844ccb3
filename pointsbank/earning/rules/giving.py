"""Giving points away (捐出积分): whether anybody may, and how many in a day; between people never.

From wallet to wallet nothing ever moves, so that points are nothing to sell.
What somebody does not need goes to the pool, and two people grant from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.rate import POINTS_MOST
from pointsbank.earning.rules.reading import Part


@dataclass(frozen=True)
class Giving:
    """Whether nobody gives points to the pool, and how many one may in a day; None is any."""

    closed: bool = False
    daily_most: int | None = None

    @classmethod
    def read(cls, part: Part) -> Giving:
        return cls(part.flag("closed"), part.maybe_whole("daily_most", 1, POINTS_MOST))

    def left(self, given: int) -> int | None:
        """How many one may still give on a day, once so many were given; None is any number."""
        return None if self.daily_most is None else max(0, self.daily_most - given)

    def to_document(self) -> dict[str, Any]:
        return {"closed": self.closed, "daily_most": self.daily_most}

    def tell(self) -> list[Words]:
        if self.closed:
            return [Words("积分不能捐出", "Points are not given away")]
        if self.daily_most is None:
            return []
        most = several(self.daily_most, "point")
        return [Words(f"每人每天最多捐 {self.daily_most} 分", f"At most {most} given away a day")]


GIVING = RuleKind(
    code="giving",
    title=Words("捐出积分", "Giving points away"),
    read=Giving.read,
    examples=({"daily_most": 100}, {"closed": True}),
)
