"""The unit in which minutes count (计时单位), always rounded down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.reading import Part

UNIT_MOST = 480


@dataclass(frozen=True)
class Rounding:
    """Minutes count in whole units of `minutes`."""

    minutes: int = 1

    @classmethod
    def read(cls, part: Part) -> Rounding:
        return cls(part.whole("minutes", 1, UNIT_MOST, 1))

    def down(self, minutes: int) -> int:
        """The whole units of so many minutes."""
        return minutes - minutes % self.minutes

    def to_document(self) -> dict[str, Any]:
        return {"minutes": self.minutes}

    def tell(self) -> list[Words]:
        if self.minutes == 1:
            return [Words("按分钟计时", "Time counts by the minute")]
        unit = self.minutes
        return [Words(f"满 {unit} 分钟才计，零头舍去", f"Time counts by whole {unit} minutes")]


ROUNDING = RuleKind(
    code="rounding",
    title=Words("计时单位", "Unit of time"),
    read=Rounding.read,
    examples=({}, {"minutes": 30}, {"minutes": 60}),
)
