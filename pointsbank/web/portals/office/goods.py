"""Goods (商品): what they cost, what stands where, what came in, and what calls for a look."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from pointsbank.foundation import Outcome
from pointsbank.inventory import (
    GoodsFile,
    add_barcode,
    add_product,
    adjust_stock,
    deliver,
    get_goods_file,
    list_deliveries,
    list_prices,
    list_products,
    list_recounts,
    list_unknown_codes,
    propose_price,
    propose_recount,
    propose_stock,
    set_price,
    settle_recount,
    shelve,
    unshelve,
)
from pointsbank.people import find_proposal_about, list_organisations
from pointsbank.web.access import allows
from pointsbank.web.context import current_bank
from pointsbank.web.portals.addresses import asked, asked_paging, pager_of
from pointsbank.web.portals.forms import Form, Typed, book, submit
from pointsbank.web.portals.office.beside import Beside, may_wait, proposer
from pointsbank.web.portals.office.frame import (
    READERS,
    WRITERS,
    current_shop,
    office_blueprint,
    office_page,
    rate_on,
)
from pointsbank.web.portals.office.names import names_for

blueprint = office_blueprint("goods")


@blueprint.get("/goods")
@allows(*READERS)
def goods() -> Any:
    """All goods with price, hours, and what stands on the shelf and in the store-room."""
    bank, shop = current_bank(), current_shop()
    today, search = bank.clock.today(), asked("words") or ""
    found = list_products(bank, shop_id=shop.id, today=today, search=search, paging=asked_paging())
    return office_page(
        "goods.html",
        "goods",
        found=found,
        rate=rate_on(today),
        words=search,
        today=today,
        recounts=list_recounts(bank, shop_id=shop.id).total,
        unknown=list_unknown_codes(bank).total,
        pager=pager_of(found),
    )


@blueprint.get("/goods/new")
@allows(*WRITERS)
def new() -> Any:
    """The form that lists new goods."""
    return _new_page(Form(typed={"barcode": asked("barcode") or ""}))


def _new_page(form: Form) -> str:
    return office_page("goods_new.html", "goods", form=form)


@blueprint.post("/goods/new")
@allows(*WRITERS)
def add() -> Any:
    """List new goods."""

    def work(typed: Typed) -> Outcome:
        return book(
            add_product,
            shop_id=current_shop().id,
            sku=typed.text("sku"),
            name=typed.text("name"),
            price_points=typed.whole("points"),
            barcode=typed.maybe("barcode"),
            spec=typed.maybe("spec"),
            name_en=typed.maybe("name_en"),
            market_price_fen=typed.fen("market"),
            limit_monthly=typed.whole("limit", 1, 99) if typed.maybe("limit") else None,
        )

    return submit(
        work,
        again=_new_page,
        done=lambda outcome: (
            url_for("office_goods.page", sku=outcome.answer["sku"]),
            _("建好档了，可以入库上架。"),
        ),
    )


@blueprint.get("/goods/deliveries")
@allows(*READERS)
def deliveries() -> Any:
    """All deliveries, newest first."""
    found = list_deliveries(current_bank(), paging=asked_paging())
    return office_page("deliveries.html", "goods", found=found, pager=pager_of(found))


@blueprint.get("/goods/looks")
@allows(*READERS)
def looks() -> Any:
    """What calls for a look: findings to recount, codes that nobody knows."""
    counted = asked("count") or ""
    return _looks_page(Form(), int(counted) if counted.isascii() and counted.isdigit() else 0)


def _looks_page(form: Form, counted: int) -> str:
    bank, shop = current_bank(), current_shop()
    return office_page(
        "goods_looks.html",
        "goods",
        form=form,
        counted=counted,
        recounts=list_recounts(bank, shop_id=shop.id, paging=asked_paging(50)),
        unknown=list_unknown_codes(bank, paging=asked_paging(50)),
    )


@blueprint.post("/goods/recounts/<int:recount>")
@allows(*WRITERS)
def recounted(recount: int) -> Any:
    """Say that two have counted: whoever is logged in, and whoever confirms, here or later."""
    beside = Beside("inventory.settle_recount")

    def work(typed: Typed) -> Outcome:
        if may_wait(typed):
            return book(propose_recount, recount=recount)
        return beside.book(settle_recount, typed, recount=recount, proposed_by=proposer())

    return submit(
        work,
        again=lambda form: _looks_page(form, recount),
        done=lambda outcome: (
            url_for("office_goods.looks"),
            beside.signs(_("记下了：清点相符。"), outcome),
        ),
    )


@blueprint.get("/goods/<sku>")
@allows(*READERS)
def page(sku: str) -> Any:
    """One product: its places, prices, deliveries, and what can be done with it."""
    return _goods_page(sku)


def _goods_page(sku: str, form: Form | None = None, act: str = "") -> str:
    bank, shop = current_bank(), current_shop()
    today = bank.clock.today()

    product = _product(sku)
    prices = list_prices(bank, sku=sku)
    names = bank.database.read(
        lambda session: names_for(session, holders=[price.decided_by for price in prices])
    )
    row = list_products(bank, shop_id=shop.id, today=today, search=sku).items
    forms = {name: Form() for name in ("price", "deliver", "shelve", "unshelve", "barcode")}
    if form is not None:
        forms[act] = form
    return office_page(
        "goods_page.html",
        "goods",
        product=product,
        barcodes=next((one.barcodes for one in row if one.sku == sku), []),
        prices=prices,
        names=names,
        deliveries=list_deliveries(bank, shop_id=shop.id, sku=sku).items,
        donors=[one for one in list_organisations(bank) if one.kind in {"merchant", "unit"}],
        rate=rate_on(today),
        today=today,
        forms=forms,
        waiting=find_proposal_about(bank, name="inventory.set_price", about=f"goods:{sku}"),
    )


def _change(sku: str, act: str, work: Any, said: str, beside: Beside | None = None) -> Any:
    return submit(
        work,
        again=lambda form: _goods_page(sku, form, act),
        done=lambda outcome: (
            url_for("office_goods.page", sku=sku),
            beside.signs(said, outcome) if beside else said,
        ),
    )


@blueprint.post("/goods/<sku>/price")
@allows(*WRITERS)
def price(sku: str) -> Any:
    """Decide a price from a day on, with somebody beside the screen, or propose it."""
    beside = Beside("inventory.set_price")

    def work(typed: Typed) -> Outcome:
        told: dict[str, Any] = {
            "sku": sku,
            "points": typed.whole("points"),
            "starts_on": typed.day("starts_on"),
        }
        if may_wait(typed):
            return book(propose_price, **told)
        return beside.book(set_price, typed, **told, proposed_by=proposer())

    return _change(sku, "price", work, _("价定好了，已经换走的不受影响。"), beside)


@blueprint.get("/goods/<sku>/count")
@allows(*WRITERS)
def count(sku: str) -> Any:
    """The form of a stock-take of one product."""
    return _count_page(sku, Form())


def _count_page(sku: str, form: Form) -> str:
    return office_page("goods_count.html", "goods", form=form, product=_product(sku))


@blueprint.post("/goods/<sku>/count")
@allows(*WRITERS)
def take_stock(sku: str) -> Any:
    """Book what was counted, with somebody beside the screen, or propose it."""
    beside = Beside("inventory.adjust_stock")

    def work(typed: Typed) -> Outcome:
        product = _product(sku)
        told: dict[str, Any] = {
            "shop_id": current_shop().id,
            "sku": sku,
            "shelf_book": product.on_shelf,
            "shelf": typed.whole("shelf", 0),
            "store_book": product.in_store_room,
            "store": typed.whole("store", 0),
        }
        if may_wait(typed):
            return book(propose_stock, **told)
        return beside.book(adjust_stock, typed, **told, proposed_by=proposer())

    def said(outcome: Outcome) -> str:
        if outcome.answer.get("entry"):
            return str(_("账改成和数到的一样了。"))
        return str(_("记下了：和账上一样。"))

    return submit(
        work,
        again=lambda form: _count_page(sku, form),
        done=lambda outcome: (
            url_for("office_goods.page", sku=sku),
            beside.signs(said(outcome), outcome),
        ),
    )


def _product(sku: str) -> GoodsFile:
    bank, shop = current_bank(), current_shop()
    today = bank.clock.today()
    return bank.database.read(
        lambda session: get_goods_file(session, sku, shop_id=shop.id, today=today)
    )


@blueprint.post("/goods/<sku>/deliver")
@allows(*WRITERS)
def take_in(sku: str) -> Any:
    """Take a batch into the store-room."""
    return _change(
        sku,
        "deliver",
        lambda typed: book(
            deliver,
            shop_id=current_shop().id,
            sku=sku,
            donor_id=typed.whole("donor"),
            quantity=typed.whole("quantity"),
            unit_value_fen=typed.fen("value"),
            best_before=typed.day("best_before"),
        ),
        _("收好了，放在库房。"),
    )


@blueprint.post("/goods/<sku>/shelve")
@allows(*WRITERS)
def put_on_shelf(sku: str) -> Any:
    """Bring pieces from the store-room to the shelf."""
    return _carry(sku, "shelve", shelve, _("上架了。"))


@blueprint.post("/goods/<sku>/unshelve")
@allows(*WRITERS)
def take_off_shelf(sku: str) -> Any:
    """Take pieces back to the store-room."""
    return _carry(sku, "unshelve", unshelve, _("放回库房了。"))


def _carry(sku: str, act: str, verb: Any, said: str) -> Any:
    return _change(
        sku,
        act,
        lambda typed: book(
            verb, shop_id=current_shop().id, sku=sku, quantity=typed.whole("quantity")
        ),
        said,
    )


@blueprint.post("/goods/<sku>/barcode")
@allows(*WRITERS)
def bind(sku: str) -> Any:
    """Give goods one more barcode."""
    return _change(
        sku,
        "barcode",
        lambda typed: book(add_barcode, sku=sku, barcode=typed.text("barcode")),
        _("条码绑好了。"),
    )
