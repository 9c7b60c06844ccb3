"""The board of duty (值班表): a leg that nobody came to is seen at once; rotas for pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from pointsbank.activities.activities import SELECT_ACTIVITIES, Activity, ActivityRow, later
from pointsbank.activities.attendances import Attendance
from pointsbank.activities.numbers import numbers_on
from pointsbank.activities.participants import Participant
from pointsbank.activities.rotas import (
    SELECT_ROTAS,
    Rota,
    RotaRow,
    RotaSlot,
    Slot,
    get_rota_row,
    members_of,
    slots_of,
)
from pointsbank.foundation import Session, business_day, from_instant, query
from pointsbank.people import TeamRow, VolunteerRef, find_teams, find_volunteers_by_id, mask_name

SOMEBODY_GONE = "已注销"
_THERE = ("open", "ended", "recorded")


@dataclass(frozen=True)
class OnDuty:
    """Somebody of a leg: `state` is to_come, late, here, gone, or absent."""

    number: str
    masked_name: str
    state: str
    at: str | None


@dataclass(frozen=True)
class DutyLeg:
    """A leg as the board shows it. `missing` are so many of whom it is time that they were here."""

    number: str
    rota: str
    rota_number: str
    slot: str
    place: str
    begins_at: str
    ends_at: str
    state: str
    people: tuple[OnDuty, ...]
    wanted: int

    @property
    def missing(self) -> int:
        late = sum(one.state in {"late", "absent"} for one in self.people)
        return late + max(0, self.wanted - len(self.people))

    def is_missed(self, now: str) -> bool:
        """Whether the leg has begun and fewer are there than should be."""
        return self.begins_at <= now < self.ends_at and self.missing > 0


@query
def list_duties(
    session: Session, *, since: str, until: str, now: str, rota_id: int | None = None
) -> list[DutyLeg]:
    """The legs that lie within some time, of one rota or of all, with who is there or is not."""
    return read_duties(session, since=since, until=until, now=now, rota_id=rota_id)


def read_duties(
    session: Session, *, since: str, until: str, now: str, rota_id: int | None = None
) -> list[DutyLeg]:
    """The same as a step."""
    wanted = (
        SELECT_ACTIVITIES.add_columns(
            RotaSlot.name.label("slot_name"), RotaSlot.rota_id.label("rota_id")
        )
        .join(RotaSlot, RotaSlot.id == Activity.slot_id)
        .where(Activity.begins_at < until, Activity.ends_at > since, Activity.state != "cancelled")
    )
    if rota_id is not None:
        wanted = wanted.where(RotaSlot.rota_id == rota_id)
    rows = session.rows(wanted.order_by(Activity.begins_at, Activity.id))
    if not rows:
        return []
    rotas = {
        row.id: RotaRow(*row)
        for row in session.rows(SELECT_ROTAS.where(Rota.id.in_({one.rota_id for one in rows})))
    }
    people = _people_of(session, [row.id for row in rows])
    late = numbers_on(session, business_day(from_instant(now))).late_minutes
    return [_leg(row, rotas[row.rota_id], people.get(row.id, []), now, late) for row in rows]


def _people_of(session: Session, ids: list[int]) -> dict[int, list[tuple[VolunteerRef, Any]]]:
    """Who is on each leg, with their newest attendance there."""
    joined = session.rows(
        select(Participant.activity_id, Participant.volunteer_id)
        .where(Participant.activity_id.in_(ids), Participant.status == "joined")
        .order_by(Participant.id)
    )
    stays = {
        (row.activity_id, row.volunteer_id): row
        for row in session.rows(
            select(
                Attendance.activity_id,
                Attendance.volunteer_id,
                Attendance.status,
                Attendance.signed_in_at,
                Attendance.signed_out_at,
            )
            .where(Attendance.activity_id.in_(ids), Attendance.status.in_(_THERE))
            .order_by(Attendance.id)
        )
    }
    people = find_volunteers_by_id(session, {row.volunteer_id for row in joined})
    found: dict[int, list[tuple[VolunteerRef, Any]]] = {}
    for row in joined:
        stay = stays.get((row.activity_id, row.volunteer_id))
        found.setdefault(row.activity_id, []).append((people[row.volunteer_id], stay))
    return found


def _leg(row: Any, rota: RotaRow, people: list[Any], now: str, late_minutes: int) -> DutyLeg:
    columns = row._asdict()
    slot, _rota_id = columns.pop("slot_name"), columns.pop("rota_id")
    activity = ActivityRow(**columns)
    due = later(activity.begins_at, late_minutes)
    return DutyLeg(
        number=activity.number,
        rota=rota.name,
        rota_number=rota.number,
        slot=slot,
        place=activity.place,
        begins_at=activity.begins_at,
        ends_at=activity.ends_at,
        state=activity.state,
        people=tuple(_on_duty(person, stay, activity, now, due) for person, stay in people),
        wanted=rota.people_each,
    )


def _on_duty(person: VolunteerRef, stay: Any, activity: ActivityRow, now: str, due: str) -> OnDuty:
    name = mask_name(person.name) if person.name else SOMEBODY_GONE
    if stay is not None:
        here = stay.status == "open"
        at = stay.signed_in_at if here else stay.signed_out_at
        return OnDuty(person.number, name, "here" if here else "gone", at)
    if now >= activity.ends_at:
        return OnDuty(person.number, name, "absent", None)
    return OnDuty(person.number, name, "late" if now >= due else "to_come", None)


@query
def list_missed(session: Session, *, now: str) -> list[DutyLeg]:
    """Legs that have begun and at which somebody is missing, five minutes after at the latest."""
    return [
        leg for leg in read_duties(session, since=now, until=now, now=now) if leg.is_missed(now)
    ]


@dataclass(frozen=True)
class RotaFile:
    """A rota as a page shows it."""

    row: RotaRow
    team: TeamRow | None
    slots: list[Slot]
    members: list[VolunteerRef]
    last_day: str | None

    @property
    def number(self) -> str:
        return self.row.number


@query
def list_rotas(session: Session) -> list[RotaFile]:
    """Every rota, those that go on first."""
    rows = session.rows(SELECT_ROTAS.order_by(Rota.ended_at.is_not(None), Rota.id))
    return [_rota_file(session, RotaRow(*row)) for row in rows]


@query
def get_rota(session: Session, *, rota: str) -> RotaFile:
    """One rota by its number. Raises RotaUnknown."""
    return _rota_file(session, get_rota_row(session, rota))


def _rota_file(session: Session, row: RotaRow) -> RotaFile:
    slots = slots_of(session, row.id)
    ids = members_of(session, row.id)
    people = find_volunteers_by_id(session, ids)
    newest = session.value(
        select(Activity.begins_at)
        .where(Activity.slot_id.in_([one.id for one in slots]))
        .order_by(Activity.begins_at.desc())
        .limit(1)
    )
    return RotaFile(
        row=row,
        team=find_teams(session, [row.team_id]).get(row.team_id) if row.team_id else None,
        slots=slots,
        members=[people[one] for one in ids],
        last_day=business_day(from_instant(newest)) if newest else None,
    )
