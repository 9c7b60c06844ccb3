"""What a point is worth towards the property fee (抵扣物业费), and how much of it a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.reading import Part


@dataclass(frozen=True)
class PropertyFee:
    """`fen_per_point`, and at most `yearly_most_fen` for a household in a year; None is no cap."""

    fen_per_point: int
    yearly_most_fen: int | None = None

    @classmethod
    def read(cls, part: Part) -> PropertyFee:
        return cls(
            part.whole("fen_per_point", 1, 10_000),
            part.maybe_whole("yearly_most_fen", 1, 100_000_000),
        )

    def fen_for(self, points: int) -> int:
        """What so many points pay, the yearly cap left aside."""
        return points * self.fen_per_point

    def points_for(self, fen: int) -> int:
        """How many points pay so much, the last one whole."""
        return -(-fen // self.fen_per_point)

    def to_document(self) -> dict[str, Any]:
        return {"fen_per_point": self.fen_per_point, "yearly_most_fen": self.yearly_most_fen}

    def tell(self) -> list[Words]:
        worth = yuan(self.fen_per_point)
        told = [Words(f"1 分抵物业费 {worth} 元", f"1 point pays {worth} yuan of the property fee")]
        if self.yearly_most_fen:
            most = yuan(self.yearly_most_fen)
            told.append(Words(f"一户一年最多抵 {most} 元", f"At most {most} yuan a year and home"))
        return told


def yuan(fen: int) -> str:
    """Fen as yuan, with decimals where there are any.

    >>> yuan(100), yuan(10), yuan(15000)
    ('1', '0.1', '150')
    """
    return f"{fen // 100}.{fen % 100:02d}".rstrip("0").rstrip(".")


PROPERTY_FEE = RuleKind(
    code="property_fee",
    title=Words("抵扣物业费", "Property fee"),
    read=PropertyFee.read,
    examples=({"fen_per_point": 100}, {"fen_per_point": 10, "yearly_most_fen": 15000}),
    optional=True,
)
