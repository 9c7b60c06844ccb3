"""What stands around every page of the set-up: the steps beside it, the way back and forward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Operation, Outcome
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import office_page
from pointsbank.web.portals.setup.left import note_step
from pointsbank.web.portals.setup.state import State, read_state
from pointsbank.web.portals.setup.steps import STEPS, neighbours

# Names and numbers are an admin's; whatever is tried, a worker may try.
CHANGERS = ("admin",)
VIEWERS = ("worker", "admin")

blueprint = Blueprint("office_setup", __name__, url_prefix="/office/setup")


def setup_page(code: str, form: Form | None = None, /, **context: Any) -> str:
    """The page of a step, with how far everything has come."""
    note_step(code)
    state = read_state(current_bank())
    before, after = neighbours(code)
    codes = [step.code for step in STEPS]
    return office_page(
        f"setup/{code}.html",
        "settings",
        form=form or Form(),
        state=state,
        step=STEPS[codes.index(code)],
        place=codes.index(code) + 1,
        steps=steps_of(state, here=code),
        before=before,
        after=after.href if after else url_for("office_setup.page"),
        may_change=bool(current_visitor().roles & set(CHANGERS)),
        **context,
    )


def steps_of(state: State, here: str | None = None) -> list[dict[str, Any]]:
    """All steps as a list beside a page."""
    return [
        {
            "word": step.word,
            "href": step.href,
            "done": step.is_done(state),
            "must": step.must,
            "here": step.code == here,
        }
        for step in STEPS
    ]


def change(
    code: str,
    verb: Operation[Any],
    read: Callable[[Typed], dict[str, Any]],
    said: str | None = None,
    *,
    page: Callable[[Form], str] | None = None,
) -> Any:
    """Save what a step asks and go on to the next one; a refusal comes back on its page.

    `page` shows the step once more where it needs more than its form.
    """

    def work(typed: Typed) -> Outcome:
        return book(verb, **read(typed))

    return submit(
        work,
        again=page or (lambda form: setup_page(code, form)),
        done=lambda outcome: (_next(code), said or _("记下了。")),
    )


def _next(code: str) -> str:
    after = neighbours(code)[1]
    return after.href if after else url_for("office_setup.page")
