"""Taking effect (生效): when a notice is over its records earn, each once; and what nobody reviewed
lapses.

Both go in chunks, each an operation that looks under lock at what is still to be done; so they may
be killed, begun again, or run twice at the same time. The nights do it, and so does a button.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

import pointsbank.earning.record_steps as steps
from pointsbank.earning.errors import NoRule, NoticeRunning
from pointsbank.earning.issuing import Earned, issue_for_records
from pointsbank.earning.notice_pages import list_notices_over
from pointsbank.earning.notices import hold_notice
from pointsbank.earning.objections import objected_among
from pointsbank.earning.record_steps import PENDING, PUBLISHED
from pointsbank.earning.reviewing import lock_with_people
from pointsbank.earning.service_records import ServiceRecord
from pointsbank.earning.time_credits import save_time
from pointsbank.earning.versions import Rulebooks
from pointsbank.foundation import (
    Act,
    Answer,
    Bank,
    Caller,
    Int,
    Text,
    add_days,
    business_day,
    from_instant,
    new_key,
    operation,
    statement,
)

CHUNK = 100

_NEXT_PUBLISHED = statement(
    select(ServiceRecord.id)
    .where(
        ServiceRecord.notice_id == bindparam("of_notice", type_=Int),
        ServiceRecord.status == PUBLISHED,
        ServiceRecord.id > bindparam("after", type_=Int),
    )
    .order_by(ServiceRecord.id)
    .limit(bindparam("most", type_=Int))
)
# Since when a record has waited for its review: from when somebody last put it there.
_WAITING_SINCE = func.coalesce(ServiceRecord.taken_up_at, ServiceRecord.recorded_at)
_NEXT_WAITING = statement(
    select(ServiceRecord.id, ServiceRecord.served_on, _WAITING_SINCE.label("since"))
    .where(
        ServiceRecord.status == PENDING,
        ServiceRecord.id > bindparam("after", type_=Int),
        bindparam("before", type_=Text) > _WAITING_SINCE,
    )
    .order_by(ServiceRecord.id)
    .limit(bindparam("most", type_=Int))
)


@dataclass(frozen=True)
class TookEffect:
    """What came of the notices that are over: records that count now, their points, and waiting
    ones that somebody has objected to."""

    records: int = 0
    points: int = 0
    waiting: int = 0


# --------------------------------------------------------------------------------------- notices


@operation("earning.make_effective")
def make_effective(act: Act, *, notice: str, after: int = 0) -> Answer:
    """Let the next records of a notice that is over take effect, at most CHUNK (生效).

    Those that somebody has objected to wait. `after` is the last that was looked at, 0 to begin
    with; None in the answer says that there is nothing more. Raises NoticeUnknown, NoticeRunning,
    NoticeWithdrawn.
    """
    found = hold_notice(act.session, notice, shared=True)
    if found.last_day >= act.today:
        raise NoticeRunning(notice=notice, last_day=found.last_day)
    rows = act.session.rows(_NEXT_PUBLISHED, of_notice=found.id, after=after, most=CHUNK)
    ids = [row.id for row in rows]
    people, locked = lock_with_people(act, ids)
    # Whoever objects holds the record as well, so an objection is seen here or comes too late.
    objected = objected_among(act.session, locked)
    there = [one for one in locked.values() if one.status == PUBLISHED]
    ready = [one for one in there if one.id not in objected]
    books = Rulebooks(act.session)
    posted = issue_for_records(
        act,
        [
            Earned(
                one,
                people[one.volunteer_id],
                one.points,
                one.working or "",
                books.on(one.served_on),
            )
            for one in ready
            if one.points
        ],
    )
    entries = {one.id: posted[one.id].id if one.id in posted else None for one in ready}
    steps.take_effect(act, entries)
    save_time(act, [(one, people[one.volunteer_id], books.on(one.served_on)) for one in ready])
    return {
        "notice": notice,
        "records": len(ready),
        "points": sum(one.points or 0 for one in ready),
        "waiting": len(there) - len(ready),
        "after": ids[-1] if len(ids) == CHUNK else None,
    }


def make_all_effective(
    bank: Bank,
    *,
    by: Caller,
    notice: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> TookEffect:
    """Let everything take effect whose notice is over, or one notice, chunk by chunk."""
    notices = (
        [notice]
        if notice
        else [one.number for one in list_notices_over(bank, today=bank.clock.today())]
    )
    records = points = waiting = 0
    for number in notices:
        after: int | None = 0
        while after is not None:
            done = make_effective(bank, by=by, key=new_key(), notice=number, after=after).answer
            records, points = records + done["records"], points + done["points"]
            waiting, after = waiting + done["waiting"], done["after"]
            progress(records)
    return TookEffect(records, points, waiting)


# --------------------------------------------------------------------------------------- lapsing


@operation("earning.lapse_records")
def lapse_records(act: Act, *, after: int = 0) -> Answer:
    """Let pending records lapse that nobody has reviewed in time (失效), the next CHUNK.

    How long they may wait is said by the rulebook of the day of service, or nowhere. `after` goes
    as for `make_effective`.
    """
    books = Rulebooks(act.session)
    shortest = books.shortest_review()
    if shortest is None:
        return {"records": 0, "after": None}
    # The shop's day begins before its date does in UTC, so none that is due is missing here.
    before = add_days(act.today, -shortest)
    rows = act.session.rows(_NEXT_WAITING, after=after, before=before, most=CHUNK)
    due = [row.id for row in rows if _is_due(books, row.served_on, row.since, act.today)]
    _, locked = lock_with_people(act, due)
    ready = [one.id for one in locked.values() if one.status == PENDING]
    steps.lapse(act, ready)
    return {"records": len(ready), "after": rows[-1].id if len(rows) == CHUNK else None}


def _is_due(books: Rulebooks, served_on: str, since: str, today: str) -> bool:
    """Whether a record has waited longer than the rulebook of its day allows."""
    try:
        within = books.on(served_on).review_within_days
    except NoRule:
        return False
    waited_from = business_day(from_instant(since))
    return within is not None and add_days(waited_from, within) < today


def lapse_all(bank: Bank, *, by: Caller) -> int:
    """Let everything lapse that is due, chunk by chunk; how many records did."""
    records = 0
    after: int | None = 0
    while after is not None:
        done = lapse_records(bank, by=by, key=new_key(), after=after).answer
        records, after = records + done["records"], done["after"]
    return records
