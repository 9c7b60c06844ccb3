"""Redemptions (兑换): who took what for how many points; the slip as the kiosk printed it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Session
from pointsbank.inventory import goods_on_slip
from pointsbank.ledger import read_account
from pointsbank.people import find_number_of_wallet, find_proposal_about, name_holders
from pointsbank.redemption import (
    get_redemption,
    list_redemptions,
    list_unconfirmed,
    put_back_unconfirmed,
)
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_day, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, book, submit
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.words import LATE_WHYS

blueprint = office_blueprint("redemptions")


@blueprint.get("/redemptions")
@allows(*READERS)
def redemptions() -> Any:
    """All redemptions, newest first, narrowed by days and goods."""
    bank = current_bank()
    since, until, sku = asked_day("from"), asked_day("to"), asked("words")
    found = list_redemptions(
        bank,
        since=since,
        until=until,
        sku=sku.upper() if sku else None,
        paging=asked_paging(),
    )
    wallets = {one.wallet_id for one in found.items}
    return office_page(
        "redemptions.html",
        "redemptions",
        found=found,
        who=bank.database.read(lambda session: who_paid(session, wallets)),
        points=sum(one.total_points for one in found.items if not one.undone),
        pieces=sum(one.pieces for one in found.items if not one.undone),
        since=since or "",
        until=until or "",
        sku=sku or "",
        pager=pager_of(found),
    )


def who_paid(session: Session, wallets: set[int]) -> dict[int, tuple[str, str | None]]:
    """Whose wallets these are, masked, and the number of the volunteer if it is one."""
    holders = {wallet: read_account(session, wallet).holder for wallet in wallets}
    names = name_holders(session, holders.values())
    return {
        wallet: (names.get(holder, holder), find_number_of_wallet(session, wallet))
        for wallet, holder in holders.items()
    }


@blueprint.get("/redemptions/unconfirmed")
@allows(*READERS)
def unconfirmed() -> Any:
    """Baskets that somebody left without the button, until the card is read again."""
    return _unconfirmed_page(Form())


def _unconfirmed_page(form: Form) -> str:
    bank = current_bank()
    found = list_unconfirmed(bank, paging=asked_paging())

    def read(session: Session) -> tuple[dict[int, tuple[str, str | None]], dict[str, str]]:
        goods: dict[str, str] = {}
        for one in found.items:
            slip = goods_on_slip(session, shop_id=one.shop_id, skus=[sku for sku, _n in one.lines])
            goods |= {sku: told.name for sku, told in slip.items()}
        return who_paid(session, {one.wallet_id for one in found.items}), goods

    who, goods = bank.database.read(read)
    return office_page(
        "unconfirmed.html",
        "redemptions",
        form=form,
        found=found,
        who=who,
        goods=goods,
        pager=pager_of(found),
    )


@blueprint.post("/redemptions/unconfirmed/<number>/put-back")
@allows(*WRITERS)
def put_back(number: str) -> Any:
    """The things stand on the shelf: nothing is asked and nothing booked."""
    return submit(
        lambda typed: book(put_back_unconfirmed, number=number),
        again=_unconfirmed_page,
        done=lambda outcome: (
            url_for("office_redemptions.unconfirmed"),
            _("了结了，没有扣分。下次刷卡不再问。"),
        ),
    )


@blueprint.get("/redemptions/<number>")
@allows(*READERS)
def page(number: str) -> Any:
    """One redemption as its slip, with the entry it made."""
    return redemption_page(number, Form())


def redemption_page(number: str, form: Form) -> str:
    """The same with a form on it that has come back."""
    bank = current_bank()
    found = get_redemption(bank, number=number)
    name, volunteer = bank.database.read(lambda session: who_paid(session, {found.wallet_id}))[
        found.wallet_id
    ]
    late = found.late
    hands = [late.proposed_by, late.decided_by] if late else []
    return office_page(
        "redemption.html",
        "redemptions",
        form=form,
        whys=LATE_WHYS,
        names=bank.database.read(lambda session: names_for(session, holders=hands)),
        slip=found,
        waiting=find_proposal_about(
            bank, name="redemption.take_back_late", about=f"redemption:{found.number}"
        ),
        name=name,
        volunteer=volunteer,
        shop=current_shop(),
        may_undo_until=found.undo_until
        if not found.undone and found.undo_until > found.at
        else None,
    )
