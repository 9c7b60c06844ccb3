"""Rotas (排班): the board that shows who is missing, the month, and two who swap."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.activities import (
    DutyLeg,
    begin_rota,
    change_rota_members,
    end_rota,
    generate_duties,
    get_rota,
    list_duties,
    list_rotas,
    swap_duty,
)
from pointsbank.activities import later as minutes_later
from pointsbank.foundation import Outcome, Session, add_days
from pointsbank.foundation.cells import instant_local
from pointsbank.people import get_team, list_team_members
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_day
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.people_found import one_person
from pointsbank.web.portals.office.words import DUTY_STATES
from pointsbank.web.portals.options import shop_options, team_options, ticked_tags, words_of

blueprint = office_blueprint("rotas")

SLOT_ROWS = 4
ROUNDS = (("早巡", "06:00", "08:00"), ("晚巡", "20:00", "22:00"))
GATE = (("夜班", "00:00", "08:00"), ("白班", "08:00", "16:00"), ("晚班", "16:00", "00:00"))
DAYS_SHOWN = 7
DAY_MINUTES = 24 * 60


@blueprint.get("/rotas")
@allows(*READERS)
def page() -> Any:
    """The board: what runs now and through the day, asked again every half minute."""
    bank = current_bank()
    now = bank.clock.instant()
    legs = list_duties(
        bank, since=minutes_later(now, -120), until=minutes_later(now, DAY_MINUTES), now=now
    )
    return office_page(
        "rotas.html",
        "activities",
        rotas=list_rotas(bank),
        running=[leg for leg in legs if leg.begins_at <= now < leg.ends_at],
        before=[leg for leg in legs if leg.ends_at <= now],
        coming=[leg for leg in legs if leg.begins_at > now],
        states=DUTY_STATES,
        now=now,
    )


@blueprint.get("/rotas/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that begins a rota: rounds, or a gate day and night."""
    is_gate = asked("kind") == "gate"
    typed: dict[str, str] = {"people_each": "3", "rest_hours": "8", "category": "平安综治"}
    for place, (name, begins, ends) in enumerate(GATE if is_gate else ROUNDS):
        typed |= {f"name{place}": name, f"from{place}": begins, f"to{place}": ends}
    if is_gate:
        typed["around_clock"] = "yes"
    return _form_page(Form(typed=typed))


def _form_page(form: Form) -> str:
    return office_page(
        "rota_new.html",
        "activities",
        form=form,
        rows=range(SLOT_ROWS),
        words=words_of(form),
        team_options=team_options(),
        shop_options=shop_options(),
    )


@blueprint.post("/rotas/new")
@allows(*WRITERS)
def begin() -> Any:
    """Begin it; its legs are generated on its own page."""

    def work(typed: Typed) -> Outcome:
        team = typed.maybe("team")
        told: dict[str, Any] = {
            "name": typed.text("name"),
            "category": typed.text("category"),
            "place": typed.text("place"),
            "slots": _slots(typed),
            "members": _members(typed, team),
        }
        return book(
            begin_rota,
            **told,
            team=team,
            shop=typed.maybe("shop"),
            tags=ticked_tags(typed),
            people_each=typed.whole("people_each", 1, 20),
            rest_hours=typed.whole("rest_hours", 0, 24),
            around_clock=typed.ticked("around_clock"),
        )

    return submit(
        work,
        again=_form_page,
        done=lambda outcome: (
            _address(outcome.answer["rota"]),
            _("排班建好了。下面选日子，生成班次。"),
        ),
    )


def _slots(typed: Typed) -> list[list[Any]]:
    """The rows of slots that are filled in; what ends before it begins ends on the next day."""
    found: list[list[Any]] = []
    for place in range(SLOT_ROWS):
        begins, ends = typed.maybe(f"from{place}"), typed.maybe(f"to{place}")
        if begins and ends:
            minutes = (_minute(ends) - _minute(begins)) % DAY_MINUTES or DAY_MINUTES
            found.append([typed.maybe(f"name{place}") or "", begins, minutes])
    return found


def _minute(told: str) -> int:
    hours, _colon, minutes = told.partition(":")
    return int(hours) * 60 + int(minutes) if hours.isdigit() and minutes.isdigit() else 0


def _members(typed: Typed, team: str | None) -> list[str]:
    """Who is on it: a line each, by name or number; nothing means everybody of the team."""
    lines = [line.strip() for line in (typed.maybe("members") or "").splitlines()]
    named = [line for line in lines if line]
    if not named and team:

        def read(session: Session) -> int:
            return get_team(session, team).id

        bank = current_bank()
        members = list_team_members(bank, team_id=bank.database.read(read))
        return [one.number for one in members]
    typed.reading = "members"
    found = [one_person(line.split()[0]).number for line in named]
    typed.reading = None
    return found


@blueprint.get("/rotas/<number>")
@allows(*READERS)
def rota(number: str) -> Any:
    """One rota: its week, its people, and the next days to generate."""
    return _rota_page(number, Form())


def _rota_page(number: str, form: Form) -> str:
    bank = current_bank()
    found = get_rota(bank, rota=number)
    today, now = bank.clock.today(), bank.clock.instant()
    first = asked_day("from") or today
    legs = _legs(found.row.id, first, DAYS_SHOWN)
    following = add_days(found.last_day, 1) if found.last_day else today
    start = max(following, today)
    return office_page(
        "rota.html",
        "activities",
        form=form,
        rota=found,
        legs=legs,
        first=first,
        before=add_days(first, -DAYS_SHOWN),
        after=add_days(first, DAYS_SHOWN),
        start=start,
        end_day=add_days(start, 29),
        others=[leg for leg in _legs(found.row.id, today, 31) if leg.begins_at > now],
        states=DUTY_STATES,
        now=now,
    )


def _legs(rota_id: int, first: str, days: int) -> list[DutyLeg]:
    bank = current_bank()
    return list_duties(
        bank,
        since=instant_local(f"{first} 00:00"),
        until=instant_local(f"{add_days(first, days)} 00:00"),
        now=bank.clock.instant(),
        rota_id=rota_id,
    )


def _address(number: str) -> str:
    return url_for("office_rotas.rota", number=number)


def _submit(number: str, work: Any, said: Any) -> Any:
    return submit(
        work,
        again=lambda form: _rota_page(number, form),
        done=lambda outcome: (
            _address(number),
            said(outcome) if callable(said) else said,
        ),
    )


@blueprint.post("/rotas/<number>/generate")
@allows(*WRITERS)
def generate(number: str) -> Any:
    """Generate the legs of some days; those that are there stay."""

    def work(typed: Typed) -> Outcome:
        today = current_bank().clock.today()
        first, last = typed.day("first") or today, typed.day("last") or today
        return book(generate_duties, rota=number, first=first, last=last)

    return _submit(number, work, lambda outcome: _("生成了 %(n)s 个班。", n=outcome.answer["legs"]))


@blueprint.post("/rotas/<number>/members")
@allows(*WRITERS)
def members(number: str) -> Any:
    """Write anew who is on it; what is generated stays."""

    def work(typed: Typed) -> Outcome:
        return book(change_rota_members, rota=number, members=_members(typed, None))

    return _submit(number, work, _("改好了。已经生成的班不变。"))


@blueprint.post("/rotas/<number>/swap")
@allows(*WRITERS)
def swap(number: str) -> Any:
    """Two swap their legs, or one takes another's place."""

    def work(typed: Typed) -> Outcome:
        activity, giver = typed.text("activity"), typed.text("number")
        other, _bar, taker = (typed.maybe("with") or "").partition("|")
        if not other:
            who = typed.text("who")
            typed.reading = "who"
            other, taker = activity, one_person(who).number
            typed.reading = None
        return book(
            swap_duty,
            activity=activity,
            number=giver,
            with_activity=other,
            with_number=taker,
        )

    return _submit(number, work, _("换好了。"))


@blueprint.post("/rotas/<number>/end")
@allows(*WRITERS)
def end(number: str) -> Any:
    """End a rota; generated legs stay."""

    def work(typed: Typed) -> Outcome:
        typed.confirmed("ends")
        return book(end_rota, rota=number)

    return _submit(number, work, _("停了，已经生成的班还在。"))
