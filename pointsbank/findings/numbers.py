"""From when on something is found (多少算异常): dated rows of `setting` that people may change."""

from __future__ import annotations

from dataclasses import dataclass

from pointsbank.foundation import Session, numbers_in_force

# What holds until somebody has decided: the eight hours of a working day, half an hour after
# applying, half of a team's records by hand out of ten, one pair for twenty records.
USUAL = {
    "finding_day_minutes": 480,
    "finding_soon_minutes": 30,
    "finding_manual_percent": 50,
    "finding_manual_least": 10,
    "finding_pair_least": 20,
}


@dataclass(frozen=True, slots=True)
class Numbers:
    """More minutes a day than `day_minutes`; entered sooner than `soon_minutes` after applying.

    `manual_percent` of a team's records by hand, of `manual_least` or more; one recorder and one
    approver alone, for `pair_least` records or more.
    """

    day_minutes: int
    soon_minutes: int
    manual_percent: int
    manual_least: int
    pair_least: int


_in_force = numbers_in_force(USUAL)


def numbers_on(session: Session, day: str) -> Numbers:
    """The numbers in force on a day."""
    told = _in_force(session, day)
    return Numbers(**{name.removeprefix("finding_"): value for name, value in told.items()})
