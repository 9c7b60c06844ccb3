"""The calendar (放假安排): a year at a glance, its holidays and make-up days ticked by a worker."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from pointsbank.earning import (
    HolidayRow,
    YearCalendar,
    is_weekend,
    list_calendars,
    read_holiday_list,
    settle_calendar,
)
from pointsbank.foundation import Outcome
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.i18n import current_language
from pointsbank.web.portals.addresses import asked
from pointsbank.web.portals.forms import FieldMissing, Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.names import names_for

blueprint = office_blueprint("calendar")

FILE_BYTES_MOST = 200_000


@blueprint.get("/calendar")
@allows(*READERS)
def page() -> Any:
    """A year: this one, or the one that is asked for."""
    text = asked("year") or ""
    first, last = _years()
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else first + 1
    return _year_page(min(max(year, first), last))


def _years() -> tuple[int, int]:
    """The years that are worth a calendar: from the last one to the one after next."""
    this = int(current_bank().clock.today()[:4])
    return this - 1, this + 2


def _refuse_far(year: int) -> None:
    """A year that no page offers has no address either."""
    first, last = _years()
    if not first <= year <= last:
        abort(404)


def _year_page(year: int, form: Form | None = None) -> str:
    bank = current_bank()
    calendars = {one.year: one for one in list_calendars(bank)}
    this = int(bank.clock.today()[:4])
    found = calendars.get(year)
    form = form or Form()
    ticked = _ticked(form) or {one.day for one in _told(found) if _is_ticked(one)}
    return office_page(
        "calendar.html",
        "notices",
        form=form,
        year=year,
        years=[(one, one in calendars) for one in sorted({this, this + 1, year, *calendars})],
        found=found,
        months=[_month(year, month, ticked, found) for month in range(1, 13)],
        off=sum(one.kind == "off" for one in _told(found)),
        work=sum(one.kind == "work" for one in _told(found)),
        names=bank.database.read(
            lambda session: names_for(session, holders=[found.settled_by if found else None])
        ),
    )


def _told(found: YearCalendar | None) -> tuple[HolidayRow, ...]:
    return found.days if found else ()


def _is_ticked(one: HolidayRow) -> bool:
    """Whether a day is not what its weekday says: only such days are ticked."""
    return (one.kind == "work") is is_weekend(one.day)


def _ticked(form: Form) -> set[str]:
    return {name.removeprefix("day-") for name in form.typed if name.startswith("day-")}


def _month(year: int, month: int, ticked: set[str], found: YearCalendar | None) -> dict[str, Any]:
    """A month as weeks of days; days of other months are None."""
    named = {one.day: one for one in _told(found)}
    weeks = [
        [
            None
            if not number
            else {
                "day": (day := date(year, month, number).isoformat()),
                "number": number,
                "weekend": is_weekend(day),
                "ticked": day in ticked,
                "name": named[day].name if day in named else "",
                "holiday": day in named and named[day].kind == "off",
            }
            for number in week
        ]
        for week in months.monthcalendar(year, month)
    ]
    name = _("%(n)s 月", n=month) if current_language() == "zh-CN" else months.month_name[month]
    return {"name": name, "weeks": weeks}


@blueprint.post("/calendar/<int:year>")
@allows(*WRITERS)
def settle(year: int) -> Any:
    """Keep what was ticked: a weekday is a day off, a weekend's day is one of work."""
    _refuse_far(year)

    def work(typed: Typed) -> Outcome:
        before = next((one for one in list_calendars(current_bank()) if one.year == year), None)
        names = {one.day: one.name for one in _told(before)}
        ticked = sorted(name.removeprefix("day-") for name in typed.fields if name[:4] == "day-")
        days = {day: "work" if _on_weekend(day) else "off" for day in ticked}
        # Weekends within a holiday are off anyway; they stay named as they were.
        there = _told(before) if days else ()
        days |= {one.day: one.kind for one in there if not _is_ticked(one) and one.day not in days}
        told = [(day, kind, names.get(day, "")) for day, kind in sorted(days.items())]
        return book(settle_calendar, year=year, days=told)

    return submit(
        work,
        again=lambda form: _year_page(year, form),
        done=lambda outcome: (
            url_for("office_calendar.page", year=year),
            _("%(year)s 年的放假安排记下了。", year=year),
        ),
    )


def _on_weekend(day: str) -> bool:
    """Whether a ticked day is a weekend's; what is no day at all is refused where it is kept."""
    try:
        return is_weekend(day)
    except ValueError:
        return False


@blueprint.post("/calendar/<int:year>/file")
@allows(*WRITERS)
def take_file(year: int) -> Any:
    """Take a year's list from a file of JSON."""
    _refuse_far(year)

    def work(typed: Typed) -> Outcome:
        typed.reading = "file"
        sent = request.files.get("file")
        if sent is None or not sent.filename:
            raise FieldMissing()
        text = sent.stream.read(FILE_BYTES_MOST).decode("utf-8-sig", errors="replace")
        rows = read_holiday_list(text)
        days = [(one.day, one.kind, one.name) for one in rows]
        return book(settle_calendar, year=year, days=days)

    return submit(
        work,
        again=lambda form: _year_page(year, form),
        done=lambda outcome: (
            url_for("office_calendar.page", year=year),
            _(
                "%(year)s 年的放假安排收下了，%(n)s 天。请和公布的通知核对一遍。",
                year=year,
                n=outcome.answer["days"],
            ),
        ),
    )
