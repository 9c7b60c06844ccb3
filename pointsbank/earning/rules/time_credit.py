"""Time credit (时间储蓄): whether hours are saved up besides, to be used up, and at what ratio."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.errors import RulebookSaidTwice
from pointsbank.earning.rules.kind import RuleKind, Words
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rate import PERCENT_MOST, decimal
from pointsbank.earning.rules.reading import LIST_MOST, Part
from pointsbank.earning.rules.served import Served


@dataclass(frozen=True)
class Ratio:
    """How much of the time of one category is saved up, in hundredths."""

    category: str
    percent: int


@dataclass(frozen=True)
class TimeCredit:
    """Whether this place keeps time credit; the hours of the record are another thing and stay.

    A category that is not named counts by `percent`; at 0 only those which are named give any.
    """

    kept: bool = False
    percent: int = 100
    ratios: tuple[Ratio, ...] = ()

    @classmethod
    def read(cls, part: Part) -> TimeCredit:
        kept = part.flag("kept")
        percent = part.whole("percent", 0, PERCENT_MOST, 100)
        ratios: list[Ratio] = []
        for row in part.parts("ratios", 0, LIST_MOST):
            made = Ratio(row.text("category"), row.whole("percent", 0, PERCENT_MOST))
            row.done()
            if any(made.category == one.category for one in ratios):
                part.problems.append(RulebookSaidTwice(path=row.path, what=made.category))
            ratios.append(made)
        return cls(kept, percent, tuple(ratios))

    def saved(self, served: Served) -> tuple[int, Words]:
        """How many minutes a service saves up, rounded down, and how that came about.

        >>> rule = TimeCredit(True, 0, (Ratio("关爱特殊群体", 150),))
        >>> served = Served(61, "sign_in", "2026-11-18", category="关爱特殊群体")
        >>> minutes, words = rule.saved(served)
        >>> minutes, words.zh
        (91, '1 小时 1 分钟 × 1.5 = 1 小时 31 分钟')
        """
        percent = self.percent_of(served.category)
        minutes = served.minutes * percent // 100
        long, whole = in_hours(served.minutes), in_hours(minutes)
        if percent == 100:
            return minutes, long
        times = decimal(Fraction(percent, 100))
        told = Words(f"{long.zh} × {times} = {whole.zh}", f"{long.en} × {times} = {whole.en}")
        return minutes, told

    def percent_of(self, category: str | None) -> int:
        """At what ratio a category counts; nothing where no time credit is kept."""
        if not self.kept:
            return 0
        named = (one.percent for one in self.ratios if one.category == category)
        return next(named, self.percent)

    def to_document(self) -> dict[str, Any]:
        return {
            "kept": self.kept,
            "percent": self.percent,
            "ratios": [{"category": one.category, "percent": one.percent} for one in self.ratios],
        }

    def tell(self) -> list[Words]:
        if not self.kept:
            return []
        told = [Words("另记时间储蓄，可以用掉", "Time credit is kept besides, and can be used up")]
        for name, english, percent in (
            *((one.category, one.category, one.percent) for one in self.ratios),
            ("其他服务" if self.ratios else "服务", "other service", self.percent),
        ):
            times = decimal(Fraction(percent, 100))
            said = Words(f"{name} 1 小时记 {times} 小时", f"An hour of {english} saves {times} h")
            if not percent:
                said = Words(f"{name}不记时间储蓄", f"No time credit for {english}")
            told.append(said)
        return told


TIME_CREDIT = RuleKind(
    code="time_credit",
    title=Words("时间储蓄", "Time credit"),
    read=TimeCredit.read,
    examples=(
        {},
        {"kept": True},
        {"kept": True, "percent": 0, "ratios": [{"category": "关爱特殊群体", "percent": 150}]},
    ),
)
