"""A leader's pages (我带的队): plan, open, call the roll, close and confirm, on a telephone.

Who leads is looked up for every request: no address opens anything to somebody who does not.
"""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import (
    ActivityFile,
    NotInCharge,
    call_roll,
    close_activity,
    code_on_screen,
    confirm_list,
    list_led_activities,
    list_led_to_confirm,
    list_people_here,
    open_activity,
    own_rows,
    plan_activity,
)
from pointsbank.foundation import Outcome, Paging, Session, from_instant
from pointsbank.people import (
    TeamInTree,
    leads_team,
    list_shops,
    list_team_members,
    read_team_tree,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.activities import is_absent, read_list, read_span
from pointsbank.web.portals.office.words import ACTIVITY_STATES, ATTENDANCE_WAYS
from pointsbank.web.portals.options import shop_options, ticked_tags, words_of
from pointsbank.web.portals.volunteer.activities import get_file
from pointsbank.web.portals.volunteer.frame import OWN, me_blueprint, me_page, own_card, own_file
from pointsbank.web.qr import draw_qr, phone_address, sign_address

blueprint = me_blueprint("leading")

CONFIRM_MOST = 20


@blueprint.get("/team")
@allows(OWN)
def page() -> Any:
    """The activities of the teams that one leads: lists to confirm, then today and what follows."""
    bank, own = current_bank(), own_file()
    led: dict[str, Any] = {"volunteer_id": own.id, "now": bank.clock.instant()}
    found = list_led_activities(bank, **led, ahead=True, paging=asked_paging(10))
    return me_page(
        "team.html",
        "activities",
        own,
        found=found,
        to_confirm=list_led_to_confirm(bank, **led, paging=Paging(1, CONFIRM_MOST)),
        teams=_led(own.id),
        states=ACTIVITY_STATES,
        pager=pager_of(found),
    )


@blueprint.get("/team/past")
@allows(OWN)
def past() -> Any:
    """What those teams did before today."""
    bank, own = current_bank(), own_file()
    _led(own.id)
    found = list_led_activities(
        bank,
        volunteer_id=own.id,
        now=bank.clock.instant(),
        ahead=False,
        paging=asked_paging(20),
    )
    return me_page(
        "team_past.html",
        "activities",
        own,
        found=found,
        states=ACTIVITY_STATES,
        pager=pager_of(found),
    )


def _led(volunteer_id: int) -> list[TeamInTree]:
    """The teams that somebody is in charge of. Raises NotInCharge for who leads none."""

    def read(session: Session) -> list[TeamInTree]:
        return [
            one for one in read_team_tree(session) if leads_team(session, volunteer_id, one.team.id)
        ]

    found = current_bank().database.read(read)
    if not found:
        raise NotInCharge()
    return found


@blueprint.get("/team/new")
@allows(OWN)
def new() -> Any:
    """The form that plans an activity of one's team."""
    today = current_bank().clock.today()
    usual = {"day": today, "from": "09:00", "to": "11:00"}
    return _form_page(Form(typed={**usual, "shop": list_shops(current_bank())[0].code}))


def _form_page(form: Form) -> str:
    own = own_file()
    return me_page(
        "team_new.html",
        "activities",
        own,
        form=form,
        teams=[(one.team.number, one.team.name) for one in _led(own.id)],
        words=words_of(form, "day"),
        shop_options=shop_options(),
    )


@blueprint.post("/team/new")
@allows(OWN)
def plan() -> Any:
    """Plan it."""

    def work(typed: Typed) -> Outcome:
        begins_at, ends_at = read_span(typed)
        told: dict[str, Any] = {"begins_at": begins_at, "ends_at": ends_at}
        told |= {name: typed.text(name) for name in ("name", "place", "team", "category")}
        told |= {"shop": typed.maybe("shop"), "risk_note": typed.maybe("risk_note") or ""}
        told["tags"] = ticked_tags(typed)
        return book(plan_activity, **told)

    return submit(
        work,
        again=_form_page,
        done=lambda outcome: (
            _address(outcome.answer["activity"]),
            _("安排好了。到时候点「开放签到」。"),
        ),
    )


@blueprint.get("/team/<number>")
@allows(OWN)
def activity(number: str) -> Any:
    """One activity of one's team: open it, call the roll, confirm the list."""
    return _activity_page(number, Form())


def _activity_page(number: str, form: Form) -> str:
    bank, own = current_bank(), own_file()
    found = _led_file(number)
    people = list_people_here(bank, activity_id=found.row.id)
    ids = [one.volunteer_id for one in people]
    members = list_team_members(bank, team_id=found.row.team_id or 0)
    known = set(ids)
    others = [one for one in members if one.volunteer_id not in known]
    mine = bank.database.read(
        lambda session: own_rows(session, own.id, [*ids, *(one.volunteer_id for one in others)])
    )
    inside = [one for one in people if _is_in(one)]
    return me_page(
        "team_activity.html",
        "activities",
        own,
        form=form,
        found=found,
        to_come=[
            one
            for one in people
            if one.participant and one.participant.status == "joined" and not _is_in(one)
            if not any(stay.status in {"ended", "recorded"} for stay in one.attendances)
        ],
        others=others,
        inside=inside,
        to_confirm=[
            (one, stay) for one in people for stay in one.attendances if stay.status == "ended"
        ],
        recorded=[
            (one, stay) for one in people for stay in one.attendances if stay.status == "recorded"
        ],
        absent=[one for one in people if is_absent(one)],
        mine=mine,
        states=ACTIVITY_STATES,
        ways=ATTENDANCE_WAYS,
        now=bank.clock.instant(),
    )


def _is_in(person: Any) -> bool:
    return any(stay.status == "open" for stay in person.attendances)


def _led_file(number: str) -> ActivityFile:
    """An activity of a team that the visitor leads. Raises ActivityUnknown, NotInCharge."""
    found: ActivityFile = get_file(number)
    own = own_card().holder.partition(":")[2]

    def read(session: Session) -> bool:
        return found.row.team_id is not None and leads_team(session, int(own), found.row.team_id)

    if not current_bank().database.read(read):
        raise NotInCharge()
    return found


def _address(number: str) -> str:
    return url_for("me_leading.activity", number=number)


def _submit(number: str, work: Any, said: str) -> Any:
    return submit(
        work,
        again=lambda form: _activity_page(number, form),
        done=lambda outcome: (_address(number), said),
    )


@blueprint.get("/team/<number>/code")
@allows(OWN)
def code(number: str) -> Any:
    """The code by which telephones sign in, on the leader's own screen; new every half minute."""
    bank = current_bank()
    found, now = _led_file(number), bank.clock.instant()
    shown, until = code_on_screen(bank.keys, found.row.id, now) if found.is_open else ("", now)
    address = phone_address()
    left = (from_instant(until) - from_instant(now)).total_seconds()
    return me_page(
        "team_code.html",
        "activities",
        own_file(),
        found=found,
        code=shown,
        drawing=draw_qr(sign_address(address, number, shown)) if address and shown else None,
        seconds=int(left) + 1,
    )


@blueprint.post("/team/<number>/open")
@allows(OWN)
def open_it(number: str) -> Any:
    """Open it for signing in."""
    return _submit(
        number,
        lambda typed: book(open_activity, activity=number),
        _("开放了，现在可以签到。"),
    )


@blueprint.post("/team/<number>/close")
@allows(OWN)
def close_it(number: str) -> Any:
    """Close it; whoever is still in is counted to now."""
    return _submit(
        number,
        lambda typed: book(close_activity, activity=number),
        _("结束了。请看看名单再确认。"),
    )


@blueprint.post("/team/<number>/roll")
@allows(OWN)
def roll(number: str) -> Any:
    """Call the roll: everybody who is ticked is signed in, or out."""

    def work(typed: Typed) -> Outcome:
        present = [name.partition(":")[2] for name in typed.fields if name.startswith("here:")]
        return book(
            call_roll, activity=number, present=present, leaving=typed.maybe("way") == "out"
        )

    def done(outcome: Outcome) -> tuple[str, str]:
        called, passed = len(outcome.answer["called"]), len(outcome.answer["passed_over"])
        if passed:
            return _address(number), _("记下了 %(n)s 人，跳过 %(k)s 人。", n=called, k=passed)
        return _address(number), _("记下了 %(n)s 人。", n=called)

    return submit(work, again=lambda form: _activity_page(number, form), done=done)


@blueprint.post("/team/<number>/confirm")
@allows(OWN)
def confirm(number: str) -> Any:
    """Confirm the list; the own row and the household's are left to others."""
    return submit(
        lambda typed: book(confirm_list, activity=number, **read_list(typed)),
        again=lambda form: _activity_page(number, form),
        done=lambda outcome: (
            _address(number),
            _("确认了 %(n)s 条，交给社区认定。", n=len(outcome.answer["records"])),
        ),
    )
