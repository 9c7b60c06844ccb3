"""A community with activities: short sentences that plan, open, sign in and let time pass."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from pointsbank.activities import (
    ActivityFile,
    PersonHere,
    get_activity,
    list_people_here,
    open_activity,
    plan_activity,
    sign_in,
    sign_out,
)
from pointsbank.foundation import SHOP_ZONE, Caller, to_instant
from pointsbank.people import VolunteerRef, found_team, name_leader
from tests.counter import Counter
from tests.make import HeldCard

MORNING = datetime(2026, 11, 20, 8, 58, tzinfo=SHOP_ZONE)
SHOP = "shop-1"

# Marks what is about locks and statements, and is therefore tried on both databases.
ON_BOTH = pytest.mark.parametrize("bank_url", ["sqlite_url", "postgres_url"], indirect=True)


def at(hour: int, minute: int = 0, *, day: int = 20) -> str:
    """An instant of that November, by the shop's clock."""
    return to_instant(datetime(2026, 11, day, hour, minute, tzinfo=SHOP_ZONE))


class Neighbour:
    """A volunteer with a card."""

    def __init__(self, person: VolunteerRef, card: HeldCard) -> None:
        self.person, self.card = person, card

    @property
    def number(self) -> str:
        return self.person.number

    @property
    def caller(self) -> Caller:
        """As somebody who has come to the own page by card and PIN."""
        return Caller(self.person.holder, self.person.holder)


class Community:
    """The people, and the clock on the wall, which stands at two minutes to nine."""

    def __init__(self, counter: Counter) -> None:
        self.counter, self.make, self.bank = counter, counter.make, counter.bank
        self.kiosk = counter.kiosk
        self.worker = self.make.staff("worker")
        self.now = MORNING
        self.wait(0)

    def wait(self, minutes: float) -> None:
        """Let so many minutes pass."""
        self.now += timedelta(minutes=minutes)
        told = self.now
        self.bank.clock.set_now(lambda: told)

    def until(self, instant: str) -> None:
        """Wait until then."""
        told = datetime.fromisoformat(instant)
        self.wait((told - self.now).total_seconds() / 60)

    def neighbour(self, **data: Any) -> Neighbour:
        """Somebody who registers and gets a card."""
        person = self.make.volunteer(**data)
        return Neighbour(person, self.make.card(person))

    def team(self, *leaders: Neighbour, name: str = "巡逻队", parent: str | None = None) -> str:
        """A team with its leaders; its number."""
        made = self.make.do(found_team, by=self.worker.caller, name=name, parent=parent)
        team = str(made.answer["team"])
        for leader in leaders:
            self.make.do(name_leader, by=self.worker.caller, team=team, number=leader.number)
        return team

    def plan(self, **told: Any) -> str:
        """A patrol from nine to eleven, signed in at the shop's kiosk; its number."""
        usual = {
            "name": "治安巡逻",
            "category": "平安综治",
            "place": "四新路",
            "shop": SHOP,
            "begins_at": at(9),
            "ends_at": at(11),
        }
        by = told.pop("by", self.worker.caller)
        made = self.make.do(plan_activity, by=by, **{**usual, **told})
        return str(made.answer["activity"])

    def open(self, **told: Any) -> str:
        """The same, already open."""
        number = self.plan(**told)
        self.make.do(open_activity, by=self.worker.caller, activity=number)
        return number

    def sign_in(self, who: Neighbour, activity: str, key: str = "") -> dict[str, Any]:
        """A card at the kiosk."""
        told = {"activity": activity, "card": who.card.code}
        answer: dict[str, Any] = self.make.do(sign_in, by=self.kiosk, key=key, **told).answer
        return answer

    def sign_out(self, who: Neighbour, activity: str) -> dict[str, Any]:
        """The card once more."""
        told = {"activity": activity, "card": who.card.code}
        answer: dict[str, Any] = self.make.do(sign_out, by=self.kiosk, **told).answer
        return answer

    def file(self, activity: str) -> ActivityFile:
        """The activity as a page shows it."""
        return get_activity(self.bank, activity=activity, now=to_instant(self.now))

    def here(self, activity: str) -> dict[str, PersonHere]:
        """Its people by number."""
        people = list_people_here(self.bank, activity_id=self.file(activity).row.id)
        return {one.number: one for one in people}
