"""To tell (要告诉的): who has waited long for news, to be called or told at the desk."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from pointsbank.foundation import (
    Bank,
    Outcome,
    PointsBankError,
    from_instant,
    to_instant,
)
from pointsbank.people import (
    PersonToTell,
    get_volunteer_file,
    list_people_to_tell,
    show_phone,
    tell_by_worker,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.errors import status_of
from pointsbank.web.news_words import news_sentence
from pointsbank.web.portals.addresses import address, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import READERS, WRITERS, office_blueprint, office_page
from pointsbank.web.portals.office.words import TELLING_WAYS

blueprint = office_blueprint("tell")

# Whoever has not been to a kiosk for so many days is called, unless another number is chosen.
DAYS = 14
CHOICES = ("3", "7", "14", "30")
_ID = re.compile("[0-9]{1,18}", re.ASCII)


def waiting_before(bank: Bank, days: int = DAYS) -> str:
    """The instant so many days ago: what is older waits for a call."""
    return to_instant(from_instant(bank.clock.instant()) - timedelta(days=days))


@blueprint.get("/tell")
@allows(*READERS)
def page() -> Any:
    """Who has waited for so many days to be told something, the longest first."""
    return _page(Form())


def _page(form: Form, shown: tuple[str, str] | None = None) -> str:
    """The list; `shown` is the one telephone that somebody has just asked for."""
    bank = current_bank()
    days = asked_of("days", CHOICES) or str(DAYS)
    found = list_people_to_tell(bank, before=waiting_before(bank, int(days)), paging=asked_paging())
    return office_page(
        "tell.html",
        "volunteers",
        form=form,
        found=found,
        days=days,
        choices=[
            (_("%(n)s 天以上", n=one), address("/office/tell", days=one), one == days)
            for one in CHOICES
        ],
        says={one.number: _sentences(one) for one in found.items},
        ids={one.number: _ids(one) for one in found.items},
        shown=shown,
        ways=TELLING_WAYS,
        pager=pager_of(found),
        here_address=_here(),
    )


def _sentences(person: PersonToTell) -> list[str]:
    return [news_sentence(line) for line in person.lines]


def _ids(person: PersonToTell) -> str:
    return " ".join(str(one) for line in person.lines for one in line.ids)


def _here() -> str:
    kept = {name: request.args.get(name, "")[:10] for name in ("days", "page")}
    return address("/office/tell", **kept)


def _back(number: str) -> str:
    """To the list, or to the file of whoever stands at the desk."""
    if request.form.get("beside"):
        return url_for("office_volunteers.person", number=number)
    return _here()


@blueprint.post("/tell/<number>/phone")
@allows(*WRITERS)
def reveal(number: str) -> Any:
    """Show one telephone, once it is written down who looked."""
    try:
        book(show_phone, number=number)
    except PointsBankError as refusal:
        return _page(Form.of(refusal)), int(status_of(refusal))
    phone = get_volunteer_file(current_bank(), number=number).phone or ""
    return _page(Form(), (number, phone))


@blueprint.post("/tell/<number>")
@allows(*WRITERS)
def told(number: str) -> Any:
    """Note that somebody has been told what stood there, by telephone or at the desk."""

    def work(typed: Typed) -> Outcome:
        ids = [int(one) for one in typed.text("news").split() if _ID.fullmatch(one)]
        how = "phone" if typed.maybe("how") == "phone" else "desk"
        return book(tell_by_worker, number=number, how=how, news=ids)

    return submit(
        work,
        again=_page,
        done=lambda outcome: (
            _back(number),
            _("记下了：%(n)s 件事告诉过了。", n=outcome.answer["told"]),
        ),
    )
