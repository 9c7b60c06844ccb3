"""The rehearsal (演练): buy something once, at the kiosk or right here, and see it come back."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError
from pointsbank.people import find_stand_in_card
from pointsbank.redemption import (
    NoRehearsal,
    Rehearsal,
    begin_rehearsal,
    check_out,
    end_rehearsal,
    find_rehearsal,
    quote,
)
from pointsbank.web.access import allows
from pointsbank.web.api.frame import answered
from pointsbank.web.context import current_bank, current_visitor, request_key
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.frame import current_shop
from pointsbank.web.portals.office.names import entry_address
from pointsbank.web.portals.setup.frame import VIEWERS, blueprint, setup_page
from pointsbank.web.qr import draw_qr

# A step's own key keeps so much of the form's.
_KEY_KEPT = 48


@blueprint.get("/rehearsal")
@allows(*VIEWERS)
def rehearsal() -> Any:
    """What is rehearsed, or how to."""
    return _page(Form())


def _page(form: Form) -> str:
    bank = current_bank()
    card = find_stand_in_card(bank)
    last = find_rehearsal(bank, ended=True)
    return setup_page(
        "rehearsal",
        form,
        card=card,
        qr=draw_qr(card.code) if card else None,
        story=_story(last) if last else [],
    )


@blueprint.get("/rehearsal/state")
@allows(*VIEWERS)
def state() -> Any:
    """How far the rehearsal has come, for the page's script."""
    found = find_rehearsal(current_bank())
    return answered({"open": found is not None, "purchases": len(found.purchases) if found else 0})


@blueprint.post("/rehearsal/begin")
@allows(*VIEWERS)
def begin() -> Any:
    """Lend the points; the card is on the page, and the kiosk does the rest."""
    return submit(
        lambda typed: book(begin_rehearsal, shop_id=current_shop().id, sku=typed.text("sku")),
        again=_page,
        done=lambda outcome: (
            url_for("office_setup.rehearsal"),
            _("演练卡有 %(n)s 分了，到自助机上换吧。", n=outcome.answer["points"]),
        ),
    )


@blueprint.post("/rehearsal/end")
@allows(*VIEWERS)
def end() -> Any:
    """Bring everything back."""
    return submit(
        lambda typed: book(end_rehearsal),
        again=_page,
        done=lambda outcome: (url_for("office_setup.rehearsal"), _said(outcome)),
    )


@blueprint.post("/rehearsal/here")
@allows(*VIEWERS)
def rehearse_here() -> Any:
    """Do all of it at once, without a kiosk: begin, quote, check out, bring back."""
    return submit(
        _rehearse_here,
        again=_page,
        done=lambda outcome: (url_for("office_setup.rehearsal"), _said(outcome)),
    )


def _rehearse_here(typed: Typed) -> Outcome:
    """The same calls that a kiosk's requests come to, at the desk's till.

    Whatever the checkout is refused for, the points go back before it is told.
    """
    bank, by, key = current_bank(), current_visitor().caller, request_key()[:_KEY_KEPT]
    shop, sku = current_shop(), typed.text("sku")
    begin_rehearsal(bank, by=by, key=f"{key}-begin", shop_id=shop.id, sku=sku)
    card = find_stand_in_card(bank)
    refusal: PointsBankError | None = None
    if card is not None:
        try:
            promised = quote(
                bank,
                by=by,
                kind="goods",
                shop_id=shop.id,
                device_number=None,
                card=card.code,
                request={"lines": [{"sku": sku, "quantity": 1, "scanned": False}]},
            )
            check_out(
                bank,
                by=by,
                key=f"{key}-buy",
                kind="goods",
                card=card.code,
                quote=promised.quote,
                total_points=promised.total_points,
            )
        except PointsBankError as told:
            refusal = told
    try:
        ended = end_rehearsal(bank, by=by, key=f"{key}-end")
    except NoRehearsal:
        # Somebody else has just ended it; what the checkout was told matters more.
        raise refusal or NoRehearsal() from None
    if refusal is not None:
        raise refusal
    return ended


def _said(outcome: Outcome) -> str:
    answer = outcome.answer
    if not answer["purchases"]:
        return str(_("收场了。这次什么也没换，不算演练过。"))
    return str(_("演练好了：积分和货都回来了，账上合起来是零。"))


def _story(told: Rehearsal) -> list[dict[str, str]]:
    """What happened, entry by entry, as a ticked list."""
    story = [_line(_("借给演练卡 %(n)s 分", n=told.points), told.lent)]
    for one in told.purchases:
        said = (
            _("在自助机上换了，用去 %(n)s 分", n=one.points)
            if one.at_kiosk
            else _("在这里换了，用去 %(n)s 分", n=one.points)
        )
        story.append(_line(said, one.entry, one.slip))
        if one.undo_entry:
            story.append(_line(_("撤销：货回货架，积分回卡里"), one.undo_entry))
    if told.taken_back:
        story.append(_line(_("收回借出的 %(n)s 分，卡作废", n=told.points), told.taken_back))
    return story


def _line(title: str, entry: str, slip: str = "") -> dict[str, str]:
    note = _("凭证 %(entry)s · 小票 %(slip)s", entry=entry, slip=slip) if slip else entry
    return {"title": title, "note": note, "href": entry_address(entry), "state": ""}
