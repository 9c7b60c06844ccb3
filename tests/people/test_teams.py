"""Teams stand in a tree, keep their names, and are led by volunteers whom a worker has named."""

from __future__ import annotations

from typing import Any

import pytest

from pointsbank.foundation import Bank
from pointsbank.people import (
    LeaderExists,
    LeaderMissing,
    TeamBelowItself,
    TeamEnded,
    TeamHasOthers,
    TeamNameEmpty,
    TeamNameTaken,
    TeamUnknown,
    change_team,
    end_leader,
    end_team,
    find_volunteer,
    found_named_teams,
    found_team,
    get_team,
    leads_team,
    list_team_leaders,
    list_team_members,
    list_team_tree,
    list_unfounded_teams,
    name_leader,
    names_below,
    see_off_volunteer,
    teams_below,
)
from tests.at_once import at_once
from tests.make import Make


class Office:
    """A worker who founds and moves teams."""

    def __init__(self, make: Make) -> None:
        self.make, self.by = make, make.staff().caller

    def do(self, verb: Any, **values: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.make.do(verb, by=self.by, **values).answer
        return answer

    def found(self, name: str, parent: str | None = None) -> str:
        return str(self.do(found_team, name=name, parent=parent)["team"])

    def id_of(self, team: str) -> int:
        return self.make.bank.database.read(lambda session: get_team(session, team)).id


@pytest.fixture
def office(make: Make) -> Office:
    return Office(make)


def test_three_levels_stand_one_below_the_other(office: Office, bank: Bank) -> None:
    top = office.found("总队")
    middle = office.found("巡逻队", top)
    low = office.found("一组", middle)
    office.found("别的队")
    tree = [(one.team.name, one.depth) for one in list_team_tree(bank)]
    assert tree == [("别的队", 0), ("总队", 0), ("巡逻队", 1), ("一组", 2)]
    below = bank.database.read(lambda session: teams_below(session, office.id_of(top)))
    assert sorted(below) == sorted(office.id_of(one) for one in (top, middle, low))


def test_no_team_stands_below_itself_and_none_ends_above_another(office: Office) -> None:
    top = office.found("总队")
    low = office.found("一组", top)
    for parent in (top, low):
        with pytest.raises(TeamBelowItself):
            office.do(change_team, team=top, name="总队", parent=parent)
    with pytest.raises(TeamHasOthers):
        office.do(end_team, team=top)
    office.do(end_team, team=low)
    with pytest.raises(TeamEnded):
        office.found("二组", low)
    office.do(end_team, team=top)
    with pytest.raises(TeamUnknown):
        office.do(end_team, team="T000099-0")


def test_two_moves_at_once_make_no_circle(office: Office) -> None:
    one, other = office.found("甲队"), office.found("乙队")
    outcomes = at_once(
        [
            lambda: office.do(change_team, team=one, name="甲队", parent=other),
            lambda: office.do(change_team, team=other, name="乙队", parent=one),
        ]
    )
    assert sum(isinstance(outcome, TeamBelowItself) for outcome in outcomes) == 1


def test_the_text_of_volunteers_means_the_team_and_goes_along_when_it_is_renamed(
    office: Office, make: Make, bank: Bank
) -> None:
    liu = make.volunteer(team="红喇叭")
    make.volunteer(team="敬老队")
    assert list_unfounded_teams(bank) == [("敬老队", 1), ("红喇叭", 1)]
    assert len(office.do(found_named_teams)["teams"]) == 2
    assert list_unfounded_teams(bank) == []
    [red] = [one.team for one in list_team_tree(bank) if one.team.name == "红喇叭"]
    office.do(change_team, team=red.number, name="红喇叭巡逻队")
    found = bank.database.read(lambda session: find_volunteer(session, liu.number))
    assert found is not None
    assert found.team == "红喇叭巡逻队"
    # A list from elsewhere still has the former name, which means the same team and no other.
    late = make.volunteer(team="红喇叭")
    members = [one.number for one in list_team_members(bank, team_id=red.id)]
    assert members == sorted([liu.number, late.number])
    with pytest.raises(TeamNameTaken):
        office.found("红喇叭")
    names = bank.database.read(lambda session: names_below(session, red.id))
    assert names == ["红喇叭", "红喇叭巡逻队"]
    with pytest.raises(TeamNameEmpty):
        office.found("  ")


def test_leaders_lead_their_team_and_those_below_until_they_leave(
    office: Office, make: Make, bank: Bank
) -> None:
    top = office.found("总队")
    low = office.found("一组", top)
    liu = make.volunteer()

    def leads(team: str) -> bool:
        return bank.database.read(lambda session: leads_team(session, liu.id, office.id_of(team)))

    office.do(name_leader, team=top, number=liu.number)
    with pytest.raises(LeaderExists):
        office.do(name_leader, team=top, number=liu.number)
    assert leads(top)
    assert leads(low)
    office.do(end_leader, team=top, number=liu.number)
    with pytest.raises(LeaderMissing):
        office.do(end_leader, team=top, number=liu.number)
    office.do(name_leader, team=low, number=liu.number)
    assert not leads(top)
    assert [one.number for one in list_team_leaders(bank, team_id=office.id_of(low))] == [
        liu.number
    ]
    make.do(see_off_volunteer, number=liu.number)
    assert not leads(low)
