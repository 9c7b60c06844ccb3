"""What waits for a second person (等第二个人): proposed by one, confirmed by another later on.

The other one confirms by an own login, or beside the screen by badge and PIN; whoever proposed it
may take it back. What is booked is the act itself, with the values that were proposed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.cases import confirm_reverse
from pointsbank.charity import approve_grant, take_back_grant
from pointsbank.earning import end_undated, set_rulebook, void_record
from pointsbank.foundation import Bank, Caller, Operation, Outcome, Paging
from pointsbank.inventory import adjust_stock, set_price, settle_recount
from pointsbank.people import (
    ProposalRow,
    decline_proposal,
    get_proposal,
    list_proposals,
    withdraw_proposal,
)
from pointsbank.redemption import enter_late, take_back_late
from pointsbank.safekeeping import enter_missing
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.addresses import asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.beside import Beside
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.proposal_words import shown_of
from pointsbank.web.portals.office.words import PROPOSAL_STATES

blueprint = office_blueprint("proposals")

# Each act that may wait, by its name in the table of second persons, and the verb that does it.
VERBS: Mapping[str, Operation[Any]] = {
    "cases.reverse": confirm_reverse,
    "charity.approve_grant": approve_grant,
    "charity.take_back_grant": take_back_grant,
    "earning.set_rulebook": set_rulebook,
    "earning.end_undated": end_undated,
    "earning.void_record": void_record,
    "inventory.set_price": set_price,
    "inventory.settle_recount": settle_recount,
    "inventory.adjust_stock": adjust_stock,
    "redemption.enter_late": enter_late,
    "redemption.take_back_late": take_back_late,
    "safekeeping.enter_missing": enter_missing,
}


@blueprint.get("/proposals")
@allows(*READERS)
def page() -> Any:
    """What waits, the oldest first; or what was decided, the newest first."""
    bank, decided = current_bank(), asked_of("state", ("decided",)) is not None
    found = list_proposals(bank, is_open=not decided, paging=asked_paging())
    holders = [who for row in found.items for who in (row.proposed_by, row.decided_by)]
    return office_page(
        "proposals.html",
        "today",
        found=found,
        decided=decided,
        shown={row.number: shown_of(bank, row) for row in found.items},
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        states=PROPOSAL_STATES,
        own=current_visitor().caller.actor,
        pager=pager_of(found),
    )


def count_open(bank: Bank) -> tuple[int, ProposalRow | None]:
    """How many wait for a second person, and the oldest of them."""
    found = list_proposals(bank, paging=Paging(1, 1))
    return found.total, found.items[0] if found.items else None


@blueprint.get("/proposals/<number>")
@allows(*READERS)
def one(number: str) -> Any:
    """One of them: what is asked for, by whom, and what can be done about it."""
    return _page(number, Form())


def _page(number: str, form: Form) -> str:
    bank = current_bank()
    row = get_proposal(bank, number=number)
    holders = [row.proposed_by, row.decided_by]
    return office_page(
        "proposal.html",
        "today",
        form=form,
        row=row,
        shown=shown_of(bank, row),
        names=bank.database.read(lambda session: names_for(session, holders=holders)),
        states=PROPOSAL_STATES,
        is_own=row.proposed_by == current_visitor().caller.actor,
    )


@blueprint.post("/proposals/<number>/confirm")
@allows(*APPROVERS)
def confirm(number: str) -> Any:
    """Confirm what somebody else proposed, in the name of whoever is logged in."""
    return _decide(number, lambda: _confirm(number), _("确认了，办好了。"))


@blueprint.post("/proposals/<number>/beside")
@allows(*READERS)
def confirm_beside(number: str) -> Any:
    """The same by whoever stands beside the screen, with badge and PIN."""
    beside = Beside(get_proposal(current_bank(), number=number).act)
    return submit(
        lambda typed: _confirm(number, by=beside.confirm(typed)),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), beside.signs(_("确认了，办好了。"))),
    )


def _confirm(number: str, by: Caller | None = None) -> Outcome:
    row = get_proposal(current_bank(), number=number)
    asked = {"proposed_by": row.proposed_by, "proposal": row.number}
    return book(VERBS[row.act], by=by, **row.told, **asked)


@blueprint.post("/proposals/<number>/withdraw")
@allows(*APPROVERS)
def withdraw(number: str) -> Any:
    """Take an own proposal back."""
    return _decide(
        number, lambda: book(withdraw_proposal, proposal=number), _("撤回了，什么也没有变。")
    )


@blueprint.post("/proposals/<number>/decline")
@allows(*APPROVERS)
def decline(number: str) -> Any:
    """Say no to what somebody else proposed, with a reason."""
    return submit(
        lambda typed: book(decline_proposal, proposal=number, reason=typed.text("reason")),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), _("记下了，没有同意，什么也没有变。")),
    )


def _decide(number: str, work: Any, said: str) -> Any:
    return submit(
        lambda typed: work(),
        again=lambda form: _page(number, form),
        done=lambda outcome: (_address(number), said),
    )


def _address(number: str) -> str:
    return url_for("office_proposals.one", number=number)
