"""Around the activities (活动的安排): the week, the sheet for the wall, projects, numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import (
    ActivityFile,
    begin_project,
    code_on_sheet,
    end_project,
    get_activity,
    list_activities,
    list_duties,
    list_open_sessions,
    list_people_here,
    list_projects,
    numbers_on,
)
from pointsbank.earning import list_categories, set_categories
from pointsbank.foundation import (
    Outcome,
    Paging,
    add_days,
    business_day,
    from_instant,
)
from pointsbank.foundation.cells import instant_local
from pointsbank.people import change_settings
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_day, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.words import ACTIVITY_STATES, ATTENDANCE_WAYS
from pointsbank.web.qr import draw_qr, phone_address, sign_address

blueprint = office_blueprint("activity_plans")

WEEK = 7
SHEET_ROWS = 20
SHOWN_MOST = 200
# Each number of the form, as the setting that it is, with its bounds.
NUMBERS = {
    "early": ("activity_early_minutes", 0, 240),
    "grace": ("activity_grace_minutes", 0, 240),
    "cap": ("activity_cap_minutes", 30, 1440),
    "late": ("activity_late_minutes", 1, 60),
}


@dataclass(frozen=True)
class Day:
    """A day of the week's page."""

    day: str
    weekday: str
    is_today: bool
    files: list[ActivityFile]
    legs: int


@blueprint.get("/activities/week")
@allows(*READERS)
def week() -> Any:
    """A week at a glance, from its Monday on; legs of duty as a number."""
    bank = current_bank()
    today, now = bank.clock.today(), bank.clock.instant()
    wanted = asked_day("day") or today
    first = add_days(wanted, -date.fromisoformat(wanted).weekday())
    last = add_days(first, WEEK - 1)
    found = list_activities(
        bank, now=now, since=first, until=last, duties=False, paging=Paging(1, SHOWN_MOST)
    )
    legs = list_duties(
        bank,
        since=instant_local(f"{first} 00:00"),
        until=instant_local(f"{add_days(last, 1)} 00:00"),
        now=now,
    )
    begun = [_day_of(leg.begins_at) for leg in legs]
    days = [
        Day(
            day=day,
            weekday=_weekday(day),
            is_today=day == today,
            files=[one for one in reversed(found.items) if one.day == day],
            legs=begun.count(day),
        )
        for day in (add_days(first, step) for step in range(WEEK))
    ]
    return office_page(
        "activities_week.html",
        "activities",
        days=days,
        first=first,
        before=add_days(first, -WEEK),
        after=add_days(first, WEEK),
        states=ACTIVITY_STATES,
    )


@blueprint.get("/activities/inside")
@allows(*READERS)
def inside() -> Any:
    """Everybody who is signed in now, at an activity or on duty, the longest first."""
    bank = current_bank()
    now = bank.clock.instant()
    found = list_open_sessions(bank, now=now, paging=asked_paging())
    return office_page(
        "activities_inside.html",
        "activities",
        found=found,
        ways=ATTENDANCE_WAYS,
        pager=pager_of(found),
        now=now,
    )


def _day_of(instant: str) -> str:
    return business_day(from_instant(instant))


def _weekday(day: str) -> str:
    words = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
    return str(words[date.fromisoformat(day).weekday()])


@blueprint.get("/activities/<number>/sheet")
@allows(*WRITERS)
def sheet(number: str) -> Any:
    """A sheet for the wall: whom to expect, where to sign, and the code of its day if allowed."""
    bank = current_bank()
    found = get_activity(bank, activity=number, now=bank.clock.instant())
    people = [
        one
        for one in list_people_here(bank, activity_id=found.row.id)
        if one.participant and one.participant.status == "joined"
    ]
    code = ""
    if found.row.sheet_code:
        code = code_on_sheet(bank.keys, found.row.id, found.day)
    address = phone_address()
    drawing = draw_qr(sign_address(address, number, code)) if address and code else None
    return office_page(
        "activity_sheet.html",
        "activities",
        found=found,
        people=people,
        shop_name=current_shop().name,
        code=code,
        drawing=drawing,
        day=found.day,
        blank=range(max(4, SHEET_ROWS - len(people))),
    )


# --------------------------------------------------------------- projects, categories, numbers


@blueprint.get("/activities/settings")
@allows(*WRITERS)
def settings() -> Any:
    """Projects, the list of categories, and how long clocks run."""
    return _settings_page(Form())


def _settings_page(form: Form) -> str:
    bank = current_bank()
    categories = list_categories(bank)
    return office_page(
        "activity_settings.html",
        "activities",
        form=form,
        projects=list_projects(bank),
        categories=categories,
        category_options=[(one, one) for one in categories],
        numbers=bank.database.read(lambda session: numbers_on(session, bank.clock.today())),
        is_admin="admin" in current_visitor().roles,
    )


def _submit(work: Any, said: str) -> Any:
    return submit(
        work,
        again=_settings_page,
        done=lambda outcome: (url_for("office_activity_plans.settings"), said),
    )


@blueprint.post("/activities/projects")
@allows(*WRITERS)
def begin() -> Any:
    """Begin a project."""

    def work(typed: Typed) -> Outcome:
        return book(
            begin_project,
            name=typed.text("name"),
            category=typed.text("category"),
            about=typed.maybe("about") or "",
        )

    return _submit(work, _("立项了，安排活动时可以选它。"))


@blueprint.post("/activities/projects/<number>/end")
@allows(*WRITERS)
def finish(number: str) -> Any:
    """End a project."""
    return _submit(lambda typed: book(end_project, project=number), _("结项了。"))


@blueprint.post("/activities/categories")
@allows("admin")
def categories() -> Any:
    """Write the list of categories anew."""

    def work(typed: Typed) -> Outcome:
        names = [line.strip() for line in typed.text("names").splitlines() if line.strip()]
        return book(set_categories, names=names)

    return _submit(work, _("记下了。以前的记录还写着以前的类别。"))


@blueprint.post("/activities/numbers")
@allows("admin")
def numbers() -> Any:
    """Change how early, how late and how long, from today on."""

    def work(typed: Typed) -> Outcome:
        changes = {
            setting: typed.whole(name, least, most)
            for name, (setting, least, most) in NUMBERS.items()
        }
        return book(change_settings, changes=changes)

    return _submit(work, _("记下了，从今天起用。"))
