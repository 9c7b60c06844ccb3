"""Taking an effective record back (作废): its points go back, whatever became of them."""

from __future__ import annotations

import pointsbank.earning.record_steps as steps
from pointsbank.earning.errors import OwnRecord, RecordNotEffective
from pointsbank.earning.hands import APPROVERS
from pointsbank.earning.issuing import ISSUE, document_of
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.record_steps import EFFECTIVE, VOID
from pointsbank.earning.reviewing import lock_with_people
from pointsbank.earning.service_records import (
    LockedRecord,
    get_locked,
    lock_records,
    read_record_number,
)
from pointsbank.earning.time_credits import take_time_back
from pointsbank.foundation import Act, Answer, operation
from pointsbank.ledger import Posted, kept_balances, take_back_issue
from pointsbank.people import (
    VolunteerRef,
    propose,
    require_person,
    require_second,
    take_proposal,
    tell,
)

VOIDING = "earning.void_record"


@operation(VOIDING)
def void_record(
    act: Act, *, record: str, reason: str, proposed_by: str, proposal: str | None = None
) -> Answer:
    """Void an effective record (作废): its points are taken back, whatever became of them.

    One proposes, another confirms, and neither of them is the volunteer. What has been spent stands
    on the owed account. Raises RecordNotEffective, OwnRecord, ReasonMissing, and what
    `require_second` and `take_proposal` raise.
    """
    person = require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    if found.status != EFFECTIVE:
        raise RecordNotEffective(number=record, status=found.status)
    if person.volunteer_id == found.volunteer_id:
        raise OwnRecord()
    require_second(act, VOIDING, first=proposed_by, volunteers=[found.volunteer_id])
    said = required_reason(reason)
    told = {"record": record, "reason": said}
    take_proposal(act, proposal, VOIDING, proposed_by=proposed_by, told=told)
    volunteer = people[found.volunteer_id]
    posted = void_one(act, found, volunteer, said)
    act.for_whom = volunteer.holder
    owes = -kept_balances(act.session, volunteer.owed.id)[volunteer.owed.id]
    return {
        "record": record,
        "status": VOID,
        "entry": posted.number if posted else None,
        "owes": owes,
        "proposed_by": proposed_by,
    }


@operation("earning.propose_void")
def propose_void(act: Act, *, record: str, reason: str) -> Answer:
    """Have a voiding wait for a second person (提出撤回认定).

    Raises RecordNotEffective, ReasonMissing, and what `propose` raises.
    """
    record_id = read_record_number(record)
    found = get_locked(lock_records(act.session, [record_id]), record_id)
    if found.status != EFFECTIVE:
        raise RecordNotEffective(number=record, status=found.status)
    waits = propose(
        act,
        VOIDING,
        about=document_of(record_id),
        told={"record": record, "reason": required_reason(reason)},
        volunteers=[found.volunteer_id],
    )
    return {"proposal": waits, "record": record}


def void_one(act: Act, record: LockedRecord, volunteer: VolunteerRef, why: str) -> Posted | None:
    """Void a locked effective record and reverse its issue exactly; the reversal, if it earned."""
    posted = None
    if record.entry_id is not None:
        posted = take_back_issue(
            act,
            ISSUE,
            record.entry_id,
            owed=volunteer.owed,
            memo="服务记录作废，积分冲回",
            document=document_of(record.id),
        )
        tell(
            act,
            "earning.points_taken_back",
            volunteer.holder,
            about=f"{document_of(record.id)}:void",
            day=record.served_on,
            points=record.points or 0,
        )
    take_time_back(act, record)
    steps.make_void(act, record.id, why)
    return posted
