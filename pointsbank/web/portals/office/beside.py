"""Whoever stands beside the screen (第二个人): shows a badge, types an own PIN, and confirms.

What they confirm is booked in their name. Whoever is logged in stays logged in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from pointsbank.foundation import Caller, Operation, Outcome
from pointsbank.people import BadgeBlocked, BadgeUnknown, StaffRow, verify_second
from pointsbank.web.api.limits import counting_wrong_pins
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.forms import Typed, book
from pointsbank.web.portals.office.frame import role_word_of


@dataclass
class Beside:
    """The second person of one act of the table, once they have confirmed."""

    name: str
    person: StaffRow | None = None

    def book(self, verb: Operation[Any], typed: Typed, **values: Any) -> Outcome:
        """Book the act for whoever showed the badge and knew its PIN."""
        return book(verb, by=self.confirm(typed), **values)

    def confirm(self, typed: Typed) -> Caller:
        """Who showed the badge and knew its PIN; the form keeps neither."""
        badge, pin = typed.secret("badge"), typed.secret("pin")
        # A refusal stands under the PIN, the last thing that was typed, unless it is the badge's.
        typed.reading = "pin"
        try:
            with counting_wrong_pins():
                self.person = verify_second(
                    current_bank(),
                    by=current_visitor().caller,
                    name=self.name,
                    badge=badge,
                    pin=pin,
                )
        except (BadgeUnknown, BadgeBlocked):
            typed.reading = "badge"
            raise
        typed.reading = None
        return self.person.caller

    def signs(self, said: str, outcome: Outcome | None = None) -> str:
        """What was done, and who confirmed it; or that it was proposed and waits."""
        if outcome is not None and "proposal" in outcome.answer:
            return str(_("提出了，等第二个人确认；别人登录后在“今日”里看得到。"))
        if self.person is None:
            return said
        signed: str = _(
            "%(said)s 确认人：%(name)s（%(role)s）。",
            said=said,
            name=self.person.name,
            role=role_word_of(frozenset(self.person.roles)),
        )
        return signed


def may_wait(typed: Typed) -> bool:
    """Whether the form's other button was pressed: nobody stands here, let it wait for somebody."""
    return typed.ticked("waits")


def proposer() -> str:
    """Who proposes what somebody beside the screen confirms: the one who is logged in."""
    return current_visitor().caller.actor
