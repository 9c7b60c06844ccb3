"""Doubles (疑似重复): what may be one service of one person, recorded twice in two ways.

Times that overlap, or one activity's name on one day where not both have times. A fingerprint
cannot see it, for a card writes down the minute and a desk only the day. A review also asks about
equal minutes of one day of which one record does not say what was done (`same_hours.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement

from pointsbank.earning.record_steps import STANDING
from pointsbank.earning.same_hours import ACTIVITY_UNTOLD
from pointsbank.earning.service_records import Service, ServiceRecord, record_number
from pointsbank.foundation import Session, Text, pack, packed_rows, query, statement

_one = aliased(ServiceRecord, name="one")
_other = aliased(ServiceRecord, name="other")
[_ID] = packed_rows("ids", int)


def _may_be_one(activity: Any, day: Any, start: Any, end: Any) -> ColumnElement[bool]:
    """A statement's part: the other record may be the service that these columns or values tell."""
    return or_(
        and_(_other.started_at < end, start < _other.ended_at),
        and_(_other.activity == activity, _other.served_on == day, _untimed(start, end)),
    )


def _untimed(start: Any, end: Any) -> ColumnElement[bool]:
    return or_(*(there.is_(None) for there in (start, end, _other.started_at, _other.ended_at)))


def _is_poorly_told() -> ColumnElement[bool]:
    """A statement's part: equal minutes of one day, and one of both does not say what was done."""
    return and_(
        _other.served_on == _one.served_on,
        _other.minutes == _one.minutes,
        or_(_other.activity == ACTIVITY_UNTOLD, _one.activity == ACTIVITY_UNTOLD),
        _untimed(_one.started_at, _one.ended_at),
    )


_STANDS = or_(*(_other.status == step for step in STANDING))

_OF_SERVICE = statement(
    select(_other.id)
    .where(
        _other.volunteer_id == bindparam("of_volunteer"),
        _STANDS,
        _may_be_one(
            bindparam("activity", type_=Text),
            bindparam("day", type_=Text),
            bindparam("start", type_=Text),
            bindparam("end", type_=Text),
        ),
    )
    .order_by(_other.id)
    .limit(1)
)
_OF_RECORDS = statement(
    select(_one.id, _other.id.label("other_id"))
    .join(_other, and_(_other.volunteer_id == _one.volunteer_id, _other.id != _one.id))
    .where(
        _one.id.in_(select(_ID)),
        _STANDS,
        or_(
            _may_be_one(_one.activity, _one.served_on, _one.started_at, _one.ended_at),
            _is_poorly_told(),
        ),
    )
    .order_by(_one.id, _other.id)
)


def find_double(session: Session, volunteer_id: int, service: Service) -> int | None:
    """A standing record of this person that may be the very same service, or None.

    Ask after the volunteer is held: two at once would both find nothing.
    """
    found: int | None = session.value(
        _OF_SERVICE,
        of_volunteer=volunteer_id,
        activity=service.activity,
        day=service.served_on,
        start=service.started_at,
        end=service.ended_at,
    )
    return found


def doubles_of(session: Session, record_ids: Iterable[int]) -> dict[int, list[str]]:
    """The numbers of other standing records that may be the same service, by record."""
    found: dict[int, list[str]] = {}
    for row in session.rows(_OF_RECORDS, ids=pack((one,) for one in record_ids)):
        found.setdefault(row.id, []).append(record_number(row.other_id))
    return found


@query
def find_doubles(session: Session, *, record_ids: Sequence[int]) -> dict[int, list[str]]:
    """The same for a page."""
    return doubles_of(session, record_ids)
