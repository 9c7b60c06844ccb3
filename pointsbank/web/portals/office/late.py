"""Late entries (补记): what was taken while the books could not be asked, from slip or sheet.

One enters it, somebody beside the screen confirms it. The sheet for a day without power is printed
here as well, with the prices beside it, while there still is power.
"""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome, PointsBankError, read_all
from pointsbank.foundation.cells import narrow
from pointsbank.inventory import GoodsUnknown, ProductRow, list_products
from pointsbank.ledger import InsufficientBalance
from pointsbank.people import (
    BenefitsOneself,
    DeskCard,
    SameHousehold,
    VolunteerUnknown,
    find_proposal_about,
    is_short_number,
    list_cards_ending,
)
from pointsbank.redemption import (
    LATE_DAYS,
    BasketUnreadable,
    LateDayOutside,
    LateSlipUnreadable,
    LateTotalDiffers,
    LateTwice,
    enter_late,
    list_redemptions,
    propose_late,
    propose_take_back,
    take_back_late,
)
from pointsbank.safekeeping import SeenRow, enter_missing, get_seen, propose_missing
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_day, asked_of, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import WRITERS, current_shop, office_blueprint, office_page
from pointsbank.web.portals.office.people_found import one_person, people_like
from pointsbank.web.portals.office.redemptions import redemption_page, who_paid
from pointsbank.web.portals.office.words import LATE_WHYS

blueprint = office_blueprint("late")

LINES_MOST = 6
PIECES_MOST = 99
LIST_SHOWN = 10
SHEET_LINES, SHEETS_MOST = 12, 5
# Under which field a refusal stands.
_FIELDS: tuple[tuple[type[PointsBankError], str], ...] = (
    (LateSlipUnreadable, "slip"),
    (LateTwice, "slip"),
    (LateDayOutside, "day"),
    (VolunteerUnknown, "who"),
    (BenefitsOneself, "who"),
    (SameHousehold, "who"),
    (InsufficientBalance, "who"),
    (GoodsUnknown, "sku1"),
    (BasketUnreadable, "sku1"),
    (LateTotalDiffers, "points"),
)


@blueprint.get("/late")
@allows(*WRITERS)
def page() -> Any:
    """The form for one more, and what was entered late before."""
    return _page(Form())


def _page(form: Form) -> str:
    bank, seen = current_bank(), _seen()
    entered = list_redemptions(bank, late_only=True, paging=asked_paging(LIST_SHOWN))
    wallets = {one.wallet_id for one in entered.items}
    today = bank.clock.today()
    return office_page(
        "late.html",
        "redemptions",
        form=form,
        seen=seen,
        waiting=_waiting(seen),
        cards=_cards(seen),
        choices=_choices(form),
        begun=_begun(seen),
        goods=_goods(),
        rows=range(1, LINES_MOST + 1),
        more=[row for row in range(1, LINES_MOST + 1) if form.typed.get(f"sku{row}")],
        entered=entered,
        pager=pager_of(entered),
        who=bank.database.read(lambda session: who_paid(session, wallets)),
        whys=LATE_WHYS,
        today=today,
        days=LATE_DAYS,
    )


def _seen() -> SeenRow | None:
    """The line of the list of missing slips that this is about."""
    number = request.values.get("seen", "")
    if not (number.isascii() and number.isdigit()):
        return None
    return get_seen(current_bank(), seen_id=int(number))


def _waiting(seen: SeenRow | None) -> str | None:
    """The number of the proposal to enter this line."""
    if seen is None:
        return None
    about = f"seen:{seen.id}"
    return find_proposal_about(current_bank(), name="safekeeping.enter_missing", about=about)


def _begun(seen: SeenRow | None) -> dict[str, object]:
    """What the form begins with: the line's own facts, or those of the entry before."""
    if seen is not None:
        told = {"slip": seen.slip, "day": seen.day or "", "points": seen.points}
        return {"why": "restored", "who": asked("who") or "", **told}
    why, day = asked_of("why", tuple(LATE_WHYS)) or "paper", asked_day("day") or ""
    return {"why": why, "day": day, "slip": asked("slip") or "", "who": "", "points": ""}


def _cards(seen: SeenRow | None) -> list[DeskCard]:
    """The cards whose number ends as the kiosk remembers; of a card it keeps no more than that."""
    tail = seen.card_tail if seen else ""
    return list_cards_ending(current_bank(), tails=[tail]).get(tail, []) if tail else []


def _choices(form: Form) -> list[Any]:
    """Everybody whom it may have been, when what was typed fits several."""
    typed = str(form.typed.get("who", ""))
    found = people_like(typed) if form.wrong_field == "who" and typed else []
    return list(found) if len(found) > 1 else []


def _goods() -> list[ProductRow]:
    """All goods of the shop, by code."""
    bank, shop_id = current_bank(), current_shop().id
    today = bank.clock.today()
    return read_all(lambda paging: list_products(bank, shop_id=shop_id, today=today, paging=paging))


@blueprint.post("/late")
@allows(*WRITERS)
def enter() -> Any:
    """Enter one, in the name of whoever confirms it beside the screen, or propose it."""
    beside, seen = Beside("redemption.enter_late"), _seen()

    def work(typed: Typed) -> Outcome:
        told = _told(typed)
        if seen is None:
            why = typed.text("why")
            return _booked(typed, beside, enter_late, propose_late, why=why, **told)
        return _booked(typed, beside, enter_missing, propose_missing, seen_id=seen.id, **told)

    def done(outcome: Outcome) -> tuple[str, str]:
        if "proposal" in outcome.answer:
            return _next(outcome.answer["slip"], seen), beside.signs("", outcome)
        entered = outcome.answer["redemption"]
        said = _("%(slip)s 补记好了，%(n)s 分。", slip=entered["slip"], n=entered["total_points"])
        if entered["owed_points"]:
            said += _("卡里不够，欠 %(n)s 分，以后的积分先还。", n=entered["owed_points"])
        if entered["sanctioned_until"]:
            said += _(
                "那天本人暂停兑换（%(day)s 止）：东西拿走了，账照记，夜里会列进“异常”让人看一看。",
                day=entered["sanctioned_until"],
            )
        return _next(entered["slip"], seen), beside.signs(said)

    return submit(work, again=_page, done=done)


def _booked(typed: Typed, beside: Beside, verb: Any, proposing: Any, **told: Any) -> Outcome:
    by, shop_id = None if may_wait(typed) else beside.confirm(typed), current_shop().id
    try:
        if by is None:
            return book(proposing, shop_id=shop_id, **told)
        return book(verb, by=by, shop_id=shop_id, proposed_by=proposer(), **told)
    except PointsBankError as refusal:
        typed.reading = next((name for kind, name in _FIELDS if isinstance(refusal, kind)), None)
        raise


def _told(typed: Typed) -> dict[str, Any]:
    slip, day = typed.text("slip"), typed.text("day")
    day = typed.day("day") or day
    who = typed.text("who")
    typed.reading = "who"
    digits = "".join(narrow(who).split())
    whose = digits if is_short_number(digits) else one_person(who).number
    taken = []
    for row in range(1, LINES_MOST + 1):
        sku = typed.maybe(f"sku{row}")
        if sku:
            taken.append((sku, typed.whole(f"pieces{row}", 1, PIECES_MOST)))
    if not taken:
        typed.text("sku1")
    points = typed.whole("points")
    return {"slip": slip, "day": day, "whose": whose, "taken": taken, "total_points": points}


def _next(slip: str, seen: SeenRow | None) -> str:
    """Back to the list of missing slips, or to the next line of the sheet."""
    if seen is not None:
        return url_for("office_backup.missing")
    sheet, hyphen, line = slip.rpartition("-")
    if not hyphen or not sheet.isdigit() or not line.isdigit():
        return url_for("office_late.page")
    day = request.form.get("day", "").strip()
    following = f"{sheet}-{int(line) + 1}" if int(line) < SHEET_LINES else f"{int(sheet) + 1}-1"
    return url_for("office_late.page", why="paper", day=day, slip=following)


@blueprint.get("/late/paper")
@allows(*WRITERS)
def paper() -> Any:
    """Sheets to write on while there is no power, with today's prices."""
    typed = asked("sheets") or "1"
    sheets = int(typed) if typed in {str(many) for many in range(1, SHEETS_MOST + 1)} else 1
    today = current_bank().clock.today()
    return office_page(
        "late_paper.html",
        "redemptions",
        shop=current_shop(),
        sheets=range(1, sheets + 1),
        sheets_most=SHEETS_MOST,
        lines=range(1, SHEET_LINES + 1),
        goods=[
            one
            for one in _goods()
            if one.price_points and (one.withdrawn_on is None or one.withdrawn_on > today)
        ],
        today=today,
    )


@blueprint.post("/redemptions/<number>/take-back")
@allows(*WRITERS)
def take_back(number: str) -> Any:
    """Take a late entry back that was wrong, with somebody beside the screen, or propose it."""
    beside = Beside("redemption.take_back_late")

    def work(typed: Typed) -> Outcome:
        if may_wait(typed):
            return book(propose_take_back, number=number)
        return beside.book(take_back_late, typed, number=number, proposed_by=proposer())

    said = _("撤销了，积分和东西都退回账上；这个单号可以重新补记。")
    return submit(
        work,
        again=lambda form: redemption_page(number, form),
        done=lambda outcome: (
            url_for("office_redemptions.page", number=number),
            beside.signs(said, outcome),
        ),
    )
