"""What the doors may ask about activities and who was there; plain data comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from pointsbank.activities.activities import (
    SELECT_ACTIVITIES,
    Activity,
    ActivityRow,
    Project,
    activity_row,
    find_activities,
    get_activity_row,
    open_rows,
)
from pointsbank.activities.attendances import (
    SELECT_ATTENDANCES,
    Attendance,
    AttendanceRow,
    attendance_row,
    find_open,
    list_attendances,
)
from pointsbank.activities.numbers import numbers_on
from pointsbank.activities.participants import (
    SELECT_PARTICIPANTS,
    Participant,
    ParticipantRow,
    list_participants,
    participant_row,
)
from pointsbank.activities.projects import SELECT_PROJECTS, ProjectRow, project_row
from pointsbank.foundation import (
    Page,
    Paging,
    Session,
    add_days,
    business_day,
    from_instant,
    public_id,
    query,
    read_page,
)
from pointsbank.foundation.cells import instant_local
from pointsbank.people import (
    TeamRow,
    VolunteerRef,
    find_teams,
    find_volunteers_by_id,
    mask_name,
    teams_below,
    teams_led_by,
)

SOMEBODY_GONE = "已注销"
DAY_MOST = 40
# Activities with rows that wait for whoever is in charge.
_WAITS = select(Attendance.activity_id).where(Attendance.status == "ended")


@dataclass(frozen=True)
class Counts:
    """How many have joined, wait, are in now, and how many rows wait for whoever is in charge."""

    joined: int = 0
    waiting: int = 0
    signed_in: int = 0
    to_confirm: int = 0
    came: int = 0


@dataclass(frozen=True)
class ActivityFile:
    """An activity as a page shows it."""

    row: ActivityRow
    team: TeamRow | None
    project: str | None
    project_number: str | None
    counts: Counts
    is_open: bool
    opens_at: str
    stops_at: str

    @property
    def number(self) -> str:
        return self.row.number

    @property
    def day(self) -> str:
        return business_day(from_instant(self.row.begins_at))

    def takes_in(self, now: str) -> bool:
        """Whether one may sign in to it or out of it now, as `open_rows` finds them."""
        return self.is_open and self.opens_at <= now


@dataclass(frozen=True)
class PersonHere:
    """Somebody of an activity: as a participant, with every attendance."""

    volunteer_id: int
    number: str
    name: str | None
    masked_name: str
    participant: ParticipantRow | None
    attendances: tuple[AttendanceRow, ...]


@dataclass(frozen=True)
class OwnActivity:
    """An activity as one of its people sees it."""

    file: ActivityFile
    status: str | None
    no_show: bool
    attendances: tuple[AttendanceRow, ...]


def instants_of_day(day: str) -> tuple[str, str]:
    """When a day of the shop's zone begins and ends."""
    return instant_local(f"{day} 00:00"), instant_local(f"{add_days(day, 1)} 00:00")


@query
def list_activities(
    session: Session,
    *,
    now: str,
    state: str | None = None,
    team_id: int | None = None,
    category: str | None = None,
    since: str | None = None,
    until: str | None = None,
    search: str | None = None,
    to_confirm: bool = False,
    duties: bool = True,
    paging: Paging | None = None,
) -> Page[ActivityFile]:
    """Activities, the newest first; days are inclusive, a team stands for those below it too.

    Without `duties` the legs of rotas are left out.
    """
    paging = paging or Paging()
    found: Select[*tuple[Any, ...]] = SELECT_ACTIVITIES
    if state:
        found = found.where(Activity.state == state)
    if team_id is not None:
        found = found.where(Activity.team_id.in_(teams_below(session, team_id)))
    if category:
        found = found.where(Activity.category == category)
    if since:
        found = found.where(Activity.begins_at >= instants_of_day(since)[0])
    if until:
        found = found.where(Activity.begins_at < instants_of_day(until)[1])
    if search:
        wanted = f"%{search}%"
        found = found.where(or_(Activity.name.like(wanted), Activity.place.like(wanted)))
    if to_confirm:
        found = found.where(Activity.id.in_(_WAITS))
    if not duties:
        found = found.where(Activity.slot_id.is_(None))
    newest = found.order_by(Activity.begins_at.desc(), Activity.id.desc())
    return _page_of_files(session, newest, paging, now=now)


def _page_of_files(
    session: Session, ordered: Select[*tuple[Any, ...]], paging: Paging, *, now: str
) -> Page[ActivityFile]:
    page = read_page(session, ordered, paging)
    return page.holding(read_files(session, map(activity_row, page.items), now=now))


def read_files(session: Session, rows: Iterable[ActivityRow], *, now: str) -> list[ActivityFile]:
    """Activities with team, project and counts; a few statements, however many there are."""
    rows = list(rows)
    if not rows:
        return []
    numbers = numbers_on(session, business_day(from_instant(now)))
    teams = find_teams(session, {one.team_id for one in rows if one.team_id is not None})
    projects = _project_names(session, {one.project_id for one in rows if one.project_id})
    counts = count_people(session, [one.id for one in rows])
    return [
        ActivityFile(
            row=one,
            team=teams.get(one.team_id or 0),
            project=projects.get(one.project_id or 0),
            project_number=public_id("P", one.project_id) if one.project_id else None,
            counts=counts.get(one.id, Counts()),
            is_open=one.is_open(numbers, now) and now < one.stops_at(numbers),
            opens_at=one.opens_at(numbers),
            stops_at=one.stops_at(numbers),
        )
        for one in rows
    ]


def _project_names(session: Session, ids: set[int]) -> dict[int, str]:
    if not ids:
        return {}
    rows = session.rows(select(Project.id, Project.name).where(Project.id.in_(ids)))
    return {row.id: row.name for row in rows}


def count_people(session: Session, activity_ids: Iterable[int]) -> dict[int, Counts]:
    """How many people each activity has, by what they are there."""
    ids = list(activity_ids)
    sums: dict[int, dict[str, int]] = {one: {} for one in ids}
    joined = session.rows(
        select(Participant.activity_id, Participant.status, func.count().label("people"))
        .where(Participant.activity_id.in_(ids))
        .group_by(Participant.activity_id, Participant.status)
    )
    stays = session.rows(
        select(Attendance.activity_id, Attendance.status, func.count().label("people"))
        .where(Attendance.activity_id.in_(ids))
        .group_by(Attendance.activity_id, Attendance.status)
    )
    for row in (*joined, *stays):
        sums[row.activity_id][row.status] = int(row.people)
    return {
        one: Counts(
            joined=told.get("joined", 0),
            waiting=told.get("waiting", 0),
            signed_in=told.get("open", 0),
            to_confirm=told.get("ended", 0),
            came=sum(told.get(word, 0) for word in ("open", "ended", "recorded")),
        )
        for one, told in sums.items()
    }


@query
def get_activity(session: Session, *, activity: str, now: str) -> ActivityFile:
    """One activity by its number. Raises ActivityUnknown."""
    return read_files(session, [get_activity_row(session, activity)], now=now)[0]


@query
def list_people_here(session: Session, *, activity_id: int) -> list[PersonHere]:
    """Everybody who joined an activity or was there, by number."""
    return read_people_here(session, activity_id)


def read_people_here(session: Session, activity_id: int) -> list[PersonHere]:
    """The same as a step."""
    participants = {one.volunteer_id: one for one in list_participants(session, activity_id)}
    stays: dict[int, list[AttendanceRow]] = {}
    for one in list_attendances(session, activity_id):
        stays.setdefault(one.volunteer_id, []).append(one)
    ids = sorted({*participants, *stays})
    people = find_volunteers_by_id(session, ids)
    found = [_person(people[one], participants.get(one), stays.get(one, ())) for one in ids]
    return sorted(found, key=lambda one: one.number)


def _person(
    person: VolunteerRef, participant: ParticipantRow | None, stays: Iterable[AttendanceRow]
) -> PersonHere:
    return PersonHere(
        volunteer_id=person.id,
        number=person.number,
        name=person.name,
        masked_name=mask_name(person.name) if person.name else SOMEBODY_GONE,
        participant=participant,
        attendances=tuple(stays),
    )


# ------------------------------------------------------------------------------ what is open now


@query
def list_open_here(
    session: Session, *, shop_id: int, now: str, station: bool = False
) -> list[ActivityFile]:
    """Activities that one may sign in to or out of now at this shop, the first to end first.

    At a station also those that are at no shop.
    """
    return read_open_here(session, shop_id=shop_id, now=now, station=station)


def read_open_here(
    session: Session, *, shop_id: int, now: str, station: bool = False
) -> list[ActivityFile]:
    """The same as a step."""
    here = Activity.shop_id == shop_id
    if station:
        here = or_(here, Activity.shop_id.is_(None))
    return read_files(session, open_rows(session, here, now=now), now=now)


def read_day_here(session: Session, *, shop_id: int, now: str) -> list[ActivityFile]:
    """What is at a station through the day, and what runs into it from yesterday, by beginning."""
    since, until = instants_of_day(business_day(from_instant(now)))
    found = SELECT_ACTIVITIES.where(
        or_(Activity.shop_id == shop_id, Activity.shop_id.is_(None)),
        Activity.state != "cancelled",
        Activity.begins_at < until,
        Activity.ends_at > since,
    )
    rows = session.rows(found.order_by(Activity.begins_at, Activity.id).limit(DAY_MOST))
    return read_files(session, [activity_row(row) for row in rows], now=now)


@dataclass(frozen=True)
class Standing:
    """What a card's holder may do now with the activities that are open here."""

    signed_in: ActivityFile | None
    attendance: AttendanceRow | None
    choices: tuple[ActivityFile, ...]
    joined: frozenset[int] = frozenset()


def read_standing(
    session: Session, volunteer_id: int | None, *, shop_id: int, now: str, station: bool = False
) -> Standing:
    """Where somebody is signed in, or may sign in, at a machine of this shop.

    What they have joined comes first; where only who has joined may come, others are not offered.
    """
    if volunteer_id is None:
        return Standing(None, None, ())
    open_here = read_open_here(session, shop_id=shop_id, now=now, station=station)
    running = find_open(session, volunteer_id)
    if running is not None and running.stops_at > now:
        here = next((one for one in open_here if one.row.id == running.activity_id), None)
        return Standing(here, running, ())
    joined = _joined_among(session, volunteer_id, [one.row.id for one in open_here])
    begun = [one for one in open_here if now < one.row.ends_at]
    mine = [one for one in begun if one.row.id in joined]
    others = [
        one for one in begun if one.row.id not in joined and one.row.walk_ins and not _is_full(one)
    ]
    return Standing(None, None, (*mine, *others), frozenset(joined))


def _is_full(one: ActivityFile) -> bool:
    return one.row.people_most is not None and one.counts.joined >= one.row.people_most


def _joined_among(session: Session, volunteer_id: int, activity_ids: list[int]) -> set[int]:
    if not activity_ids:
        return set()
    found = select(Participant.activity_id).where(
        Participant.volunteer_id == volunteer_id,
        Participant.status == "joined",
        Participant.activity_id.in_(activity_ids),
    )
    return {row.activity_id for row in session.rows(found)}


# --------------------------------------------------------------------------------- of one person


@query
def read_attendance_activity(session: Session, *, attendance_id: int, now: str) -> ActivityFile:
    """The activity that an attendance belongs to."""
    found = session.value(select(Attendance.activity_id).where(Attendance.id == attendance_id))
    return read_files(session, find_activities(session, [found]).values(), now=now)[0]


@query
def list_own_activities(
    session: Session,
    *,
    volunteer_id: int,
    now: str,
    ahead: bool | None = None,
    with_left: bool = False,
    paging: Paging | None = None,
) -> Page[OwnActivity]:
    """What somebody has joined and what they were at, the newest first.

    `ahead`: from today on, and then the next one first; or only what was before today. What they
    have left is there only `with_left`.
    """
    joined = select(Participant.activity_id).where(Participant.volunteer_id == volunteer_id)
    if not with_left:
        joined = joined.where(Participant.status != "left")
    there = select(Attendance.activity_id).where(
        Attendance.volunteer_id == volunteer_id, Attendance.status != "undone"
    )
    found = SELECT_ACTIVITIES.where(or_(Activity.id.in_(joined), Activity.id.in_(there)))
    page = _page_of_files(session, _by_day(found, ahead, now), paging or Paging(), now=now)
    return page.holding(_as_own(session, volunteer_id, page.items))


def _by_day(
    found: Select[*tuple[Any, ...]], ahead: bool | None, now: str
) -> Select[*tuple[Any, ...]]:
    """From today on with the next one first, or before today and all with the newest first."""
    today = instants_of_day(business_day(from_instant(now)))[0]
    if ahead:
        soonest = (Activity.begins_at, Activity.id)
        return found.where(Activity.ends_at > today).order_by(*soonest)
    if ahead is not None:
        found = found.where(Activity.ends_at <= today)
    return found.order_by(Activity.begins_at.desc(), Activity.id.desc())


def _as_own(
    session: Session, volunteer_id: int, files: Iterable[ActivityFile]
) -> list[OwnActivity]:
    """Activities as this one of their people sees them."""
    files = list(files)
    ids = [one.row.id for one in files]
    participants = {
        row.activity_id: participant_row(row)
        for row in session.rows(
            SELECT_PARTICIPANTS.where(
                Participant.volunteer_id == volunteer_id, Participant.activity_id.in_(ids)
            )
        )
    }
    stays: dict[int, list[AttendanceRow]] = {}
    newest = SELECT_ATTENDANCES.where(
        Attendance.volunteer_id == volunteer_id,
        Attendance.activity_id.in_(ids),
        Attendance.status != "undone",
    ).order_by(Attendance.signed_in_at.desc())
    for row in session.rows(newest):
        stays.setdefault(row.activity_id, []).append(attendance_row(row))
    return [
        OwnActivity(
            file=one,
            status=_status(participants.get(one.row.id)),
            no_show=_is_no_show(participants.get(one.row.id)),
            attendances=tuple(stays.get(one.row.id, ())),
        )
        for one in files
    ]


def _status(participant: ParticipantRow | None) -> str | None:
    return participant.status if participant else None


def _is_no_show(participant: ParticipantRow | None) -> bool:
    return participant is not None and participant.no_show_at is not None


@query
def list_joinable(
    session: Session, *, volunteer_id: int, now: str, paging: Paging | None = None
) -> Page[ActivityFile]:
    """Activities that somebody may still join and has not, the next one first."""
    mine = select(Participant.activity_id).where(
        Participant.volunteer_id == volunteer_id, Participant.status != "left"
    )
    found = SELECT_ACTIVITIES.where(
        Activity.state.in_(("planned", "open")),
        Activity.ends_at > now,
        Activity.opens_itself == 0,
        Activity.id.not_in(mine),
    )
    soonest = found.order_by(Activity.begins_at, Activity.id)
    return _page_of_files(session, soonest, paging or Paging(), now=now)


@query
def list_led_activities(
    session: Session, *, volunteer_id: int, now: str, ahead: bool, paging: Paging | None = None
) -> Page[ActivityFile]:
    """Activities of the teams that somebody leads, and of those below.

    `ahead`: from today on and the next one first, without those whose list waits to be confirmed;
    or what was before today, the newest first.
    """
    found = SELECT_ACTIVITIES.where(Activity.team_id.in_(_led_teams(session, volunteer_id)))
    if ahead:
        found = found.where(Activity.id.not_in(_WAITS))
    return _page_of_files(session, _by_day(found, ahead, now), paging or Paging(), now=now)


@query
def list_led_to_confirm(
    session: Session, *, volunteer_id: int, now: str, paging: Paging | None = None
) -> Page[ActivityFile]:
    """Those of them whose list waits to be confirmed, whichever has waited longest first."""
    found = SELECT_ACTIVITIES.where(
        Activity.team_id.in_(_led_teams(session, volunteer_id)), Activity.id.in_(_WAITS)
    )
    oldest = found.order_by(Activity.begins_at, Activity.id)
    return _page_of_files(session, oldest, paging or Paging(), now=now)


def _led_teams(session: Session, volunteer_id: int) -> set[int]:
    """The teams that somebody leads, and those below."""
    led = teams_led_by(session, volunteer_id)
    return {below for team in led for below in teams_below(session, team)}


# -------------------------------------------------------------------------------- projects, teams


@query
def list_projects(session: Session) -> list[ProjectRow]:
    """Every project, those that go on first."""
    rows = session.rows(SELECT_PROJECTS.order_by(Project.ended_at.is_not(None), Project.name))
    return [project_row(row) for row in rows]
