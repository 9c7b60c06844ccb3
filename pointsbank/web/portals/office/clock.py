"""The clock (时钟) and the nights (夜间工作): is the date right, and what was done by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import (
    confirm_clock,
    duty_time,
    from_instant,
    look_at_clock,
    read_clock_trail,
    read_duty_states,
    set_duty_time,
    to_minute,
)
from pointsbank.jobs import DUTIES
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.words import duty_word

blueprint = office_blueprint("clock")


@blueprint.get("/clock")
@allows(*READERS)
def page() -> Any:
    """What the clock shows, what the books know, and what the nights have done."""
    return _page(Form())


def _page(form: Form) -> str:
    bank = current_bank()
    look_at_clock(bank)
    now, trail = bank.clock.moment(), read_clock_trail(bank)
    states, at = bank.database.read(lambda session: (read_duty_states(session), duty_time(session)))
    return office_page(
        "clock.html",
        "devices",
        form=form,
        seen=bank.clock.instant(),
        shown=to_minute(now),
        day=date.fromisoformat(bank.clock.today()),
        known=to_minute(from_instant(trail.known)) if trail.known else None,
        doubt=bank.clock.doubt,
        duties=[(duty_word(duty.name), states.get(duty.name)) for duty in DUTIES],
        at=at,
    )


@blueprint.post("/clock/right")
@allows(*WRITERS)
def right() -> Any:
    """Say that the date is right; whoever says so has it before their eyes."""
    done = submit(
        lambda typed: book(confirm_clock, seen=typed.text("seen")),
        again=_page,
        done=lambda outcome: (
            url_for("office_clock.page"),
            _("记下了：日期是对的。自助机接着办。"),
        ),
    )
    look_at_clock(current_bank())
    return done


@blueprint.post("/clock/nights")
@allows(*WRITERS)
def nights() -> Any:
    """Set the time at which the nights' work begins."""
    return submit(
        lambda typed: book(set_duty_time, at=typed.text("at")),
        again=_page,
        done=lambda outcome: (
            url_for("office_clock.page"),
            _("记下了，每天 %(at)s 开始。", at=outcome.answer["at"]),
        ),
    )
