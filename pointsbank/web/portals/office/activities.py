"""Activities (活动): planned, opened, closed, called off; who has joined, who is there, who was."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import (
    ActivityFile,
    cancel_activity,
    change_activity,
    close_activity,
    confirm_list,
    enter_attendance,
    get_activity,
    join_activity,
    leave_activity,
    list_activities,
    list_people_here,
    list_projects,
    mark_no_show,
    open_activity,
    plan_activity,
    take_back_no_show,
)
from pointsbank.earning import list_categories, split_tags
from pointsbank.foundation import SHOP_ZONE, Outcome, Session, add_days, from_instant
from pointsbank.foundation.cells import instant_local
from pointsbank.people import list_shops, list_team_leaders, list_team_tree
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.words import ACTIVITY_STATES, ATTENDANCE_WAYS
from pointsbank.web.portals.options import TAG, shop_options, team_options, ticked_tags, words_of

blueprint = office_blueprint("activities")

STATES = tuple(ACTIVITY_STATES)


@blueprint.get("/activities")
@allows(*READERS)
def page() -> Any:
    """All activities, the newest first, by what is asked for."""
    bank = current_bank()
    categories = list_categories(bank)
    found = list_activities(
        bank,
        now=bank.clock.instant(),
        state=asked_of("state", STATES),
        team_id=_team_asked(),
        category=asked_of("category", categories),
        since=asked_day("from"),
        until=asked_day("to"),
        search=asked("q"),
        to_confirm=asked("confirm") == "yes",
        duties=asked("duties") == "yes" or asked("confirm") == "yes",
        paging=asked_paging(),
    )
    return office_page(
        "activities.html",
        "activities",
        found=found,
        states=ACTIVITY_STATES,
        state_words=[(code, word) for code, (word, _kind) in ACTIVITY_STATES.items()],
        categories=categories,
        teams=list_team_tree(bank),
        since=asked_day("from") or "",
        until=asked_day("to") or "",
        searched=asked("q") or "",
        pager=pager_of(found),
    )


def _team_asked() -> int | None:
    text = asked("team") or ""
    return int(text) if text.isascii() and text.isdigit() else None


# ------------------------------------------------------------------------------------ planning


@blueprint.get("/activities/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that plans an activity."""
    today = current_bank().clock.today()
    usual = {"day": add_days(today, 1), "from": "09:00", "to": "11:00", "walk_ins": "yes"}
    usual |= {"shop": list_shops(current_bank())[0].code, "team": asked("team") or ""}
    return _form_page(Form(typed={**usual, "leader_confirms": "team"}))


@blueprint.post("/activities/new")
@allows(*WRITERS)
def plan_new() -> Any:
    """Plan it; it is opened when its time has come."""
    return submit(
        lambda typed: book(plan_activity, **_read_plan(typed)),
        again=_form_page,
        done=lambda outcome: (
            _address(outcome.answer["activity"]),
            _("安排好了。到时候点「开放签到」，人就可以刷卡签到。"),
        ),
    )


@blueprint.get("/activities/<number>/change")
@allows(*WRITERS)
def change(number: str) -> Any:
    """The same form with what stands there now."""
    found = _file(number)
    return _form_page(Form(typed=_typed_of(found)), found)


@blueprint.post("/activities/<number>/change")
@allows(*WRITERS)
def change_it(number: str) -> Any:
    """Write what was changed."""
    return submit(
        lambda typed: book(change_activity, activity=number, **_read_plan(typed)),
        again=lambda form: _form_page(form, _file(number)),
        done=lambda outcome: (_address(number), _("改好了。")),
    )


def _form_page(form: Form, activity: ActivityFile | None = None) -> str:
    projects = [one for one in list_projects(current_bank()) if one.ended_at is None]
    return office_page(
        "activity_form.html",
        "activities",
        form=form,
        activity=activity,
        words=words_of(form, "day"),
        team_options=team_options(),
        project_options=[(one.number, one.name) for one in projects],
        shop_options=shop_options(),
    )


def _read_plan(typed: Typed) -> dict[str, Any]:
    begins_at, ends_at = read_span(typed)
    confirms = typed.maybe("leader_confirms")
    return {
        "name": typed.text("name"),
        "category": typed.maybe("category"),
        "tags": ticked_tags(typed),
        "place": typed.text("place"),
        "begins_at": begins_at,
        "ends_at": ends_at,
        "team": typed.maybe("team"),
        "project": typed.maybe("project"),
        "shop": typed.maybe("shop"),
        "people_most": _maybe_whole(typed, "people_most"),
        "age_least": _maybe_whole(typed, "age_least"),
        "risk_note": typed.maybe("risk_note") or "",
        "dangerous": typed.ticked("dangerous"),
        "insurance_ref": typed.maybe("insurance_ref"),
        "walk_ins": typed.ticked("walk_ins"),
        "waiting": typed.ticked("waiting"),
        "leader_confirms": None if confirms == "team" else confirms == "yes",
        "sheet_code": typed.ticked("sheet_code"),
    }


def read_span(typed: Typed, day: str | None = None) -> tuple[str, str]:
    """Day and two times as two instants; what ends before it begins ends on the next day."""
    day = day or typed.day("day") or current_bank().clock.today()
    begins, ends = typed.text("from"), typed.text("to")
    typed.reading = "to"
    begins_at = instant_local(f"{day} {begins}")
    ends_at = instant_local(f"{day} {ends}")
    if ends_at <= begins_at:
        ends_at = instant_local(f"{add_days(day, 1)} {ends}")
    typed.reading = None
    return begins_at, ends_at


def _maybe_whole(typed: Typed, name: str) -> int | None:
    return typed.whole(name) if typed.maybe(name) else None


def _typed_of(found: ActivityFile) -> dict[str, str]:
    row = found.row
    begins = from_instant(row.begins_at).astimezone(SHOP_ZONE)
    ends = from_instant(row.ends_at).astimezone(SHOP_ZONE)
    shop = next((one.code for one in list_shops(current_bank()) if one.id == row.shop_id), "")
    told = {
        "name": row.name,
        "category": row.category,
        "place": row.place,
        "day": begins.date().isoformat(),
        "from": begins.strftime("%H:%M"),
        "to": ends.strftime("%H:%M"),
        "team": found.team.number if found.team else "",
        "project": found.project_number or "",
        "shop": shop,
        "people_most": str(row.people_most or ""),
        "age_least": str(row.age_least or ""),
        "risk_note": row.risk_note,
        "insurance_ref": row.insurance_ref or "",
        "leader_confirms": "yes" if row.leader_confirms else "no",
    }
    ticked = ("dangerous", "walk_ins", "waiting", "sheet_code")
    told |= {name: "yes" for name in ticked if getattr(row, name)}
    return told | {f"{TAG}{tag}": "1" for tag in split_tags(row.tags)}


# ------------------------------------------------------------------------------ one activity


@blueprint.get("/activities/<number>")
@allows(*READERS)
def activity(number: str) -> Any:
    """One activity: what it is, who has joined, who is there, and the list to be confirmed."""
    return _activity_page(number, Form())


def _activity_page(number: str, form: Form) -> str:
    bank, found = current_bank(), _file(number)
    people = list_people_here(bank, activity_id=found.row.id)
    row = found.row
    actors = [row.planned_by, row.opened_by, row.ended_by]
    for one in people:
        for stay in one.attendances:
            actors += [stay.signed_in_by, stay.signed_out_by, stay.decided_by]

    def read(session: Session) -> Any:
        return names_for(session, holders=actors)

    return office_page(
        "activity.html",
        "activities",
        form=form,
        found=found,
        people=people,
        to_confirm=[
            (one, stay) for one in people for stay in one.attendances if stay.status == "ended"
        ],
        absent=[one for one in people if is_absent(one)],
        leaders=list_team_leaders(bank, team_id=row.team_id) if row.team_id else [],
        shop=next((one for one in list_shops(bank) if one.id == row.shop_id), None),
        names=bank.database.read(read),
        states=ACTIVITY_STATES,
        ways=ATTENDANCE_WAYS,
        now=bank.clock.instant(),
        today=bank.clock.today(),
    )


def is_absent(person: Any) -> bool:
    """Whether somebody had joined and was never there."""
    came = any(stay.status not in {"undone", "struck"} for stay in person.attendances)
    return bool(person.participant and person.participant.status == "joined" and not came)


def _file(number: str) -> ActivityFile:
    bank = current_bank()
    return get_activity(bank, activity=number, now=bank.clock.instant())


def _address(number: str) -> str:
    return url_for("office_activities.activity", number=number)


def _submit(number: str, work: Any, said: str) -> Any:
    return submit(
        work,
        again=lambda form: _activity_page(number, form),
        done=lambda outcome: (_address(number), said),
    )


@blueprint.post("/activities/<number>/open")
@allows(*WRITERS)
def open_it(number: str) -> Any:
    """Open it for signing in, for the leader if one is named."""

    def work(typed: Typed) -> Outcome:
        return book(open_activity, activity=number, for_leader=typed.maybe("for_leader"))

    return _submit(number, work, _("开放了，现在可以签到。"))


@blueprint.post("/activities/<number>/close")
@allows(*WRITERS)
def close_it(number: str) -> Any:
    """Close it; whoever is still in is counted to now and looked at."""

    def work(typed: Typed) -> Outcome:
        return book(close_activity, activity=number, for_leader=typed.maybe("for_leader"))

    return _submit(number, work, _("结束了。没签退的算到现在，等确认。"))


@blueprint.post("/activities/<number>/cancel")
@allows(*WRITERS)
def cancel_it(number: str) -> Any:
    """Call it off; who had joined is told at the next scan."""

    def work(typed: Typed) -> Outcome:
        return book(cancel_activity, activity=number, reason=typed.text("reason"))

    return _submit(number, work, _("取消了，报了名的人下次刷卡就知道。"))


@blueprint.post("/activities/<number>/join")
@allows(*WRITERS)
def join(number: str) -> Any:
    """Have somebody join."""

    def work(typed: Typed) -> Outcome:
        return book(join_activity, activity=number, number=_person(typed))

    return submit(
        work,
        again=lambda form: _activity_page(number, form),
        done=lambda outcome: (
            _address(number),
            _("人满了，先排队。") if outcome.answer["status"] == "waiting" else _("报上名了。"),
        ),
    )


def _person(typed: Typed) -> str:
    who = typed.text("who")
    typed.reading = "who"
    number = one_person(who).number
    typed.reading = None
    return number


@blueprint.post("/activities/<number>/leave")
@allows(*WRITERS)
def leave(number: str) -> Any:
    """Give somebody's place back."""

    def work(typed: Typed) -> Outcome:
        return book(leave_activity, activity=number, number=typed.text("number"))

    return _submit(number, work, _("退出了。"))


@blueprint.post("/activities/<number>/no-show")
@allows(*WRITERS)
def no_show(number: str) -> Any:
    """Mark who did not come, or take the mark back."""

    def work(typed: Typed) -> Outcome:
        verb = take_back_no_show if typed.maybe("back") else mark_no_show
        who = typed.text("number")
        return book(verb, activity=number, number=who, for_leader=typed.maybe("for_leader"))

    return _submit(number, work, _("记下了。"))


@blueprint.post("/activities/<number>/confirm")
@allows(*WRITERS)
def confirm(number: str) -> Any:
    """Confirm the list, or for a leader; each row becomes a pending record."""

    def work(typed: Typed) -> Outcome:
        return book(confirm_list, activity=number, **read_list(typed))

    return submit(
        work,
        again=lambda form: _activity_page(number, form),
        done=lambda outcome: (
            _address(number),
            _("确认了 %(n)s 条，等另一个人认定。", n=len(outcome.answer["records"])),
        ),
    )


def read_list(typed: Typed) -> dict[str, Any]:
    """The rows of a list as they were ticked: minutes of who was there, and who was not."""
    minutes, struck = {}, []
    for name in typed.fields:
        kind, _, attendance = name.partition(":")
        if kind != "row" or not attendance.isdigit():
            continue
        if typed.fields[name] == "struck":
            struck.append(int(attendance))
        elif typed.fields[name] == "there":
            minutes[attendance] = typed.whole(f"minutes:{attendance}", 1, 1440)
    return {
        "minutes": minutes,
        "struck": struck,
        "absent": (typed.maybe("absent") or "").split() if typed.ticked("marks") else [],
        "for_leader": typed.maybe("for_leader"),
    }


@blueprint.post("/activities/<number>/enter")
@allows(*WRITERS)
def enter(number: str) -> Any:
    """Enter afterwards that somebody was there."""

    def work(typed: Typed) -> Outcome:
        who = _person(typed)
        begins_at, ends_at = read_span(typed)
        return book(
            enter_attendance,
            activity=number,
            number=who,
            signed_in_at=begins_at,
            signed_out_at=ends_at,
        )

    return _submit(number, work, _("补录了，等另一个人认定；按规则可能只记时长。"))
