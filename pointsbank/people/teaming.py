"""Teams by form (队伍): founded, renamed, moved, ended; and who leads them, named by a worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

import pointsbank.people.teams as teams
from pointsbank.foundation import Act, Answer, Session, operation, public_id, query
from pointsbank.people.card_faces import SOMEBODY_GONE
from pointsbank.people.errors import LeaderExists, LeaderMissing, TeamHasOthers
from pointsbank.people.names import mask_name
from pointsbank.people.organisations import get_organisation
from pointsbank.people.persons import Person
from pointsbank.people.staff import require_person
from pointsbank.people.teams import Team, TeamLeader, TeamName, TeamRow
from pointsbank.people.volunteers import Volunteer, hold_volunteer, refuse_left

TEXTS_MOST = 200


@operation("people.found_team")
def found_team(
    act: Act, *, name: str, parent: str | None = None, organisation: str | None = None
) -> Answer:
    """Found a team (建队), below another one if named. Volunteers who name it are of it at once.

    Raises RoleMissing, TeamNameEmpty, TeamNameTaken, TeamUnknown, TeamEnded, OrganisationUnknown.
    """
    require_person(act, "worker", "admin")
    made = teams.insert_team(act, name=teams.team_name(name), **_stands(act, parent, organisation))
    return {"team": public_id("T", made)}


@operation("people.found_named_teams")
def found_named_teams(act: Act) -> Answer:
    """Found a team for every name that volunteers give and that is none yet, at most 200."""
    require_person(act, "worker", "admin")
    known = select(TeamName.name)
    named = (
        select(Volunteer.team)
        .where(
            Volunteer.team.is_not(None), Volunteer.left_on.is_(None), Volunteer.team.not_in(known)
        )
        .distinct()
        .order_by(Volunteer.team)
        .limit(TEXTS_MOST)
    )
    made = [
        teams.insert_team(act, name=row.team, parent_id=None, organisation_id=None)
        for row in act.session.rows(named)
    ]
    return {"teams": [public_id("T", one) for one in made]}


@operation("people.change_team")
def change_team(
    act: Act,
    *,
    team: str,
    name: str,
    parent: str | None = None,
    organisation: str | None = None,
) -> Answer:
    """Rename a team, put it below another, or give it to an organisation; all three are told.

    Its former name still means it. Raises RoleMissing, TeamUnknown, TeamEnded, TeamNameTaken,
    TeamBelowItself, OrganisationUnknown.
    """
    require_person(act, "worker", "admin")
    found = teams.get_team(act.session, team)
    teams.refuse_ended_team(found)
    stands = _stands(act, parent, organisation)
    teams.change_team_row(act.session, found, name=teams.team_name(name), **stands)
    return {"team": found.number}


def _stands(act: Act, parent: str | None, organisation: str | None) -> dict[str, int | None]:
    above = teams.get_team(act.session, parent) if parent else None
    if above is not None:
        teams.refuse_ended_team(above)
    owner = get_organisation(act.session, organisation) if organisation else None
    return {
        "parent_id": above.id if above else None,
        "organisation_id": owner.id if owner else None,
    }


@operation("people.end_team")
def end_team(act: Act, *, team: str) -> Answer:
    """End a team (撤队); what it did stays its own. Raises TeamHasOthers while one stands below it.

    Raises RoleMissing, TeamUnknown, TeamEnded as well.
    """
    require_person(act, "worker", "admin")
    found = teams.get_team(act.session, team)
    below = act.session.value(
        select(func.count())
        .select_from(Team)
        .where(Team.parent_id == found.id, Team.ended_at.is_(None))
    )
    if below:
        raise TeamHasOthers(teams=int(below))
    teams.end_team_row(act, found)
    return {"team": found.number}


@operation("people.name_leader")
def name_leader(act: Act, *, team: str, number: str) -> Answer:
    """Make a volunteer a leader of a team (任队长).

    Raises RoleMissing, TeamUnknown, TeamEnded, VolunteerUnknown, VolunteerLeft, LeaderExists.
    """
    require_person(act, "worker", "admin")
    found = teams.get_team(act.session, team)
    teams.refuse_ended_team(found)
    volunteer = hold_volunteer(act.session, number)
    refuse_left(volunteer)
    act.for_whom = volunteer.holder
    if not teams.insert_leader(act, found.id, volunteer.id):
        raise LeaderExists(number=volunteer.number)
    return {"team": found.number, "number": volunteer.number}


@operation("people.end_leader")
def end_leader(act: Act, *, team: str, number: str) -> Answer:
    """A volunteer leads a team no more (卸任). Raises RoleMissing, TeamUnknown, LeaderMissing."""
    require_person(act, "worker", "admin")
    found = teams.get_team(act.session, team)
    volunteer = hold_volunteer(act.session, number)
    act.for_whom = volunteer.holder
    if not teams.end_leader_row(act, found.id, volunteer.id):
        raise LeaderMissing(number=volunteer.number)
    return {"team": found.number, "number": volunteer.number}


# -------------------------------------------------------------------------------------- questions


@dataclass(frozen=True)
class TeamInTree:
    """A team as the tree shows it: how deep it stands, how many are in it itself."""

    team: TeamRow
    depth: int
    people: int
    leaders: int


@dataclass(frozen=True)
class PersonOfTeam:
    """A leader or a member, masked."""

    volunteer_id: int
    number: str
    masked_name: str


_PEOPLE = (
    select(TeamName.team_id, func.count().label("people"))
    .join(Volunteer, Volunteer.team == TeamName.name)
    .where(Volunteer.left_on.is_(None))
    .group_by(TeamName.team_id)
)
_LEADERS = (
    select(TeamLeader.team_id, func.count().label("leaders"))
    .where(TeamLeader.ended_at.is_(None))
    .group_by(TeamLeader.team_id)
)
_PERSON = select(Volunteer.id, Volunteer.number, Person.name).outerjoin(
    Person, Person.id == Volunteer.person_id
)


@query
def list_team_tree(session: Session) -> list[TeamInTree]:
    """Every team that has not ended, each below the one it belongs to."""
    return read_team_tree(session)


def read_team_tree(session: Session) -> list[TeamInTree]:
    """The same as a step."""
    found = [
        teams.team_row(row)
        for row in session.rows(
            teams.SELECT_TEAMS.where(Team.ended_at.is_(None)).order_by(Team.name)
        )
    ]
    people = {row.team_id: row.people for row in session.rows(_PEOPLE)}
    leaders = {row.team_id: row.leaders for row in session.rows(_LEADERS)}
    there = {team.id for team in found}
    below: dict[int | None, list[TeamRow]] = {}
    for team in found:
        below.setdefault(team.parent_id if team.parent_id in there else None, []).append(team)
    listed: list[TeamInTree] = []

    def walk(parent: int | None, depth: int) -> None:
        for team in below.get(parent, ()):
            listed.append(TeamInTree(team, depth, people.get(team.id, 0), leaders.get(team.id, 0)))
            walk(team.id, depth + 1)

    walk(None, 0)
    return listed


@query
def list_unfounded_teams(session: Session) -> list[tuple[str, int]]:
    """Names that volunteers give and that no team has, with how many give them."""
    rows = session.rows(
        select(Volunteer.team, func.count().label("people"))
        .where(
            Volunteer.team.is_not(None),
            Volunteer.left_on.is_(None),
            Volunteer.team.not_in(select(TeamName.name)),
        )
        .group_by(Volunteer.team)
        .order_by(Volunteer.team)
    )
    return [(row.team, row.people) for row in rows]


@query
def list_team_leaders(session: Session, *, team_id: int) -> list[PersonOfTeam]:
    """Who leads a team now, itself and not those above."""
    found = _PERSON.join(TeamLeader, TeamLeader.volunteer_id == Volunteer.id).where(
        TeamLeader.team_id == team_id, TeamLeader.ended_at.is_(None)
    )
    return _people(session, found.order_by(TeamLeader.id))


@query
def list_team_members(session: Session, *, team_id: int) -> list[PersonOfTeam]:
    """Who is in a team itself, by number, at most 200."""
    return read_team_members(session, team_id)


def read_team_members(session: Session, team_id: int) -> list[PersonOfTeam]:
    """The same as a step."""
    names = select(TeamName.name).where(TeamName.team_id == team_id)
    found = _PERSON.where(Volunteer.team.in_(names), Volunteer.left_on.is_(None))
    return _people(session, found.order_by(Volunteer.number).limit(TEXTS_MOST))


def _people(session: Session, found: Select[*tuple[Any, ...]]) -> list[PersonOfTeam]:
    return [
        PersonOfTeam(row.id, row.number, mask_name(row.name) if row.name else SOMEBODY_GONE)
        for row in session.rows(found)
    ]
