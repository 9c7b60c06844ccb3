"""Finding records right (认定): a second person looks, and what a record earns is worked out.

By the rulebook in force on the day of the service, and for good: what hangs on the notice is what
is given. Where that rulebook asks for no public notice a record takes effect at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pointsbank.earning.record_steps as steps
from pointsbank.earning.doubles import doubles_of
from pointsbank.earning.errors import NoRule, RecordDoubled
from pointsbank.earning.hands import APPROVERS, Hands
from pointsbank.earning.issuing import Earned, issue_for_records
from pointsbank.earning.record_steps import PENDING, Review, require_step
from pointsbank.earning.rules import Rulebook, work_out
from pointsbank.earning.service_records import (
    LockedRecord,
    get_locked,
    lock_records,
    people_of,
    read_record_number,
    record_number,
)
from pointsbank.earning.so_far import SoFarOf
from pointsbank.earning.time_credits import save_time
from pointsbank.earning.versions import Rulebooks
from pointsbank.foundation import Act, Answer, PointsBankError, operation
from pointsbank.ledger import lock_accounts
from pointsbank.people import (
    RoleMissing,
    SanctionsOf,
    StaffRow,
    VolunteerRef,
    find_volunteers_by_id,
    require_person,
    require_role,
)

# Which act of the table of second persons a review is, by how the service was recorded.
APPROVING = {
    "sign_in": "earning.approve_record",
    "app": "earning.approve_record",
    "roll_call": "earning.approve_record",
    "manual": "earning.approve_manual",
    "honorary": "earning.approve_manual",
}
RECORDS_MOST = 100


@operation("earning.approve_record")
def approve_record(act: Act, *, record: str, is_another: bool = False) -> Answer:
    """Find a record right (认定): what it earns is known, and issued now or after its notice.

    `is_another`: the approver has looked at the record that may be the same service, and it is
    another one. Raises SecondPersonNeeded, RoleMissing, RecordDecided, SamePersonTwice, OwnRecord,
    SameHousehold, Sanctioned, NoRule, RecordDoubled.
    """
    approver = require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    act.for_whom = people[found.volunteer_id].holder
    sitting = _Sitting(act, approver, people, [found])
    sitting.look_at(found, is_another=is_another)
    entries = sitting.settle()
    [one] = sitting.reviews
    return {
        "record": record,
        "status": steps.EFFECTIVE if one.is_effective else steps.REVIEWED,
        "points": one.points,
        "working": one.working,
        "entry": entries.get(record_id),
        "another_than": sitting.doubles.get(record_id, []),
    }


@operation("earning.approve_records")
def approve_records(act: Act, *, records: list[str]) -> Answer:
    """Approve up to 200 records at once; those that may not be are passed over, each with its code.

    So is what may be a double: somebody has to look at both.
    Of the points of the `approved` those of `waiting` come after their notice. Of a longer list
    `left` were not looked at. Raises SecondPersonNeeded, RoleMissing.
    """
    approver = require_person(act, *APPROVERS)
    ids = [read_record_number(record) for record in records[:RECORDS_MOST]]
    people, locked = lock_with_people(act, ids)
    sitting = _Sitting(act, approver, people, locked.values())
    answer: dict[str, Any] = {"approved": [], "points": 0, "waiting": 0, "passed_over": []}
    answer["left"] = len(records) - len(ids)
    for record_id in sorted(set(ids)):
        try:
            # Every refusal stands before the first effect, so one that is refused leaves no trace.
            found = sitting.look_at(get_locked(locked, record_id))
        except PointsBankError as refusal:
            told = {"record": record_number(record_id), "code": refusal.code}
            answer["passed_over"].append(told)
        else:
            answer["approved"].append(record_number(record_id))
            answer["points"] += found.points
            answer["waiting"] += not found.is_effective
    sitting.settle()
    return answer


def lock_with_people(
    act: Act, record_ids: Iterable[int]
) -> tuple[dict[int, VolunteerRef], dict[int, LockedRecord]]:
    """Lock the people's accounts, then the records: everybody else takes them in this order."""
    ids = list(record_ids)
    people = find_volunteers_by_id(act.session, people_of(act.session, ids))
    accounts = [ref.id for person in people.values() for ref in (person.wallet, person.owed)]
    if accounts:
        lock_accounts(act.session, *accounts)
    return people, lock_records(act.session, ids)


class _Sitting:
    """One approver going through records; what was found right is written down at the end."""

    def __init__(
        self,
        act: Act,
        approver: StaffRow,
        people: dict[int, VolunteerRef],
        records: Iterable[LockedRecord],
    ) -> None:
        self.act, self.approver, self.people = act, approver, people
        self.reviews: list[Review] = []
        looked_at = list(records)
        self._sanctions = SanctionsOf(act.session, people, "earning")
        self._hands = Hands(act.session, approver, looked_at)
        self._books = Rulebooks(act.session)
        self.doubles = doubles_of(act.session, [one.id for one in looked_at])
        self._so_far = SoFarOf(act.session, self._books_of(looked_at))

    def _books_of(self, records: Sequence[LockedRecord]) -> list[tuple[Rulebook, LockedRecord]]:
        found = []
        for one in records:
            try:
                found.append((self._books.on(one.served_on), one))
            except NoRule:
                continue
        return found

    def look_at(self, record: LockedRecord, *, is_another: bool = False) -> Review:
        """Whether the approver may find this record right, and what it earns. Writes nothing."""
        require_step(record, PENDING)
        require_role(self.approver, APPROVING[record.source])
        self._hands.refuse(record)
        # What was served while somebody could not earn earns nothing.
        self._sanctions.refuse(record.volunteer_id, record.served_on)
        book = self._books.on(record.served_on)
        if not set(book.approvers_of(record.source)) & set(self.approver.roles):
            raise RoleMissing(needed=" ".join(book.approvers_of(record.source)))
        if record.id in self.doubles and not is_another:
            raise RecordDoubled(number=self.doubles[record.id][0])
        working = work_out(book, self._books.served(record), self._so_far.of(record, book))
        self._so_far.add(record, working)
        found = Review(
            record,
            points=working.points,
            counted_minutes=working.counted_minutes,
            rule_version=book.version,
            working=working.zh,
            is_effective=not book.notice.length,
        )
        self.reviews.append(found)
        return found

    def settle(self) -> dict[int, str]:
        """Write down what was found right; the numbers of the entries, by record."""
        effective = [
            Earned(
                one.record,
                self.people[one.record.volunteer_id],
                one.points,
                one.working,
                self._books.on(one.record.served_on),
            )
            for one in self.reviews
            if one.is_effective and one.points
        ]
        posted = issue_for_records(self.act, effective)
        self.reviews = [
            one if one.record.id not in posted else one.with_entry(posted[one.record.id].id)
            for one in self.reviews
        ]
        steps.review(self.act, self.reviews)
        there = [one.record for one in self.reviews if one.is_effective]
        told = [
            (one, self.people[one.volunteer_id], self._books.on(one.served_on)) for one in there
        ]
        save_time(self.act, told)
        return {record_id: one.number for record_id, one in posted.items()}
