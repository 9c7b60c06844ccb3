"""Numbers of activities that people may change (活动的数): dated rows of `setting`, by day.

They are changed with the other settings; what was begun under yesterday's number keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pointsbank.foundation import Session, numbers_in_force

# What holds until somebody has decided: half an hour before and after, eight hours at a stretch.
USUAL = {
    "activity_early_minutes": 30,
    "activity_grace_minutes": 30,
    "activity_cap_minutes": 480,
    "activity_late_minutes": 3,
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """How early one may sign in, how long after the end one may sign out, how long a clock runs.

    Who of a rota has not signed in so long after the beginning is missed; with the board that is
    asked again every half minute, a leg that nobody came to is seen within five minutes.
    """

    early_minutes: int
    grace_minutes: int
    cap_minutes: int
    late_minutes: int


_in_force = numbers_in_force(USUAL)


def numbers_on(session: Session, day: str) -> Numbers:
    """The numbers in force on a day."""
    told = _in_force(session, day)
    return Numbers(**{name.removeprefix("activity_"): value for name, value in told.items()})
