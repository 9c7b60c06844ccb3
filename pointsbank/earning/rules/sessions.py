"""Sessions and hours together (按场次和时长计分): points for coming, and points for staying."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from pointsbank.earning.rules.kind import RuleKind, Words, several
from pointsbank.earning.rules.periods import in_hours
from pointsbank.earning.rules.rate import (
    POINTS_MOST,
    Case,
    Worth,
    cases_of,
    for_whom,
    read_categories,
)
from pointsbank.earning.rules.reading import Part
from pointsbank.earning.rules.served import Served


@dataclass(frozen=True)
class SessionsAndHours:
    """Points for a session of which any time counts, and points for each hour of it."""

    points_per_session: int
    points_per_hour: int
    categories: tuple[str, ...] = ()
    by_minutes = True

    @classmethod
    def read(cls, part: Part) -> SessionsAndHours:
        return cls(
            points_per_session=part.whole("points_per_session", 0, POINTS_MOST),
            points_per_hour=part.whole("points_per_hour", 0, POINTS_MOST),
            categories=read_categories(part),
        )

    def worth(self, served: Served, minutes: int) -> Worth:
        sessions = 1 if minutes else 0
        points = sessions * self.points_per_session + Fraction(minutes * self.points_per_hour, 60)
        long, session, hour = in_hours(minutes), self.points_per_session, self.points_per_hour
        told = Words(
            f"{sessions} 场 × {session} 分 + {long.zh} × {hour} 分",
            f"{sessions} session × {session} + {long.en} × {hour}",
        )
        return Worth(points, told)

    def cases(self) -> list[Case]:
        return cases_of(self.categories)

    def to_document(self) -> dict[str, Any]:
        return {
            "kind": SESSIONS.code,
            "points_per_session": self.points_per_session,
            "points_per_hour": self.points_per_hour,
            "categories": list(self.categories),
        }

    def tell(self) -> list[Words]:
        who = for_whom(self.categories)
        session, hour = self.points_per_session, self.points_per_hour
        both = Words(
            f"{who.zh}每场 {session} 分，另加每小时 {hour} 分",
            f"{who.en}{several(session, 'point')} for a session and {hour} for every hour of it",
        )
        return [both]


SESSIONS = RuleKind(
    code="sessions_and_hours",
    title=Words("按场次和时长计分", "Points for sessions and hours"),
    read=SessionsAndHours.read,
    examples=(
        {"kind": "sessions_and_hours", "points_per_session": 2, "points_per_hour": 1},
        {
            "kind": "sessions_and_hours",
            "points_per_session": 0,
            "points_per_hour": 3,
            "categories": ["大型活动"],
        },
    ),
)
