"""Hours of teams (队伍时长): a team's own records and all below, each counted once."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from pointsbank.earning import ServiceRecord
from pointsbank.foundation import Session, query
from pointsbank.people import TeamInTree, TeamName, read_team_tree


@dataclass(frozen=True)
class TeamSum:
    """A team of the tree with its own minutes, and those of all teams below it as well."""

    place: TeamInTree
    own_minutes: int
    all_minutes: int
    all_people: int


@query
def list_team_sums(session: Session, *, since: str, until: str) -> list[TeamSum]:
    """The tree of teams with effective minutes of service on some days, both inclusive.

    A record names its team by a word, and a word means one team: so nothing is counted twice.
    """
    tree = read_team_tree(session)
    minutes = _own_minutes(session, since, until)
    totals = {one.team.id: [minutes.get(one.team.id, 0), one.people] for one in tree}
    # Children stand behind their parents, so from behind each is whole before it is added above.
    for one in reversed(tree):
        if one.team.parent_id in totals:
            above, here = totals[one.team.parent_id], totals[one.team.id]
            above[0], above[1] = above[0] + here[0], above[1] + here[1]
    return [
        TeamSum(one, minutes.get(one.team.id, 0), totals[one.team.id][0], totals[one.team.id][1])
        for one in tree
    ]


def _own_minutes(session: Session, since: str, until: str) -> dict[int, int]:
    rows = session.rows(
        select(TeamName.team_id, func.sum(ServiceRecord.minutes).label("minutes"))
        .join(ServiceRecord, ServiceRecord.team == TeamName.name)
        .where(
            ServiceRecord.status == "effective",
            ServiceRecord.served_on >= since,
            ServiceRecord.served_on <= until,
        )
        .group_by(TeamName.team_id)
    )
    return {row.team_id: int(row.minutes) for row in rows}
