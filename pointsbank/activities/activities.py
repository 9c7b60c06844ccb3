"""Activities (活动): what is done, where, from when to when, by how many; and how far it has got.

An activity is planned, opened by whoever is in charge of it, closed, or called off. While it is
open and its time has not passed, people sign in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    bindparam,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.activities.errors import (
    ActivityCancelled,
    ActivityOver,
    ActivityUnknown,
    InsuranceMissing,
    NotBegun,
    NotOpenYet,
    WrongState,
)
from pointsbank.activities.numbers import Numbers, numbers_on
from pointsbank.foundation import (
    Act,
    Base,
    Int,
    PublicIdInvalid,
    Session,
    Text,
    business_day,
    from_instant,
    pack,
    packed_rows,
    public_id,
    read_public_id,
    statement,
    strict_table,
    to_instant,
)

STATES = ("planned", "open", "closed", "cancelled")


class Project(Base):
    """A project (项目): what its activities are for."""

    __tablename__ = "project"
    __table_args__ = strict_table()

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    category: Mapped[str] = mapped_column(Text)
    team_id: Mapped[int | None] = mapped_column(Int, ForeignKey("team.id"))
    about: Mapped[str] = mapped_column(Text)
    begun_at: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)


class Activity(Base):
    """An activity. Name, category and tags are words of their time, as the records keep them.

    With `shop_id` it is signed in and out at that shop's own machines, without at a station.
    `opens_itself` is for a leg of a rota's slot. No dangerous one is open without an insurance.
    """

    __tablename__ = "activity"
    __table_args__ = strict_table(
        CheckConstraint("state IN ('planned', 'open', 'closed', 'cancelled')", name="state"),
        CheckConstraint("begins_at < ends_at", name="ends_after"),
        CheckConstraint("people_most BETWEEN 1 AND 10000", name="people_most"),
        CheckConstraint("age_least BETWEEN 1 AND 100", name="age_least"),
        CheckConstraint("dangerous IN (0, 1)", name="dangerous"),
        CheckConstraint(
            "dangerous = 0 OR insurance_ref IS NOT NULL OR state IN ('planned', 'cancelled')",
            name="insured",
        ),
        CheckConstraint("walk_ins IN (0, 1)", name="walk_ins"),
        CheckConstraint("waiting IN (0, 1)", name="waiting"),
        CheckConstraint("leader_confirms IN (0, 1)", name="leader_confirms"),
        CheckConstraint("sheet_code IN (0, 1)", name="sheet_code"),
        CheckConstraint("opens_itself IN (0, 1)", name="opens_itself"),
        CheckConstraint("(state = 'cancelled') = (reason IS NOT NULL)", name="reason"),
        Index(None, "begins_at"),
        Index(None, "state", "ends_at"),
        Index(None, "team_id", "begins_at"),
        # A rota that is generated twice has each leg once.
        UniqueConstraint("slot_id", "begins_at"),
    )

    id: Mapped[int] = mapped_column(Int, primary_key=True)
    project_id: Mapped[int | None] = mapped_column(Int, ForeignKey("project.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(Int, ForeignKey("team.id"))
    shop_id: Mapped[int | None] = mapped_column(Int, ForeignKey("shop.id"))
    name: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    begins_at: Mapped[str] = mapped_column(Text)
    ends_at: Mapped[str] = mapped_column(Text)
    people_most: Mapped[int | None] = mapped_column(Int)
    age_least: Mapped[int | None] = mapped_column(Int)
    risk_note: Mapped[str] = mapped_column(Text)
    dangerous: Mapped[int] = mapped_column(Int)
    insurance_ref: Mapped[str | None] = mapped_column(Text)
    walk_ins: Mapped[int] = mapped_column(Int)
    waiting: Mapped[int] = mapped_column(Int)
    leader_confirms: Mapped[int] = mapped_column(Int)
    sheet_code: Mapped[int] = mapped_column(Int)
    opens_itself: Mapped[int] = mapped_column(Int)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    planned_at: Mapped[str] = mapped_column(Text)
    planned_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[str | None] = mapped_column(Text)
    opened_by: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[str | None] = mapped_column(Text)
    ended_by: Mapped[str | None] = mapped_column(Text)
    slot_id: Mapped[int | None] = mapped_column(Int, ForeignKey("rota_slot.id"))
    tags: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class ActivityRow:
    """An activity as it stands in the books."""

    id: int
    project_id: int | None
    team_id: int | None
    shop_id: int | None
    name: str
    category: str
    place: str
    begins_at: str
    ends_at: str
    people_most: int | None
    age_least: int | None
    risk_note: str
    dangerous: int
    insurance_ref: str | None
    walk_ins: int
    waiting: int
    leader_confirms: int
    sheet_code: int
    opens_itself: int
    state: str
    reason: str | None
    planned_at: str
    planned_by: str
    opened_at: str | None
    opened_by: str | None
    ended_at: str | None
    ended_by: str | None
    slot_id: int | None
    tags: str | None

    @property
    def number(self) -> str:
        return activity_number(self.id)

    def opens_at(self, numbers: Numbers) -> str:
        """From when on people may sign in."""
        return later(self.begins_at, -numbers.early_minutes)

    def stops_at(self, numbers: Numbers) -> str:
        """When its clocks stop by themselves at the latest."""
        return later(self.ends_at, numbers.grace_minutes)

    def is_open(self, numbers: Numbers, now: str) -> bool:
        """Whether it is open: somebody has opened it, or it does so by itself."""
        by_itself = self.opens_itself and self.state == "planned"
        return self.state == "open" or bool(by_itself and now >= self.opens_at(numbers))


_COLUMNS = tuple(getattr(Activity, name) for name in ActivityRow.__dataclass_fields__)
SELECT_ACTIVITIES = select(*_COLUMNS)
[_ID] = packed_rows("ids", int)
_BY_IDS = statement(SELECT_ACTIVITIES.where(Activity.id.in_(select(_ID))))
_LOCKED = statement(
    SELECT_ACTIVITIES.where(Activity.id.in_(select(_ID))).order_by(Activity.id).with_for_update()
)
_INSERT = statement(insert(Activity).returning(Activity.id))
_SET_STATE = statement(
    update(Activity)
    .where(Activity.id == bindparam("of_id"))
    .values(
        state=bindparam("new_state"),
        reason=bindparam("new_reason"),
        opened_at=bindparam("new_opened_at"),
        opened_by=bindparam("new_opened_by"),
        ended_at=bindparam("new_ended_at"),
        ended_by=bindparam("new_ended_by"),
    )
)


def later(instant: str, minutes: int) -> str:
    """An instant so many minutes later; earlier when negative."""
    return to_instant(from_instant(instant) + timedelta(minutes=minutes))


def activity_number(activity_id: int) -> str:
    """The public number of an activity.

    >>> activity_number(12)
    'A000012-5'
    """
    return public_id("A", activity_id)


def read_activity_number(number: str) -> int:
    """The id behind an activity's number. Raises ActivityUnknown."""
    try:
        return read_public_id("A", number)
    except PublicIdInvalid as cause:
        raise ActivityUnknown(activity=number[:24]) from cause


def insert_activity(act: Act, values: dict[str, Any]) -> ActivityRow:
    """A new planned activity."""
    row = {
        **values,
        "state": "planned",
        "reason": None,
        "planned_at": act.now,
        "planned_by": act.caller.actor,
        **dict.fromkeys(("opened_at", "opened_by", "ended_at", "ended_by")),
    }
    made: int = act.session.value(_INSERT, **row)
    return ActivityRow(id=made, **row)


def change_activity_row(session: Session, activity_id: int, values: dict[str, Any]) -> None:
    """Write other values into a planned or open activity."""
    session.run(update(Activity).where(Activity.id == activity_id).values(**values))


def find_activities(session: Session, ids: Iterable[int]) -> dict[int, ActivityRow]:
    """Activities by their ids."""
    rows = session.rows(_BY_IDS, ids=pack((one,) for one in ids))
    return {row.id: activity_row(row) for row in rows}


def lock_activities(session: Session, ids: Iterable[int]) -> dict[int, ActivityRow]:
    """The same, held in one order until the transaction ends."""
    rows = session.rows(_LOCKED, ids=pack((one,) for one in ids))
    return {row.id: activity_row(row) for row in rows}


def activity_row(row: Any) -> ActivityRow:
    """A row of `SELECT_ACTIVITIES` as plain data."""
    return ActivityRow(**row._asdict())


def get_activity_row(session: Session, number: str) -> ActivityRow:
    """The activity with this number. Raises ActivityUnknown."""
    return _one(find_activities, session, number)


def lock_activity(session: Session, number: str) -> ActivityRow:
    """The same, held until the transaction ends: whoever counts its people counts them alone."""
    return _one(lock_activities, session, number)


def _one(ask: Any, session: Session, number: str) -> ActivityRow:
    activity_id = read_activity_number(number)
    found: ActivityRow | None = ask(session, [activity_id]).get(activity_id)
    if found is None:
        raise ActivityUnknown(activity=number[:24])
    return found


def open_rows(session: Session, *where: Any, now: str) -> list[ActivityRow]:
    """What is open now, or just was so that one may still sign out; the first to end first."""
    numbers = numbers_on(session, business_day(from_instant(now)))
    opened = or_(Activity.state == "open", Activity.opens_itself == 1)
    found = SELECT_ACTIVITIES.where(
        *where,
        opened,
        Activity.state.in_(("planned", "open")),
        Activity.begins_at <= later(now, numbers.early_minutes),
        Activity.ends_at > later(now, -numbers.grace_minutes),
    )
    rows = session.rows(found.order_by(Activity.ends_at, Activity.id))
    return [activity_row(row) for row in rows]


def set_state(act: Act, activity: ActivityRow, state: str, *, reason: str | None = None) -> None:
    """Open, close or call off an activity; who did it and when is kept."""
    opened, ended = state == "open", state in {"closed", "cancelled"}
    act.session.run(
        _SET_STATE,
        of_id=activity.id,
        new_state=state,
        new_reason=reason,
        new_opened_at=act.now if opened else activity.opened_at,
        new_opened_by=act.caller.actor if opened else activity.opened_by,
        new_ended_at=act.now if ended else None,
        new_ended_by=act.caller.actor if ended else None,
    )


def refuse_uninsured(activity: ActivityRow) -> None:
    """Raise InsuranceMissing for a dangerous activity that nobody has insured."""
    if activity.dangerous and not activity.insurance_ref:
        raise InsuranceMissing()


def refuse_state(activity: ActivityRow, *wanted: str) -> None:
    """Raise WrongState unless the activity is in one of these states."""
    if activity.state not in wanted:
        raise WrongState(state=activity.state)


def refuse_closed_doors(activity: ActivityRow, numbers: Numbers, now: str) -> None:
    """Raise what keeps people from signing in now: ActivityCancelled, ActivityOver, NotOpenYet,
    NotBegun."""
    if activity.state == "cancelled":
        raise ActivityCancelled()
    if activity.state == "closed" or now >= activity.ends_at:
        raise ActivityOver(ended=activity.ended_at or activity.ends_at)
    opens = activity.opens_at(numbers)
    if now < opens:
        raise NotBegun(opens=opens)
    if not activity.is_open(numbers, now):
        raise NotOpenYet(begins=activity.begins_at)
