"""Limits (限度): at how many no-shows, upheld complaints or owed points a place does what it says.

Nothing happens by itself when one is reached: it is found at night (`findings`), and two people do
what they find right, by the verbs that there are anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.rate import POINTS_MOST
from pointsbank.earning.rules.reading import Part

NO_SHOWS, COMPLAINTS, OWED = "no_shows", "complaints", "owed"


@dataclass(frozen=True)
class Limit:
    """Reached with so many marks that stand, or so many points owed; `then` is the place's word."""

    measure: str
    reaches: int
    then: str

    @classmethod
    def read(cls, part: Part) -> Limit:
        return cls(
            measure=part.one_of("of", (NO_SHOWS, COMPLAINTS, OWED)),
            reaches=part.whole("reaches", 1, POINTS_MOST),
            then=part.text("then"),
        )

    def to_document(self) -> dict[str, Any]:
        return {"of": self.measure, "reaches": self.reaches, "then": self.then}

    def tell(self) -> list[Words]:
        count = self.reaches
        reached = {
            NO_SHOWS: Words(f"爽约满 {count} 次", f"At {several(count, 'no-show')}"),
            COMPLAINTS: Words(f"投诉属实满 {count} 次", f"At {several(count, 'upheld complaint')}"),
            OWED: Words(f"欠满 {count} 分", f"At {several(count, 'point')} owed"),
        }[self.measure]
        return [
            Words(
                f"{reached.zh}：{self.then}（先由人核对，不会自动办）",
                f"{reached.en}: {self.then} (somebody looks first, nothing happens by itself)",
            )
        ]


LIMITS = RuleKind(
    code="limits",
    title=Words("限度", "Limits"),
    read=Limit.read,
    examples=(
        {"of": "no_shows", "reaches": 5, "then": "注销登记"},
        {"of": "complaints", "reaches": 3, "then": "注销登记"},
        {"of": "owed", "reaches": 300, "then": "列入黑名单"},
    ),
    many=True,
)
