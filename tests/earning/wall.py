"""A community whose records hang on the wall for three working days before they count."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from pointsbank.earning import approve_record, get_record, open_notice
from pointsbank.foundation import SHOP_ZONE
from pointsbank.people import StaffRow, VolunteerRef
from tests.make import Make


class Wall:
    """Somebody records, somebody else reviews, a third decides; and the clock is at hand."""

    def __init__(self, make: Make, length: int = 3, unit: str = "working", **rule: Any) -> None:
        self.make, self.bank = make, make.bank
        self.version = make.rule(notice={"length": length, "unit": unit}, **rule)
        self.recorder: StaffRow = make.staff("worker")
        self.reviewer: StaffRow = make.staff("witness")
        self.third: StaffRow = make.staff("worker")

    def at(self, day: str, hour: int = 9) -> None:
        """It is so late on a day."""
        now = datetime.combine(datetime.fromisoformat(day), time(hour), SHOP_ZONE)
        self.bank.clock.set_now(lambda: now)

    def reviewed(
        self, volunteer: VolunteerRef | None = None, minutes: int = 120, **service: Any
    ) -> str:
        """A record that waits for its notice; its number."""
        whose = volunteer or self.make.volunteer()
        record = self.make.record(whose, minutes, by=self.recorder, **service)
        self.make.do(approve_record, by=self.reviewer.caller, record=record)
        return record

    def hang(self, *records: str, **values: Any) -> str:
        """Hang records on a notice, or all that wait; its number."""
        told = {"records": list(records)} if records else {}
        made = self.make.do(open_notice, by=self.third.caller, **told, **values)
        return str(made.answer["notice"])

    def status(self, record: str) -> str:
        """Where a record stands."""
        return get_record(self.bank, record=record).status
