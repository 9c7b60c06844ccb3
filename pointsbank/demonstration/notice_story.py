"""A notice on the wall (公示): for two weeks the community tries what it is like.

What was served in these weeks hangs for seven days before it counts. The first week's notice is
over and its points have come; the second's runs, and ends with the night that the visitor can let
pass. Before and after, points come when a record is approved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pointsbank.demonstration.people_story import PeopleStory
from pointsbank.demonstration.storyteller import Storyteller
from pointsbank.earning import (
    make_all_effective,
    note_hung,
    note_taken_down,
    open_notice,
    plain_document,
    set_rulebook,
    show_notices,
)
from pointsbank.foundation import NIGHT, Answer, Operation, business_day

TRIED_WEEKS = (48, 49)
HANGS_DAYS = 7
# Approved on the Monday after, hung on the one after that.
WEEKS_TO_HANG = 2
ABOUT = "试行两周：认定以后先公示七天，没有异议才给分。"


class NoticeStory:
    """Decides on the trial, hangs what was reviewed, and lets it take effect at night."""

    def __init__(self, teller: Storyteller, people: PeopleStory) -> None:
        self.teller = teller
        self.people = people
        self.hanging: list[str] = []

    def tell_week(self, week: int) -> None:
        """A Monday's morning, when the records of the week before are approved."""
        if week == TRIED_WEEKS[0]:
            self._decide()
        elif week - WEEKS_TO_HANG in TRIED_WEEKS:
            self._hang()

    def tell_morning(self, morning: datetime) -> None:
        """What the night before has done, and the sheet that comes off the wall."""
        if not self.hanging:
            return
        self.teller.at(morning)
        if make_all_effective(self.teller.bank, by=NIGHT).records:
            self._do(note_taken_down, notice=self.hanging.pop(0))

    def _decide(self) -> None:
        today, ends = self.teller.moment, self.teller.moment + timedelta(weeks=len(TRIED_WEEKS))
        notice = {"length": HANGS_DAYS, "unit": "calendar"}
        for day, document in (
            (today, plain_document(10, about=ABOUT, notice=notice)),
            (ends, plain_document(10)),
        ):
            self.teller.do(
                set_rulebook,
                self.people.staff["chenbo"],
                document=document,
                starts_on=business_day(day),
                proposed_by=self.people.staff["limin"].actor,
            )
        self.teller.do(show_notices, self.people.staff["limin"], shown=True)

    def _hang(self) -> None:
        yesterday = business_day(self.teller.moment - timedelta(days=1))
        self.hanging.append(str(self._do(open_notice, until=yesterday)["notice"]))
        self._do(note_hung, notice=self.hanging[-1])

    def _do(self, verb: Operation[...], **values: Any) -> Answer:
        return self.teller.do(verb, self.people.staff["wangfang"], **values).answer
