"""The same hours under a poorer name (同一时段): of one service two lists tell, one of them less.

One list leaves out the project, another the times. What agrees in person, day and minutes, and in
its times where both have them, is one service where one of both does not say what was done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from pointsbank.earning.record_steps import STANDING, stands_at
from pointsbank.earning.service_records import Service, ServiceRecord
from pointsbank.foundation import Session, pack, packed_rows, statement

# How hours are called of which a list says no more than that they were served.
ACTIVITY_UNTOLD = "志愿服务"

[_PERSON] = packed_rows("people", int)
_KEPT = statement(
    select(
        ServiceRecord.id,
        ServiceRecord.volunteer_id,
        ServiceRecord.activity,
        ServiceRecord.served_on,
        ServiceRecord.minutes,
        ServiceRecord.started_at,
        ServiceRecord.ended_at,
    )
    .where(
        ServiceRecord.volunteer_id.in_(select(_PERSON)),
        ServiceRecord.served_on >= bindparam("since"),
        ServiceRecord.served_on <= bindparam("until"),
        stands_at(*STANDING),
    )
    .order_by(ServiceRecord.id)
)


def kept_of(session: Session, services: Iterable[tuple[int, Service]]) -> list[Any]:
    """The standing records that these people have of the days of these services."""
    looked_at = list(services)
    if not looked_at:
        return []
    days = [service.served_on for _, service in looked_at]
    people = pack((one,) for one in sorted({volunteer_id for volunteer_id, _ in looked_at}))
    return session.rows(_KEPT, people=people, since=min(days), until=max(days))


def as_kept(
    services: Sequence[tuple[int, Service]], unnamed: Iterable[int], kept: Iterable[Any]
) -> dict[int, Service]:
    """Which of these services, by their places, the books have already; as they have them.

    `unnamed` are the places of those of which a list says at most the post. No record of the books
    stands for two services.
    """
    poorer = set(unnamed)
    there: dict[tuple[int, str, int], list[Any]] = defaultdict(list)
    for one in kept:
        there[one.volunteer_id, one.served_on, one.minutes].append(one)
    found: dict[int, Service] = {}
    for place, (volunteer_id, service) in enumerate(services):
        same = there[volunteer_id, service.served_on, service.minutes]
        for one in same:
            if _is_same(service, place not in poorer, one):
                same.remove(one)
                found[place] = replace(
                    service,
                    activity=one.activity,
                    started_at=one.started_at,
                    ended_at=one.ended_at,
                )
                break
    return found


def _is_same(service: Service, named: bool, one: Any) -> bool:
    untold = ACTIVITY_UNTOLD in (service.activity, one.activity)
    if service.started_at and one.started_at:
        times = (service.started_at, service.ended_at) == (one.started_at, one.ended_at)
        return times and (untold or not named)
    return untold
