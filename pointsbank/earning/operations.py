"""What the doors can have done here: record service, send it back, take it up; settle holidays.

Finding records right is in `reviewing.py`, voiding in `voiding.py`, what hangs on the wall and what
comes of it in `notices.py`, `objections.py` and `taking_effect.py`.
"""

from __future__ import annotations

from typing import Any

import pointsbank.earning.record_steps as steps
from pointsbank.earning.doubles import find_double
from pointsbank.earning.errors import (
    ObjectionOpen,
    RecordDoubled,
    RecordRepeated,
    SourceNotTyped,
)
from pointsbank.earning.hands import APPROVERS, hand_of, refuse_recorded_own
from pointsbank.earning.notices import SHOWN_SETTING
from pointsbank.earning.objections import objected_among
from pointsbank.earning.reasons import required_reason
from pointsbank.earning.record_steps import LAPSED, PENDING, REVIEWED, require_step
from pointsbank.earning.reviewing import lock_with_people
from pointsbank.earning.rulebooks import refuse_unknown_tags
from pointsbank.earning.rules import BACK_FILLED
from pointsbank.earning.same_hours import as_kept, kept_of
from pointsbank.earning.service_records import (
    Service,
    find_same,
    get_locked,
    insert_record,
    insert_records,
    read_record_number,
    read_service,
    record_number,
)
from pointsbank.earning.working_days import HolidayRow, insert_calendar
from pointsbank.foundation import Act, Answer, keep_setting, operation
from pointsbank.people import (
    find_volunteers,
    get_volunteer,
    hold_volunteers,
    refuse_sanctioned,
    require_person,
    tell,
)

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
    tags: list[str] | None = None,
) -> Answer:
    """Type one service of a volunteer in (补录); it waits for a second person.

    Card, code and roll-call make their records by `put_record`: what is typed has no such thing
    behind it and is never called a sign-in. `tags` are what else was true of it, as the rulebook
    of its day calls it. Raises SourceNotTyped, VolunteerUnknown, OwnRecord, RecordRepeated,
    RecordDoubled, HoursInvalid, ServiceInFuture, ServiceNotOver, TagUnknown, Sanctioned.
    """
    if source not in BACK_FILLED:
        raise SourceNotTyped(source=source[:20])
    volunteer = get_volunteer(act.session, number)
    service = read_service(
        activity=activity,
        minutes=minutes,
        source=source,
        served_on=served_on,
        started_at=started_at,
        ended_at=ended_at,
        team=team or volunteer.team,
        category=category,
        tags=tags or (),
        now=act.now,
    )
    refuse_unknown_tags(act.session, service.served_on, tags or ())
    refuse_sanctioned(act.session, volunteer.id, "earning", service.served_on)
    refuse_recorded_own(hand_of(act.session, act.caller.actor), volunteer.id, service.source)
    hold_volunteers(act.session, [volunteer.id])
    same = find_same(act.session, volunteer.id, service)
    if same is not None:
        raise RecordRepeated(number=record_number(same))
    double = find_double(act.session, volunteer.id, service)
    if double is not None:
        raise RecordDoubled(number=record_number(double))
    made = insert_record(act, volunteer.id, service)
    if made is None:
        # Whoever signs out holds nobody.
        same = find_same(act.session, volunteer.id, service) or 0
        raise RecordRepeated(number=record_number(same))
    act.for_whom = volunteer.holder
    return {"record": record_number(made), "minutes": minutes, "status": "pending"}


# number, activity, served_on, minutes, source, started_at, ended_at, team, category, tags
ServiceValues = tuple[
    str, str, str, int, str, str | None, str | None, str | None, str | None, str | None
]


@operation("earning.record_services")
def record_services(
    act: Act, *, rows: list[ServiceValues], unnamed: list[int] | None = None
) -> Answer:
    """Record a chunk of a file, at most 200 services; what is recorded already is passed over.

    So are hours that the books have under a poorer name, or a richer one (`same_hours.py`);
    `unnamed` are the places of the rows that say at most the post. The people are held, or two
    lists of one service, brought at once, would both be taken.
    """
    people = find_volunteers(act.session, {row[0] for row in rows})
    own = hand_of(act.session, act.caller.actor).volunteer_id
    refused: list[int] = []
    poorer: list[int] = []
    services: list[tuple[int, Service]] = []
    for place, (number, *values) in enumerate(rows):
        volunteer = people.get(number)
        if volunteer is None or volunteer.id == own:
            refused.append(place)
        else:
            if place in (unnamed or ()):
                poorer.append(len(services))
            services.append((volunteer.id, _service(values)))
    hold_volunteers(act.session, sorted({volunteer_id for volunteer_id, _ in services}))
    same = as_kept(services, poorer, kept_of(act.session, services))
    services = [(who, same.get(place, one)) for place, (who, one) in enumerate(services)]
    good = insert_records(act, services)
    return {"good": good, "repeated": len(services) - good, "refused": refused}


def _service(values: list[Any]) -> Service:
    return Service(*values)


# ------------------------------------------------------------------------------ sending back and on


@operation("earning.reject_record")
def reject_record(act: Act, *, record: str, reason: str) -> Answer:
    """Reject a pending record (驳回), with a reason. Raises RecordDecided, ReasonMissing."""
    require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    require_step(found, PENDING)
    steps.reject(act, record_id, required_reason(reason))
    act.for_whom = people[found.volunteer_id].holder
    about = f"record:{record_id}:rejected"
    tell(act, "earning.record_rejected", act.for_whom, about=about, day=found.served_on)
    return {"record": record, "status": steps.REJECTED}


@operation("earning.take_back_review")
def take_back_review(act: Act, *, record: str) -> Answer:
    """Take a review back (撤回认定) as long as the record hangs on no notice; it is pending again.

    Raises RecordUnknown, RecordDecided, ObjectionOpen, SecondPersonNeeded, RoleMissing.
    """
    require_person(act, *APPROVERS)
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    require_step(found, REVIEWED)
    if objected_among(act.session, [record_id]):
        raise ObjectionOpen(number=record)
    steps.take_back(act, record_id)
    act.for_whom = people[found.volunteer_id].holder
    return {"record": record, "status": PENDING}


@operation("earning.take_up_record")
def take_up_record(act: Act, *, record: str, reason: str) -> Answer:
    """Take a lapsed record up again (重新受理), with a reason; it waits for its review once more.

    Raises RecordUnknown, RecordDecided, ReasonMissing, SecondPersonNeeded, RoleMissing.
    """
    require_person(act, "worker", "admin")
    record_id = read_record_number(record)
    people, records = lock_with_people(act, [record_id])
    found = get_locked(records, record_id)
    require_step(found, LAPSED)
    steps.take_up(act, record_id, required_reason(reason))
    act.for_whom = people[found.volunteer_id].holder
    return {"record": record, "status": PENDING}


# ---------------------------------------------------------------------------------------- holidays


@operation("earning.settle_calendar")
def settle_calendar(act: Act, *, year: int, days: list[tuple[str, str, str]]) -> Answer:
    """Settle a year's holidays and make-up days (放假安排): day, `off` or `work`, and its name.

    What was settled before stays to be seen; notices that hang already keep their days. Raises
    CalendarEmpty, CalendarUnreadable.
    """
    version = insert_calendar(act, year, [HolidayRow(*one) for one in days])
    return {"year": year, "version": version, "days": len(days)}


@operation("earning.show_notices")
def show_notices(act: Act, *, shown: bool) -> Answer:
    """Show running notices to everybody on the public page as well, or only on the wall (网上公示).

    Raises RoleMissing for anybody but an admin, SecondPersonNeeded for a command.
    """
    require_person(act, "admin")
    keep_setting(act.session, SHOWN_SETTING, str(int(shown)))
    return {"shown": shown}
