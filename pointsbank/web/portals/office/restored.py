"""After a restore (恢复以后): what an older copy lets in again, to be ended or found right.

The books cannot tell what was ended after the backup. So everything that opens a door is listed
once; cards, which are too many, are looked up by the number that the list of lost ones has.
"""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Bank, Outcome, Paging
from pointsbank.people import (
    RoleMissing,
    block_badge,
    block_card,
    disable_staff,
    list_cards_ending,
    list_desk_cards,
    list_staff,
    revoke_device,
)
from pointsbank.safekeeping import (
    AliveAgain,
    LookUnknown,
    list_seen_tails,
    look_restored,
    read_alive_again,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import (
    WRITERS,
    office_blueprint,
    office_page,
    role_word_of,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import STANDS_BY_AS

blueprint = office_blueprint("restored")

CARDS_SHOWN = 10


@blueprint.get("/restored")
@allows(*WRITERS)
def page() -> Any:
    """Everything that is alive again, what was looked at and what was not."""
    return _page(Form())


def _page(form: Form) -> Any:
    bank = current_bank()
    alive = read_alive_again(bank)
    if alive is None:
        return redirect(url_for("office_backup.page"))
    search = asked("card") or ""
    found = list_desk_cards(bank, search=search, paging=Paging(1, CARDS_SHOWN)) if search else None
    lookers = [one.by for one in alive.looks.values()]
    return office_page(
        "restored.html",
        "backup",
        form=form,
        alive=alive,
        people={one.id: one for one in list_staff(bank)},
        role=lambda one: role_word_of(frozenset(one.roles)),
        stands_as=STANDS_BY_AS,
        own=current_visitor().staff_id,
        is_admin="admin" in current_visitor().roles,
        search=search,
        cards=found.items if found else [],
        strangers=_strangers(bank),
        names=bank.database.read(lambda session: names_for(session, holders=lookers)),
    )


def _strangers(bank: Bank) -> list[str]:
    """The ends of cards that kiosks know and these books do not: issued after the backup.

    Whoever got a new card had an old one, and that one is alive again.
    """
    tails = list_seen_tails(bank)
    known = list_cards_ending(bank, tails=tails)
    return [f"····{tail}" for tail in tails if tail not in known]


@blueprint.post("/restored/look")
@allows(*WRITERS)
def look() -> Any:
    """Say of one thing that it is right."""
    return _submit(
        lambda typed: book(look_restored, what=typed.text("what")), _("记下了，这一样没问题。")
    )


@blueprint.post("/restored/end")
@allows(*WRITERS)
def end() -> Any:
    """End what must not be alive: a login, a badge, a device, a card."""

    def work(typed: Typed) -> Outcome:
        kind, _colon, number = typed.text("what").partition(":")
        alive = read_alive_again(current_bank())
        if alive is None or not (number.isascii() and number.isdigit()):
            raise LookUnknown()
        if kind == "card":
            return book(block_card, short_number=number, reason="other")
        return _end_one(alive, kind, int(number))

    return _submit(work, _("停用了。"))


def _end_one(alive: AliveAgain, kind: str, number: int) -> Outcome:
    logins = {one.id: one.login for one in list_staff(current_bank())}
    if kind == "device":
        return book(revoke_device, device_id=number)
    if kind == "badge" and number in logins:
        return book(block_badge, login=logins[number])
    if kind == "staff" and number in {one.id for one in alive.staff}:
        if "admin" not in current_visitor().roles:
            raise RoleMissing(needed="admin")
        return book(disable_staff, login=logins[number])
    raise LookUnknown()


def _submit(work: Any, said: str) -> Any:
    return submit(work, again=_page, done=lambda outcome: (url_for("office_restored.page"), said))
