"""What an hour is worth (积分标准), with a preview of what a patrol gives and a bottle costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from pointsbank.earning import (
    Rulebook,
    Served,
    is_anything_earned,
    may_start_in_past,
    plain_document,
    read_rulebook,
    set_rulebook,
    work_out,
)
from pointsbank.foundation import InvariantBroken, Outcome, PointsBankError
from pointsbank.foundation.cells import narrow
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.currency import in_currency
from pointsbank.web.errors import status_of
from pointsbank.web.i18n import current_language
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.setup.frame import CHANGERS, VIEWERS, blueprint, setup_page
from pointsbank.web.portals.setup.state import State, read_state
from pointsbank.web.portals.setup.steps import neighbours

PATROL_MINUTES = 120
RATE_MOST = 1000
# Days before any that somebody brings along on a list.
FROM_THE_BEGINNING = "2000-01-01"
SHOWN_MOST = 4


@dataclass(frozen=True)
class Preview:
    """What a rate means: the patrol's points and working, and hours for each of some goods."""

    points_per_hour: int
    counts_manual: bool
    patrol: int
    working: str
    by_hand: int
    goods: list[tuple[str, int, str]]
    are_examples: bool


@blueprint.get("/rate")
@allows(*VIEWERS)
def rate() -> Any:
    """What an hour is worth now, and what that means."""
    return _page(Form())


@blueprint.post("/rate")
@allows(*CHANGERS)
def set_rate() -> Any:
    """Show what a rate would mean; pressed again, decide on it."""
    typed = Typed()
    if typed.maybe("step") == "decide":
        return submit(_decide, again=_page, done=_decided)
    form = Form(typed=typed.fields)
    try:
        _read(typed)
    except InvariantBroken:
        raise
    except PointsBankError as refusal:
        return _page(Form.of(refusal, typed)), int(status_of(refusal))
    return _page(form)


def _page(form: Form) -> str:
    state = read_state(current_bank())
    now = state.points_per_hour if state.book else 10
    asked = narrow(str(form.value("points_per_hour", now)))
    manual = form.value("counts_manual", "1" if state.book and state.book.earns("manual") else "0")
    points = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0
    shown = preview(state, points, manual == "1") if 0 < points <= RATE_MOST else None
    return setup_page(
        "rate",
        form,
        preview=shown,
        manual=manual,
        now=now,
        first=may_start_in_past(current_bank()),
        elsewhere=is_anything_earned(current_bank()) or not is_plain(state.book),
    )


def is_plain(kept: Rulebook | None) -> bool:
    """Whether this step can say the whole of a rulebook's rate: so many points an hour."""
    if kept is None:
        return True
    plain = read_rulebook(document_of(kept, int(kept.hourly or 0), kept.earns("manual")))
    return (plain.rates, plain.sources) == (kept.rates, kept.sources)


def preview(state: State, points_per_hour: int, counts_manual: bool) -> Preview:
    """What this rate would mean for a patrol of two hours and for goods of this shop."""
    made = read_rulebook(document_of(state.book, points_per_hour, counts_manual))
    patrol = work_out(made, Served(PATROL_MINUTES, "sign_in", state.today))
    by_hand = work_out(made, Served(PATROL_MINUTES, "manual", state.today))
    dearest = sorted(state.goods, key=lambda one: -one.price_points)[:SHOWN_MOST]
    # Before there are goods: what a shop of this kind usually begins with.
    usual = [(_("洗衣液"), 230), (_("香皂"), 30)]
    goods = [(state.name_of(one), one.price_points) for one in dearest] or usual
    return Preview(
        points_per_hour,
        counts_manual,
        patrol.points,
        in_currency(patrol.en if current_language() == "en" else patrol.zh, current_language()),
        by_hand.points,
        [(name, price, in_hours_of(price, points_per_hour)) for name, price in goods],
        not dearest,
    )


def document_of(kept: Rulebook | None, points: int, counts_manual: bool) -> dict[str, Any]:
    """The rulebook in force with another rate for an hour; all else in it stays."""
    plain = plain_document(points, counts_manual=counts_manual)
    if kept is None:
        return plain
    return kept.to_document() | {"rates": plain["rates"], "sources": plain["sources"]}


def in_hours_of(price_points: int, points_per_hour: int) -> str:
    """How many hours of service a price is, with one decimal where it needs one.

    >>> in_hours_of(230, 10), in_hours_of(15, 10)
    ('23', '1.5')
    """
    return f"{price_points / points_per_hour:.1f}".removesuffix(".0")


def _read(typed: Typed) -> dict[str, Any]:
    bank = current_bank()
    points = typed.whole("points_per_hour", 1, RATE_MOST)
    starts_on = FROM_THE_BEGINNING if may_start_in_past(bank) else typed.day("starts_on")
    typed.reading = "starts_on"
    counts_manual = typed.fields.get("counts_manual") == "1"
    return {
        "document": document_of(read_state(bank).book, points, counts_manual),
        "starts_on": starts_on or bank.clock.today(),
    }


def _decide(typed: Typed) -> Outcome:
    return book(set_rulebook, **_read(typed))


def _decided(outcome: Outcome) -> tuple[str, str]:
    after = neighbours("rate")[1]
    said = _("定了，这是第 %(n)s 版标准。", n=outcome.answer["version"])
    return after.href if after else "", said
