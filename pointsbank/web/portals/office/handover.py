"""Handing over (交接): what is open under a leaving name, what was counted, who has signed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.earning import list_records
from pointsbank.foundation import Bank, Outcome, Paging
from pointsbank.inventory import ProductRow, book_handover, list_products, list_recounts
from pointsbank.people import (
    KEYS_HANDED,
    HandoverRow,
    close_handover,
    count_handover,
    get_handover,
    list_cards_kept_by,
    list_handovers,
    list_proposals,
    list_staff,
    open_handover,
    sign_handover,
    withdraw_handover,
)
from pointsbank.redemption import list_help_calls
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank, current_visitor
from pointsbank.web.portals.filters import moment
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside
from pointsbank.web.portals.office.frame import (
    APPROVERS,
    READERS,
    WRITERS,
    current_shop,
    is_one_of,
    office_blueprint,
    office_page,
)
from pointsbank.web.portals.office.names import names_for
from pointsbank.web.portals.office.proposal_words import shown_of
from pointsbank.web.portals.office.words import HANDED_KEYS, OPEN_ITEMS

blueprint = office_blueprint("handover")

ADMIN = ("admin",)
# So many lines of one kind are shown; the rest is behind the link.
SHOWN = 5
GOODS_PAGE = 100
PIECES_MOST = 1_000_000


@dataclass(frozen=True)
class OpenItems:
    """What is open of one kind: how much, the first lines of it, and where it is done."""

    code: str
    total: int
    lines: list[str]
    href: str


@blueprint.get("/handover")
@allows(*READERS)
def page() -> Any:
    """All handovers."""
    return office_page("handovers.html", "staff", found=list_handovers(current_bank()))


@blueprint.get("/handover/new")
@allows(*WRITERS)
def new() -> Any:
    """Who leaves, and who takes over."""
    return _new_page(Form())


def _new_page(form: Form) -> str:
    staff = [one for one in list_staff(current_bank()) if not one.disabled_at]
    takers = [one for one in staff if set(one.roles) & set(APPROVERS)]
    return office_page(
        "handover_new.html",
        "staff",
        form=form,
        leaving=[(one.login, f"{one.name} · {one.login}") for one in staff],
        taking=[("", _("还没定，谁来签就是谁"))]
        + [(one.login, f"{one.name} · {one.login}") for one in takers],
    )


@blueprint.post("/handover/new")
@allows(*WRITERS)
def begin() -> Any:
    """Begin a handover."""

    def work(typed: Typed) -> Outcome:
        leaving, taking = typed.text("leaving"), typed.maybe("taking")
        typed.reading = "taking"
        return book(open_handover, leaving=leaving, taking=taking)

    return submit(
        work,
        again=_new_page,
        done=lambda outcome: (
            url_for("office_handover.one", handover=outcome.answer["handover"]),
            _("开始交接了。先一起清点，再签字。"),
        ),
    )


@blueprint.get("/handover/<int:handover>")
@allows(*READERS)
def one(handover: int) -> Any:
    """One handover: what is open, what was counted, who has signed."""
    return _page(handover)


def _page(number: int, form: Form | None = None, act: str = "") -> str:
    bank, visitor = current_bank(), current_visitor()
    found = get_handover(bank, handover=number)
    forms = {name: Form() for name in ("count", "sign", "beside", "close", "withdraw", "book")}
    refused = None
    if form is not None:
        forms[act] = form
        if form.wrong_field is None:
            # Above everything, because the form that was sent may be here no more.
            refused, form.problem = form.problem, None
    own = visitor.caller.actor
    is_leaving = own == found.leaving_actor
    # Whoever is logged in and is none of the two has nothing to sign.
    may_take = is_one_of(visitor, APPROVERS) and not is_leaving
    takes = may_take and found.taking_id in {None, visitor.staff_id}
    unsigned = found.signed_leaving_at is None if is_leaving else found.signed_taking_at is None
    return office_page(
        "handover.html",
        "staff",
        handover=found,
        forms=forms,
        refused=refused,
        open_items=_open_items(bank, found) if not found.is_over else [],
        open_words=OPEN_ITEMS,
        goods=_goods(bank),
        keys=HANDED_KEYS,
        may_count=may_count(found),
        may_sign=(is_leaving or takes) and unsigned,
        signs_as=_("交出") if is_leaving else _("接手"),
        closes="admin" in visitor.roles,
        withdraws=is_one_of(visitor, WRITERS) and not found.has_both and not found.is_over,
        books=is_one_of(visitor, WRITERS) and found.has_both and not found.booked_at,
        names=bank.database.read(lambda session: names_for(session, holders=[found.withdrawn_by])),
    )


def may_count(found: HandoverRow) -> bool:
    """Whether something may still be counted, by whoever is here."""
    open_still = not found.is_signed and not found.is_over
    return open_still and is_one_of(current_visitor(), WRITERS)


def _goods(bank: Bank) -> list[ProductRow]:
    """All goods of the shop with what the books say; a page at a time."""
    shop, today = current_shop(), bank.clock.today()
    goods: list[ProductRow] = []
    while True:
        at = Paging(len(goods) // GOODS_PAGE + 1, GOODS_PAGE)
        found = list_products(bank, shop_id=shop.id, today=today, paging=at)
        goods += found.items
        if len(found.items) < GOODS_PAGE:
            return [one for one in goods if not one.withdrawn_on or _pieces(one)]


def _pieces(one: ProductRow) -> int:
    return one.on_shelf + one.in_store_room


def _open_items(bank: Bank, found: HandoverRow) -> list[OpenItems]:
    """What waits under the leaving person's name, and what waits in the shop for anybody."""
    actor, few = found.leaving_actor, Paging(1, SHOWN)
    records = list_records(bank, status="pending", recorded_by=actor, paging=few)
    cards = list_cards_kept_by(bank, actor=actor, paging=few)
    proposals = list_proposals(bank, proposed_by=actor, paging=few)
    recounts = list_recounts(bank, shop_id=current_shop().id, paging=few)
    calls = list_help_calls(bank, paging=few)
    return [
        OpenItems(
            "records",
            records.total,
            [f"{row.served_on} · {row.activity}" for row in records.items],
            "/office/service",
        ),
        OpenItems(
            "proposals",
            proposals.total,
            [f"{row.number} · {shown_of(bank, row).title}" for row in proposals.items],
            "/office/proposals",
        ),
        OpenItems(
            "cards",
            cards.total,
            [f"{row.short_number} · {row.masked_name}" for row in cards.items],
            "/office/cards?shelf=drawer",
        ),
        OpenItems(
            "recounts",
            recounts.total,
            [f"{row.name} · {row.quantity}" for row in recounts.items],
            "/office/goods/looks",
        ),
        OpenItems(
            "calls",
            calls.total,
            [f"{row.device} · {moment(row.at)}" for row in calls.items],
            "/office/",
        ),
    ]


@blueprint.post("/handover/<int:handover>/count")
@allows(*WRITERS)
def count(handover: int) -> Any:
    """Note what both have counted, and which keys go along; what was left empty was not counted."""

    def work(typed: Typed) -> Outcome:
        bank = current_bank()
        found = get_handover(bank, handover=handover)
        goods = {}
        for row in _goods(bank):
            if typed.maybe(f"goods_{row.sku}") is not None:
                goods[row.sku] = [_pieces(row), typed.whole(f"goods_{row.sku}", 0, PIECES_MOST)]
        return book(
            count_handover,
            handover=handover,
            goods=goods,
            open_items={one.code: one.total for one in _open_items(bank, found)},
            keys=[key for key in KEYS_HANDED if typed.ticked(f"key_{key}")],
        )

    def said(outcome: Outcome) -> str:
        many = len(outcome.answer["differ"])
        if many:
            return str(_("记下了，有 %(n)s 样和账上不一样。", n=many))
        return str(_("记下了，和账上都一样。"))

    return _change(handover, "count", work, said)


@blueprint.post("/handover/<int:handover>/sign")
@allows(*READERS)
def sign(handover: int) -> Any:
    """Sign in the name of whoever is logged in."""

    def work(typed: Typed) -> Outcome:
        typed.confirmed("agrees")
        return book(sign_handover, handover=handover)

    return _change(handover, "sign", work, lambda outcome: _("您签好了。"))


@blueprint.post("/handover/<int:handover>/beside")
@allows(*READERS)
def sign_beside(handover: int) -> Any:
    """Let the other one sign at this screen, by badge and PIN."""
    beside = Beside("people.sign_handover")
    return _change(
        handover,
        "beside",
        lambda typed: beside.book(sign_handover, typed, handover=handover),
        lambda outcome: beside.signs(_("另一位也签好了。")),
    )


@blueprint.post("/handover/<int:handover>/withdraw")
@allows(*WRITERS)
def withdraw(handover: int) -> Any:
    """Take back one that was opened by mistake; nobody's login ends."""
    return _change(
        handover,
        "withdraw",
        lambda typed: book(withdraw_handover, handover=handover),
        lambda outcome: _("撤回了，谁的登录都没有停。"),
    )


@blueprint.post("/handover/<int:handover>/book")
@allows(*WRITERS)
def book_differences(handover: int) -> Any:
    """Book the pieces that both have counted otherwise than they stood in the books."""
    return _change(
        handover,
        "book",
        lambda typed: book(book_handover, shop_id=current_shop().id, handover=handover),
        lambda outcome: _("差数记进账了：%(n)s 样。", n=len(outcome.answer["entries"])),
    )


@blueprint.post("/handover/<int:handover>/close")
@allows(*ADMIN)
def close(handover: int) -> Any:
    """End it: the leaving person's login, badge and PIN end from this moment on."""

    def work(typed: Typed) -> Outcome:
        typed.confirmed("ends")
        return book(close_handover, handover=handover)

    return _change(
        handover,
        "close",
        work,
        lambda outcome: _("交接办完了。登录停用，工作证和密码都不能再用；办过的事都还记在名下。"),
    )


def _change(handover: int, act: str, work: Any, said: Any) -> Any:
    return submit(
        work,
        again=lambda form: _page(handover, form, act),
        done=lambda outcome: (url_for("office_handover.one", handover=handover), said(outcome)),
    )


@blueprint.get("/handover/<int:handover>/paper")
@allows(*READERS)
def paper(handover: int) -> Any:
    """The same on a sheet of paper, for both to sign by hand."""
    bank = current_bank()
    found = get_handover(bank, handover=handover)
    return office_page(
        "handover_paper.html",
        "staff",
        handover=found,
        shop=current_shop(),
        open_words=OPEN_ITEMS,
        keys=HANDED_KEYS,
        names={row.sku: row.name for row in _goods(bank)},
    )
