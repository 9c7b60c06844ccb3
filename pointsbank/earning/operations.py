"""What the doors can have done here: record service, approve it, reject it, void it.

Approving takes a second person with a login of their own. Points come into being nowhere else, but
for those that a rehearsal is lent and gives back.
"""

from __future__ import annotations

from typing import Any

from pointsbank.earning.errors import (
    OwnRecord,
    ReasonMissing,
    RecordDecided,
    RecordNotEffective,
    RecordRepeated,
    SamePersonTwice,
)
from pointsbank.earning.rulebooks import rulebook_on
from pointsbank.earning.rules import Rulebook, Served, Working, work_out
from pointsbank.earning.service_records import (
    Service,
    decide,
    find_same,
    get_locked,
    insert_record,
    lock_records,
    make_void,
    people_of,
    read_record_number,
    read_service,
    record_number,
)
from pointsbank.earning.so_far import so_far
from pointsbank.foundation import Act, Answer, PointsBankError, operation
from pointsbank.foundation.cells import clean_text
from pointsbank.ledger import (
    declare_kind,
    issue_points,
    kept_balances,
    lock_accounts,
    open_account,
    points_id,
    take_back_issue,
)
from pointsbank.people import (
    SYSTEM_HOLDER,
    StaffRow,
    VolunteerRef,
    find_actor,
    find_volunteers,
    find_volunteers_by_id,
    get_volunteer,
    homes_of,
    refuse_together,
    require_person,
    require_role,
    require_second,
    tell,
    tell_all,
)

ISSUE = declare_kind(
    "earning.issue",
    [("issued", "wallet"), ("wallet", "owed"), ("issued", "owed"), ("wallet", "expired")],
)
APPROVERS = ("worker", "witness", "admin")
# Which act of the table of second persons an approval is, by how the service was recorded.
APPROVING = {
    "sign_in": "earning.approve_record",
    "app": "earning.approve_record",
    "roll_call": "earning.approve_record",
    "manual": "earning.approve_manual",
    "honorary": "earning.approve_manual",
}
# A record takes five statements and more; a longer list would hold the writer beyond 50 ms.
RECORDS_MOST = 25

# --------------------------------------------------------------------------------------- recording


@operation("earning.record_service")
def record_service(
    act: Act,
    *,
    number: str,
    activity: str,
    minutes: int,
    source: str = "manual",
    served_on: str | None = None,
    started_at: str | None = None,
    ended_at: str | None = None,
    team: str | None = None,
    category: str | None = None,
) -> Answer:
    """Record one service of a volunteer; it waits for a second person.

    Raises VolunteerUnknown, OwnRecord, RecordRepeated, HoursInvalid, ServiceInFuture.
    """
    volunteer = get_volunteer(act.session, number)
    _refuse_own(find_actor(act.session, act.caller.actor), volunteer.id)
    service = read_service(
        activity=activity,
        minutes=minutes,
        source=source,
        served_on=served_on,
        started_at=started_at,
        ended_at=ended_at,
        team=team or volunteer.team,
        category=category,
        today=act.today,
    )
    made = insert_record(act, volunteer.id, service)
    if made is None:
        same = find_same(act.session, volunteer.id, service) or 0
        raise RecordRepeated(number=record_number(same))
    act.for_whom = volunteer.holder
    return {"record": record_number(made), "minutes": minutes, "status": "pending"}


# number, activity, served_on, minutes, source, started_at, ended_at, team, category
ServiceValues = tuple[str, str, str, int, str, str | None, str | None, str | None, str | None]


@operation("earning.record_services")
def record_services(act: Act, *, rows: list[ServiceValues]) -> Answer:
    """Record a chunk of a file, at most 200 services; what is recorded already is passed over."""
    people = find_volunteers(act.session, {row[0] for row in rows})
    recorder = find_actor(act.session, act.caller.actor)
    answer: dict[str, Any] = {"good": 0, "repeated": 0, "refused": []}
    for place, (number, *values) in enumerate(rows):
        volunteer = people.get(number)
        if volunteer is None or (recorder and recorder.volunteer_id == volunteer.id):
            answer["refused"].append(place)
            continue
        made = insert_record(act, volunteer.id, _service(values))
        answer["repeated" if made is None else "good"] += 1
    return answer


def _service(values: list[Any]) -> Service:
    activity, served_on, minutes, source, started_at, ended_at, team, category = values
    return Service(activity, served_on, minutes, source, started_at, ended_at, team, category)


# --------------------------------------------------------------------------------------- approving


@operation("earning.approve_record")
def approve_record(act: Act, *, record: str) -> Answer:
    """Find a record right (认定): it becomes effective and its points are issued, exactly once.

    Raises SecondPersonNeeded, RoleMissing, RecordDecided, SamePersonTwice, OwnRecord,
    SameHousehold, NoRule.
    """
    approver = require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = _lock(act, [record_id])
    found = get_locked(records, record_id)
    volunteer = people[found.volunteer_id]
    act.for_whom = volunteer.holder
    sitting = _Sitting(act, approver, records)
    working, entry = _approve(sitting, found, volunteer)
    sitting.tell()
    return {
        "record": record,
        "status": "effective",
        "points": working.points,
        "working": working.zh,
        "entry": entry,
    }


@operation("earning.approve_records")
def approve_records(act: Act, *, records: list[str]) -> Answer:
    """Approve up to RECORDS_MOST at once; those that may not be are passed over, each with a code.

    Of a longer list `left` were not looked at. Raises SecondPersonNeeded, RoleMissing.
    """
    approver = require_person(act, *APPROVERS)
    ids = [read_record_number(record) for record in records[:RECORDS_MOST]]
    people, locked = _lock(act, ids)
    sitting = _Sitting(act, approver, locked)
    answer: dict[str, Any] = {"approved": [], "points": 0, "passed_over": []}
    answer["left"] = len(records) - len(ids)
    for record_id in sorted(set(ids)):
        try:
            found = get_locked(locked, record_id)
            # Every refusal stands before the first effect, so one that is refused leaves no trace.
            working, _ = _approve(sitting, found, people[found.volunteer_id])
        except PointsBankError as refusal:
            told = {"record": record_number(record_id), "code": refusal.code}
            answer["passed_over"].append(told)
        else:
            answer["approved"].append(record_number(record_id))
            answer["points"] += working.points
    sitting.tell()
    return answer


def _lock(act: Act, record_ids: list[int]) -> tuple[dict[int, VolunteerRef], dict[int, Any]]:
    """Lock the people's accounts, then the records: everybody else takes them in this order."""
    people = find_volunteers_by_id(act.session, people_of(act.session, record_ids))
    accounts = [ref.id for person in people.values() for ref in (person.wallet, person.owed)]
    if accounts:
        lock_accounts(act.session, *accounts)
    return people, lock_records(act.session, record_ids)


class _Sitting:
    """One approver going through records: what is the same for many of them is looked up once."""

    def __init__(self, act: Act, approver: StaffRow, records: dict[int, Any]) -> None:
        self.act, self.approver = act, approver
        points = points_id(act.session)
        self.issued = open_account(act.session, "issued", points, SYSTEM_HOLDER, now=act.now)
        self._books: dict[str, Rulebook] = {}
        self._recorders: dict[str, StaffRow | None] = {}
        self._arrived: list[tuple[str, str, dict[str, int | str]]] = []
        staff = [approver, *(self.recorder(one.recorded_by) for one in records.values())]
        volunteers = [one.volunteer_id for one in records.values()]
        self.homes = homes_of(act.session, staff, volunteers)

    def rulebook_on(self, day: str) -> Rulebook:
        if day not in self._books:
            self._books[day] = rulebook_on(self.act.session, day)
        return self._books[day]

    def recorder(self, actor: str) -> StaffRow | None:
        if actor not in self._recorders:
            self._recorders[actor] = find_actor(self.act.session, actor)
        return self._recorders[actor]

    def note_arrived(self, record: Any, volunteer: VolunteerRef, points: int) -> None:
        """Remember that points arrived, for the news when all records have been gone through."""
        facts: dict[str, int | str] = {"day": record.served_on, "points": points}
        self._arrived.append((volunteer.holder, f"record:{record.id}", facts))

    def tell(self) -> None:
        """Have everybody told what arrived, in one statement."""
        tell_all(self.act, "earning.points_arrived", self._arrived)


def _approve(sitting: _Sitting, record: Any, volunteer: VolunteerRef) -> tuple[Working, str | None]:
    act = sitting.act
    if record.status != "pending":
        raise RecordDecided(number=record_number(record.id), status=record.status)
    require_role(sitting.approver, APPROVING[record.source])
    if record.recorded_by == sitting.approver.actor:
        raise SamePersonTwice(number=record_number(record.id))
    recorder = sitting.recorder(record.recorded_by)
    if recorder is not None and sitting.approver.is_same_person(recorder):
        raise SamePersonTwice(number=record_number(record.id))
    _refuse_own(sitting.approver, record.volunteer_id)
    _refuse_own(recorder, record.volunteer_id)
    refuse_together(sitting.homes, sitting.approver, recorder, [record.volunteer_id])
    book = sitting.rulebook_on(record.served_on)
    working = work_out(book, Served.of(record), so_far(act.session, book, record))
    entry_id = number = None
    if working.points:
        posted = issue_points(
            act,
            ISSUE,
            issued=sitting.issued,
            wallet=volunteer.wallet,
            owed=volunteer.owed,
            amount=working.points,
            memo=working.zh,
            document=f"record:{record.id}",
            rule=f"earning_rule:{book.version}",
        )
        entry_id, number = posted.id, posted.number
    decide(
        act,
        record,
        "effective",
        entry_id=entry_id,
        points=working.points,
        counted=working.counted_minutes,
        rule_version=book.version,
        working=working.zh,
    )
    if working.points:
        sitting.note_arrived(record, volunteer, working.points)
    return working, number


def _refuse_own(staff: StaffRow | None, volunteer_id: int) -> None:
    if staff is not None and staff.volunteer_id == volunteer_id:
        raise OwnRecord()


# ---------------------------------------------------------------------------- rejecting and voiding


@operation("earning.reject_record")
def reject_record(act: Act, *, record: str, reason: str) -> Answer:
    """Reject a pending record (驳回), with a reason. Raises RecordDecided, ReasonMissing."""
    require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = _lock(act, [record_id])
    found = get_locked(records, record_id)
    if found.status != "pending":
        raise RecordDecided(number=record, status=found.status)
    decide(act, found, "rejected", reason=_reason(reason))
    act.for_whom = people[found.volunteer_id].holder
    about = f"record:{record_id}:rejected"
    tell(act, "earning.record_rejected", act.for_whom, about=about, day=found.served_on)
    return {"record": record, "status": "rejected"}


@operation("earning.void_record")
def void_record(act: Act, *, record: str, reason: str, proposed_by: str) -> Answer:
    """Void an effective record (作废): its points are taken back, whatever became of them.

    One proposes, another confirms, and neither of them is the volunteer. What has been spent stands
    on the owed account. Raises RecordNotEffective, OwnRecord, ReasonMissing, and what
    `require_second` raises.
    """
    person = require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = _lock(act, [record_id])
    found = get_locked(records, record_id)
    if found.status != "effective":
        raise RecordNotEffective(number=record, status=found.status)
    _refuse_own(person, found.volunteer_id)
    require_second(act, "earning.void_record", first=proposed_by, volunteers=[found.volunteer_id])
    reason = _reason(reason)
    volunteer = people[found.volunteer_id]
    entry = None
    if found.entry_id is not None:
        posted = take_back_issue(
            act,
            ISSUE,
            found.entry_id,
            owed=volunteer.owed,
            memo="服务记录作废，积分冲回",
            document=f"record:{record_id}",
        )
        entry = posted.number
        tell(
            act,
            "earning.points_taken_back",
            volunteer.holder,
            about=f"record:{record_id}:void",
            day=found.served_on,
            points=found.points,
        )
    make_void(act, found, reason)
    act.for_whom = volunteer.holder
    owes = -kept_balances(act.session, volunteer.owed.id)[volunteer.owed.id]
    return {
        "record": record,
        "status": "void",
        "entry": entry,
        "owes": owes,
        "proposed_by": proposed_by,
    }


def _reason(text: str) -> str:
    reason = clean_text(text, 200)
    if not reason:
        raise ReasonMissing()
    return reason
