"""Leaving and being forgotten (退出、注销): two acts, each with a sentence and a box of its own."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Operation, Outcome
from pointsbank.people import (
    erase_volunteer,
    get_standing,
    get_volunteer_file,
    see_off_volunteer,
    take_back_volunteer,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.volunteer_forms import RELATION_WORDS, placed, read_helper

blueprint = office_blueprint("leaving")


@blueprint.get("/volunteers/<number>/leave")
@allows(*WRITERS)
def page(number: str) -> Any:
    """What leaving means and what being forgotten means, side by side."""
    return _page(number, Form())


def _page(number: str, form: Form) -> str:
    bank = current_bank()
    volunteer = get_volunteer_file(bank, number=number)
    return office_page(
        "volunteer_leave.html",
        "volunteers",
        form=placed(form),
        person_file=volunteer,
        standing=get_standing(bank, volunteer_id=volunteer.id),
        relations=RELATION_WORDS,
    )


def _do(number: str, verb: Operation[Any], box: str | None, said: str) -> Any:
    def work(typed: Typed) -> Outcome:
        if box is not None:
            typed.confirmed(box)
        return book(verb, number=number, helper=read_helper(typed))

    return submit(
        work,
        again=lambda form: _page(number, form),
        done=lambda outcome: (url_for("office_volunteers.person", number=number), said),
    )


@blueprint.post("/volunteers/<number>/leave")
@allows(*WRITERS)
def leave(number: str) -> Any:
    """Somebody leaves; file and points stay."""
    said = _("退出办好了，卡停用了。档案和积分都还在，回来可以恢复。")
    return _do(number, see_off_volunteer, "leaves", said)


@blueprint.post("/volunteers/<number>/return")
@allows(*WRITERS)
def come_back(number: str) -> Any:
    """Somebody who left is back."""
    said = _("恢复登记了，积分照旧。原来的卡要解挂，丢了就补一张。")
    return _do(number, take_back_volunteer, None, said)


@blueprint.post("/volunteers/<number>/erase")
@allows(*WRITERS)
def erase(number: str) -> Any:
    """Everything personal goes; the books stay whole."""
    return _do(number, erase_volunteer, "erases", _("注销了，个人信息已删除，账目不变。"))
