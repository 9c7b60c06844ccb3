"""Hands (经手人): who had a hand in something, and what they must not be to each other.

A record is written down by a member of staff, a device, or a volunteer: a leader who called the
roll, or somebody who signed in and out. Who finds it right is always another person, of another
household, and not the one who served.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pointsbank.earning.errors import OwnRecord, SamePersonTwice
from pointsbank.earning.service_records import LockedRecord, record_number
from pointsbank.foundation import Session
from pointsbank.people import SamePersonTwice as SamePerson
from pointsbank.people import StaffRow, find_actor, homes_of, refuse_together

_VOLUNTEER = re.compile(r"volunteer:([0-9]{1,18})", re.ASCII)
APPROVERS = ("worker", "witness", "admin")
# What somebody can have brought about alone, by being there with card or telephone.
SIGNED_ONESELF = "sign_in"


@dataclass(frozen=True)
class Hand:
    """Who is behind an actor: a member of staff, a volunteer, both, or for a device nobody."""

    actor: str
    staff: StaffRow | None = None
    volunteer_id: int | None = None


def hand_of(session: Session, actor: str) -> Hand:
    """Who is behind an actor's text."""
    found = _VOLUNTEER.fullmatch(actor)
    if found:
        return Hand(actor, None, int(found[1]))
    staff = find_actor(session, actor)
    return Hand(actor, staff, staff.volunteer_id if staff else None)


def refuse_hands(
    session: Session, decider: StaffRow, actors: Iterable[str | None], volunteers: Iterable[int]
) -> None:
    """Refuse whoever had a hand in something, is whom it is about, or lives with one of them.

    By person and not by login: a leader who called the roll has a hand in it as a colleague, too.
    Raises SamePersonTwice, BenefitsOneself, SameHousehold.
    """
    hands = [hand_of(session, actor) for actor in sorted({one for one in actors if one})]
    leaders = {one.volunteer_id for one in hands if one.volunteer_id and one.staff is None}
    concerned = sorted(set(volunteers))
    staff = [decider, *(one.staff for one in hands)]
    homes = homes_of(session, staff, {*leaders, *concerned})
    for one in hands:
        refuse_together(homes, decider, one.staff)
    # A leader who is whom it is about is told so, and not that they were there before.
    if decider.volunteer_id in leaders.difference(concerned):
        raise SamePerson()
    refuse_together(homes, decider, None, sorted({*leaders, *concerned}))


class Hands:
    """Everybody who had a hand in some records, looked up once, with their households."""

    def __init__(self, session: Session, second: StaffRow, records: Iterable[LockedRecord]) -> None:
        records = list(records)
        self.second = second
        actors = {actor for one in records for actor in (one.recorded_by, one.decided_by)}
        self._hands = {actor: hand_of(session, actor) for actor in actors if actor}
        leaders = {one.volunteer_id for one in self._hands.values() if one.volunteer_id}
        staff = [second, *(one.staff for one in self._hands.values())]
        self._homes = homes_of(session, staff, leaders | {one.volunteer_id for one in records})

    def refuse(self, record: LockedRecord, *, reviewed: bool = False) -> None:
        """Refuse whoever may not decide on a record; `reviewed`: nor may who has reviewed it.

        Raises SamePersonTwice, OwnRecord, BenefitsOneself, SameHousehold.
        """
        recorder = self._hands[record.recorded_by]
        refuse_own(self.second.volunteer_id, record.volunteer_id)
        refuse_recorded_own(recorder, record.volunteer_id, record.source)
        self._refuse_same(recorder, record)
        if reviewed and record.decided_by:
            self._refuse_same(self._hands[record.decided_by], record)

    def _refuse_same(self, hand: Hand, record: LockedRecord) -> None:
        one, other = self.second, hand.staff
        alone = hand.volunteer_id == record.volunteer_id
        if one.actor == hand.actor or (other is not None and one.is_same_person(other)):
            raise SamePersonTwice(number=record_number(record.id))
        if hand.volunteer_id is not None and hand.volunteer_id == one.volunteer_id:
            raise SamePersonTwice(number=record_number(record.id))
        concerned = {record.volunteer_id}
        if other is None and hand.volunteer_id is not None and not alone:
            concerned.add(hand.volunteer_id)
        refuse_together(self._homes, one, other, sorted(concerned))


def refuse_own(volunteer_id: int | None, served: int) -> None:
    """Raise OwnRecord for whoever decides on hours of their own."""
    if volunteer_id is not None and volunteer_id == served:
        raise OwnRecord()


def refuse_recorded_own(recorder: Hand, served: int, source: str) -> None:
    """Raise OwnRecord where somebody wrote down hours of their own.

    Signing in and out oneself is no writing down: card, code and clock stand behind it.
    """
    if recorder.staff is not None or source != SIGNED_ONESELF:
        refuse_own(recorder.volunteer_id, served)
