"""The steps of a record (一步一步): from the hour that was served to the points that stand.

    pending 等认定 ─→ reviewed 等公示 ─→ published 公示中 ─→ effective 已生效 ─→ void 已作废
       │    ↑ taken back or withdrawn ←──┘                  (at once where no notice is asked for)
       ├─→ rejected 已驳回  (also out of reviewed and published, when an objection is upheld)
       └─→ lapsed 已失效 ─→ pending, taken up again

Every write names the steps that it may come from, under the lock of whoever decides; so of two who
decide at once the second finds the record gone from there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.sql import ColumnElement, Update

from pointsbank.earning.errors import RecordDecided
from pointsbank.earning.service_records import LockedRecord, ServiceRecord
from pointsbank.foundation import Act, Int, Statement, Text, pack, packed_rows, statement

PENDING, REVIEWED, PUBLISHED, EFFECTIVE = "pending", "reviewed", "published", "effective"
REJECTED, LAPSED, VOID = "rejected", "lapsed", "void"
STEPS = (PENDING, REVIEWED, PUBLISHED, EFFECTIVE, REJECTED, LAPSED, VOID)
# What a record may become from where it stands.
ARROWS = {
    PENDING: (REVIEWED, EFFECTIVE, REJECTED, LAPSED),
    REVIEWED: (PUBLISHED, PENDING, REJECTED),
    PUBLISHED: (EFFECTIVE, REVIEWED, REJECTED),
    EFFECTIVE: (VOID,),
    LAPSED: (PENDING,),
    REJECTED: (),
    VOID: (),
}
# Found right by a second person, and not taken back: these use up what a cap leaves.
FOUND_RIGHT = (REVIEWED, PUBLISHED, EFFECTIVE)
# On its way to its points, or there.
STANDING = (PENDING, *FOUND_RIGHT)
# The national system's codes of the state of a record, for exports: 0 申请中, 2 已生效, 3 已删除,
# 4 已拒绝, 5 未生效; 1 未签退 is an attendance that has not become a record yet.
NATIONAL_OPEN = 1
NATIONAL_CODES = {
    PENDING: 0,
    REVIEWED: 0,
    PUBLISHED: 0,
    EFFECTIVE: 2,
    VOID: 3,
    REJECTED: 4,
    LAPSED: 5,
}


def stands_at(*steps: str) -> ColumnElement[bool]:
    """A statement's condition: a record stands at one of these steps."""
    return or_(*(ServiceRecord.status == step for step in steps))


@dataclass(frozen=True, slots=True)
class Review:
    """What a record has been found to be worth, and its entry where that takes effect at once."""

    record: LockedRecord
    points: int
    counted_minutes: int
    rule_version: int
    working: str
    is_effective: bool
    entry_id: int | None = None

    def with_entry(self, entry_id: int) -> Review:
        """The same, once its points are issued."""
        return replace(self, entry_id=entry_id)


[_ID] = packed_rows("ids", int)
_ACTOR, _AT = bindparam("new_by", type_=Text), bindparam("new_at", type_=Text)
_ON, _WHY = bindparam("new_on", type_=Text), bindparam("new_reason", type_=Text)
_OF, _STEP, _POINTS, _COUNTED, _RULE, _WORKING, _ENTRY = packed_rows(
    "reviews", int, str, int, int, int, str, int
)
# Spelt so that nobody goes by the index of steps: these rows are found by their numbers, and SQLite
# would read the whole list anew for each record that stands at the step.
_STEP_THERE = ServiceRecord.status.concat("")
_REVIEW = statement(
    update(ServiceRecord)
    .where(ServiceRecord.id == _OF, _STEP_THERE == PENDING)
    .values(
        status=_STEP,
        decided_by=_ACTOR,
        decided_at=_AT,
        points=_POINTS,
        counted_minutes=_COUNTED,
        rule_version=_RULE,
        working=_WORKING,
        entry_id=_ENTRY,
        effective_by=case((_STEP == EFFECTIVE, _ACTOR)),
        effective_at=case((_STEP == EFFECTIVE, _AT)),
        effective_on=case((_STEP == EFFECTIVE, _ON)),
    )
)
_EFFECT_OF, _EFFECT_ENTRY = packed_rows("effects", int, int)
_TAKE_EFFECT = statement(
    update(ServiceRecord)
    .where(ServiceRecord.id == _EFFECT_OF, _STEP_THERE == PUBLISHED)
    .values(
        status=EFFECTIVE,
        entry_id=_EFFECT_ENTRY,
        effective_by=_ACTOR,
        effective_at=_AT,
        effective_on=_ON,
    )
)


def _those(*steps: str) -> Update:
    """An update of records by their ids, where they stand at one of these steps."""
    return update(ServiceRecord).where(ServiceRecord.id.in_(select(_ID)), stands_at(*steps))


_NOTHING_DECIDED = {
    "decided_by": None,
    "decided_at": None,
    "points": None,
    "counted_minutes": None,
    "rule_version": None,
    "working": None,
}
_TAKE_BACK = statement(_those(REVIEWED).values(status=PENDING, **_NOTHING_DECIDED))
_PUBLISH = statement(
    _those(REVIEWED).values(status=PUBLISHED, notice_id=bindparam("of_notice", type_=Int))
)
_UNPUBLISH = statement(_those(PUBLISHED).values(status=REVIEWED, notice_id=None))
_REJECT = statement(
    _those(PENDING).values(status=REJECTED, decided_by=_ACTOR, decided_at=_AT, reason=_WHY)
)
_REJECT_AFTER_ALL = statement(_those(REVIEWED, PUBLISHED).values(status=REJECTED, reason=_WHY))
_LAPSE = statement(_those(PENDING).values(status=LAPSED, lapsed_at=_AT))
_TAKE_UP = statement(
    _those(LAPSED).values(status=PENDING, taken_up_by=_ACTOR, taken_up_at=_AT, taken_up_for=_WHY)
)
_VOID = statement(
    _those(EFFECTIVE).values(status=VOID, voided_by=_ACTOR, voided_at=_AT, reason=_WHY)
)


def require_step(record: LockedRecord, *steps: str) -> None:
    """Refuse a record that stands elsewhere. Raises RecordDecided."""
    if record.status not in steps:
        raise RecordDecided(number=record.number, status=record.status)


def review(act: Act, reviews: Sequence[Review]) -> None:
    """Pending records were found right: they wait for their notice, or take effect at once."""
    rows = [
        (
            one.record.id,
            EFFECTIVE if one.is_effective else REVIEWED,
            one.points,
            one.counted_minutes,
            one.rule_version,
            one.working,
            one.entry_id,
        )
        for one in reviews
    ]
    _write(act, _REVIEW, len(rows), reviews=pack(rows), **_signed(act), new_on=act.today)


def take_effect(act: Act, entries: dict[int, int | None]) -> None:
    """Published records take effect, each with its entry, or with none where it earns nothing."""
    told = pack(entries.items())
    _write(act, _TAKE_EFFECT, len(entries), effects=told, **_signed(act), new_on=act.today)


def take_back(act: Act, record_id: int) -> None:
    """A reviewed record waits for its review again."""
    _change(act, _TAKE_BACK, [record_id])


def publish(act: Act, record_ids: Sequence[int], notice_id: int) -> None:
    """Reviewed records hang on a notice."""
    _change(act, _PUBLISH, record_ids, of_notice=notice_id)


def unpublish(act: Act, record_ids: Sequence[int]) -> None:
    """Published records hang on none any more and wait for another."""
    _change(act, _UNPUBLISH, record_ids)


def reject(act: Act, record_id: int, reason: str) -> None:
    """A pending record was found wrong."""
    _change(act, _REJECT, [record_id], **_signed(act), new_reason=reason)


def reject_after_all(act: Act, record_id: int, reason: str) -> None:
    """A record that had been found right is not; who reviewed it stays to be seen."""
    _change(act, _REJECT_AFTER_ALL, [record_id], new_reason=reason)


def lapse(act: Act, record_ids: Sequence[int]) -> None:
    """Nobody has looked at these pending records in time."""
    _change(act, _LAPSE, record_ids, new_at=act.now)


def take_up(act: Act, record_id: int, reason: str) -> None:
    """A lapsed record waits for its review once more."""
    _change(act, _TAKE_UP, [record_id], **_signed(act), new_reason=reason)


def make_void(act: Act, record_id: int, reason: str) -> None:
    """An effective record should never have been."""
    _change(act, _VOID, [record_id], **_signed(act), new_reason=reason)


def _signed(act: Act) -> dict[str, str]:
    return {"new_by": act.caller.actor, "new_at": act.now}


def _change(act: Act, source: Statement, record_ids: Sequence[int], **values: object) -> None:
    _write(act, source, len(record_ids), ids=pack((one,) for one in record_ids), **values)


def _write(act: Act, source: Statement, records: int, **values: object) -> None:
    """Write a step down. The records are locked and were looked at, so none can have gone."""
    if records:
        changed = act.session.run(source, **values)
        assert changed == records, (changed, records)
