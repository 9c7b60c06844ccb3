"""Families in need (困难家庭): a number, a card, nothing else; who they are stands in no book."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.people import end_family, issue_card, list_families, register_family
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.words import CARD_STATES

blueprint = office_blueprint("families")


@blueprint.get("/families")
@allows(*READERS)
def page() -> Any:
    """All families by their numbers, with the cards that they hold."""
    return _page(Form())


def _page(form: Form) -> str:
    return office_page(
        "families.html",
        "volunteers",
        form=form,
        families=list_families(current_bank()),
        card_states=CARD_STATES,
    )


@blueprint.post("/families")
@allows(*WRITERS)
def register() -> Any:
    """Register one more family; nothing is asked."""
    return submit(
        lambda typed: book(register_family),
        again=_page,
        done=lambda outcome: (
            url_for("office_families.page"),
            _(
                "登记好了：%(label)s，编号 %(number)s。请把编号记在纸上的名册里。",
                label=outcome.answer["label"],
                number=outcome.answer["number"],
            ),
        ),
    )


@blueprint.post("/families/<number>/card")
@allows(*WRITERS)
def issue(number: str) -> Any:
    """Issue a family's card; it looks like any other."""
    return submit(
        lambda typed: book(issue_card, number=number),
        again=_page,
        done=lambda outcome: (url_for("office_families.page"), _("发卡了，可以打印。")),
    )


@blueprint.post("/families/<number>/end")
@allows(*WRITERS)
def end(number: str) -> Any:
    """Close a family's account; its points stay in the books."""

    def work(typed: Typed) -> Any:
        typed.confirmed("ends")
        return book(end_family, number=number)

    return submit(
        work,
        again=_page,
        done=lambda outcome: (
            url_for("office_families.page"),
            _("停用了，这张卡不能再用；账上的积分不动。"),
        ),
    )
