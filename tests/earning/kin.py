"""Somebody who had a hand in something, and whoever is so close that they do not decide on it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pointsbank.foundation import Caller
from pointsbank.people import SameHousehold, SamePersonTwice, StaffRow
from tests.make import Make
from tests.people.test_second_person import live_together


def hand_with_kin(make: Make) -> tuple[StaffRow, Callable[[Callable[[Caller], object]], None]]:
    """A member of staff, and what asks of an act that neither they, by another login, nor a
    colleague of their household may do it.
    """
    person, family = make.volunteer(), make.volunteer()
    live_together(make, person, family)
    first, second = (make.staff("worker", volunteer=person) for _ in range(2))
    at_home = make.staff("witness", volunteer=family)

    def refused(decide: Callable[[Caller], object]) -> None:
        for who, refusal in (
            (first, SamePersonTwice),
            (second, SamePersonTwice),
            (at_home, SameHousehold),
        ):
            with pytest.raises(refusal):
                decide(who.caller)

    return first, refused
