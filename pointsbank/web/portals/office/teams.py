"""Teams (队伍): the tree, who leads, who is in, and what they did; each hour is counted once."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import TeamSum, list_activities, list_team_sums
from pointsbank.foundation import Outcome, Paging, add_days
from pointsbank.people import (
    OrganisationRow,
    TeamRow,
    change_team,
    end_leader,
    end_team,
    found_named_teams,
    found_team,
    get_team,
    list_organisations,
    list_team_leaders,
    list_team_members,
    list_unfounded_teams,
    name_leader,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_day
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.words import ACTIVITY_STATES

blueprint = office_blueprint("teams")

LATEST, DAYS_AHEAD = 8, 14


@blueprint.get("/teams")
@allows(*READERS)
def page() -> Any:
    """The tree of teams, with people and hours; and names that no team has yet."""
    return _page(Form())


def _page(form: Form) -> str:
    since, until = _span()
    sums = _sums()
    return office_page(
        "teams.html",
        "activities",
        form=form,
        sums=sums,
        since=since,
        until=until,
        unfounded=list_unfounded_teams(current_bank()),
        **_choices(sums),
    )


def _span() -> tuple[str, str]:
    """The days that are summed up: this year unless others are asked for."""
    today = current_bank().clock.today()
    return asked_day("from") or f"{today[:4]}-01-01", asked_day("to") or today


def _sums() -> list[TeamSum]:
    since, until = _span()
    return list_team_sums(current_bank(), since=since, until=until)


def _choices(sums: list[TeamSum], besides: str = "") -> dict[str, Any]:
    organisations = list_organisations(current_bank())
    return {
        "team_options": [
            (one.place.team.number, "　" * one.place.depth + one.place.team.name)
            for one in sums
            if one.place.team.number != besides
        ],
        "organisation_options": [(one.code, _below(one, organisations)) for one in organisations],
    }


def _below(one: OrganisationRow, every: list[OrganisationRow]) -> str:
    """An organisation with what it belongs to: streets of one name are in many districts."""
    above = next((other for other in every if other.id == one.parent_id), None)
    return f"{above.name} › {one.name}" if above else one.name


@blueprint.post("/teams")
@allows(*WRITERS)
def found() -> Any:
    """Found a team; whoever names it is of it at once."""

    def work(typed: Typed) -> Outcome:
        return book(
            found_team,
            name=typed.text("name"),
            parent=typed.maybe("parent"),
            organisation=typed.maybe("organisation"),
        )

    return submit(
        work,
        again=_page,
        done=lambda outcome: (_address(outcome.answer["team"]), _("建好了。")),
    )


@blueprint.post("/teams/named")
@allows(*WRITERS)
def found_named() -> Any:
    """Found a team for every name that volunteers give and that is none yet."""
    return submit(
        lambda typed: book(found_named_teams),
        again=_page,
        done=lambda outcome: (
            url_for("office_teams.page"),
            _("建了 %(n)s 支队伍。", n=len(outcome.answer["teams"])),
        ),
    )


@blueprint.get("/teams/<number>")
@allows(*READERS)
def team(number: str) -> Any:
    """One team: leaders, members, teams below it, what it did."""
    return _team_page(number, Form())


def _team_page(number: str, form: Form) -> str:
    bank = current_bank()
    row: TeamRow = bank.database.read(lambda session: get_team(session, number))
    sums = _sums()
    own_sum = next((one for one in sums if one.place.team.id == row.id), None)
    names = {one.place.team.id: one.place.team for one in sums}
    owner = next((one for one in list_organisations(bank) if one.id == row.organisation_id), None)
    since, until = _span()
    latest = list_activities(
        bank,
        now=bank.clock.instant(),
        team_id=row.id,
        until=add_days(bank.clock.today(), DAYS_AHEAD),
        duties=False,
        paging=Paging(1, LATEST),
    )
    return office_page(
        "team.html",
        "activities",
        form=form,
        team=row,
        own_sum=own_sum,
        above=names.get(row.parent_id or 0),
        below=[one for one in sums if one.place.team.parent_id == row.id],
        owner=owner,
        leaders=list_team_leaders(bank, team_id=row.id),
        members=list_team_members(bank, team_id=row.id),
        latest=latest,
        states=ACTIVITY_STATES,
        since=since,
        until=until,
        **_choices(sums, besides=number),
    )


def _address(number: str) -> str:
    return url_for("office_teams.team", number=number)


def _submit(number: str, work: Any, said: str) -> Any:
    return submit(
        work,
        again=lambda form: _team_page(number, form),
        done=lambda outcome: (_address(number), said),
    )


@blueprint.post("/teams/<number>/change")
@allows(*WRITERS)
def change(number: str) -> Any:
    """Rename it, put it below another, give it to an organisation."""

    def work(typed: Typed) -> Outcome:
        return book(
            change_team,
            team=number,
            name=typed.text("name"),
            parent=typed.maybe("parent"),
            organisation=typed.maybe("organisation"),
        )

    return _submit(number, work, _("改好了。原来的名字还认得。"))


@blueprint.post("/teams/<number>/leader")
@allows(*WRITERS)
def lead(number: str) -> Any:
    """Name a leader."""

    def work(typed: Typed) -> Outcome:
        who = typed.text("who")
        typed.reading = "who"
        person = one_person(who).number
        outcome = book(name_leader, team=number, number=person)
        typed.reading = None
        return outcome

    return _submit(number, work, _("任好了。队长用卡和密码在手机上点名、确认名单。"))


@blueprint.post("/teams/<number>/leader/end")
@allows(*WRITERS)
def lead_no_more(number: str) -> Any:
    """A leader leads no more."""

    def work(typed: Typed) -> Outcome:
        return book(end_leader, team=number, number=typed.text("number"))

    return _submit(number, work, _("卸任了。"))


@blueprint.post("/teams/<number>/end")
@allows(*WRITERS)
def end(number: str) -> Any:
    """End a team; what it did stays."""

    def work(typed: Typed) -> Outcome:
        typed.confirmed("ends")
        return book(end_team, team=number)

    return _submit(number, work, _("撤了，做过的都还在。"))
