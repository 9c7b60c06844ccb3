"""Whoever tells the year: sets the clock to each moment, and acts as the people would."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from pointsbank.foundation import Bank, Caller, Operation, Outcome, new_key, to_instant

SEED = 2030


class Storyteller:
    """Runs operations at moments of the past, never going back in time."""

    def __init__(self, bank: Bank) -> None:
        self.bank = bank
        self.chance = random.Random(SEED)
        self.moment = datetime.min.replace(tzinfo=UTC)

    def at(self, moment: datetime) -> None:
        """Set the clock; a moment before the last one is told as the last one."""
        self.moment = max(self.moment, moment.astimezone(UTC))
        told = self.moment
        self.bank.clock.set_now(lambda: told)

    def do(self, verb: Operation[...], by: Caller, **values: Any) -> Outcome:
        """Run an operation now."""
        return verb(self.bank, by=by, key=new_key(), **values)

    def instant(self) -> str:
        """Now, as the books write it."""
        return to_instant(self.moment)

    def go_home(self) -> None:
        """Let the clock run by itself again."""
        self.bank.clock.set_now(lambda: datetime.now(UTC))
