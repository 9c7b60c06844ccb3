"""Checking out: points and pieces together, or a refusal that says why."""

from __future__ import annotations

from datetime import datetime

import pytest

from pointsbank.foundation import SHOP_ZONE, Caller, Clock, Page, PointsBankError, new_key
from pointsbank.inventory import (
    GoodsUnknown,
    PastBestBefore,
    list_recounts,
    set_best_before,
)
from pointsbank.inventory import describe_product as describe
from pointsbank.ledger import InsufficientBalance, OwedFirst
from pointsbank.people import CardBlocked, CardUnknown, block_card, find_volunteer, replace_card
from pointsbank.redemption import (
    CallerNotAllowed,
    DailyLimit,
    ItemLimit,
    NotOwn,
    OutOfHours,
    PriceChanged,
    QuoteExpired,
    QuoteUnreadable,
    QuoteUsed,
    RecountFirst,
    SoldOut,
    TotalDiffers,
    check_out,
    get_redemption,
    list_redemptions,
)
from tests.books import books_are_right
from tests.counter import Buyer, Counter, Line, scanned, tapped


def move_clock(clock: Clock, *when: int) -> None:
    """Set the shop's own clock."""
    moment = datetime(*when, tzinfo=SHOP_ZONE)  # type: ignore[misc, arg-type]  # only the date's parts
    clock.set_now(lambda: moment)


def refused(counter: Counter, buyer: Buyer, *lines: Line) -> PointsBankError:
    """What a checkout is refused for; the quote must have said the same before."""
    promised = counter.quote(*lines, buyer=buyer)
    with pytest.raises(PointsBankError) as refusal:
        counter.confirm(buyer, promised)
    told = promised.refusals[0]
    assert (told.code, told.facts) == (refusal.value.code, refusal.value.facts)
    return refusal.value


def test_points_leave_the_wallet_and_pieces_the_shelf_in_one_entry(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    counter.goods("RICE", price=5, shelf=4)
    bought = counter.check_out(buyer, tapped("SOAP", 2), tapped("RICE"))
    assert (bought["total_points"], bought["points_before"], bought["points_after"]) == (
        65,
        100,
        35,
    )
    assert bought["undo_until"] == "2026-11-20T02:31:00.000000Z"
    assert counter.points(buyer) == 35
    assert (counter.pieces("SOAP"), counter.pieces("RICE")) == ((18, 0, 2, 0), (3, 0, 1, 0))
    paper = get_redemption(counter.bank, number=bought["number"])
    assert [(line.name, line.sum_points) for line in paper.lines] == [
        ("商品SOAP", 60),
        ("商品RICE", 5),
    ]
    assert (paper.slip, paper.entry, paper.undone) == (bought["slip"], bought["entry"], False)
    assert paper.lines[0].donor == "晴川社区"
    books_are_right(counter.bank)


def test_a_familys_card_buys_as_well(counter: Counter) -> None:
    family = counter.family(points=40)
    counter.goods("SOAP", price=30, shelf=1)
    assert counter.check_out(family, tapped("SOAP"))["points_after"] == 10


@pytest.mark.parametrize("count", [1, 12])
def test_a_checkout_is_ten_statements_whatever_its_lines(counter: Counter, count: int) -> None:
    buyer = counter.buyer(points=400)
    lines = [tapped(counter.goods(f"G{n}", price=2, shelf=3), 2) for n in range(count)]
    assert statements_of(counter, buyer, *lines) == 10


def test_a_checkout_with_unbooked_pieces_is_eleven_statements(counter: Counter) -> None:
    buyer = counter.buyer(points=400)
    lines = [scanned(counter.goods(f"G{n}", price=2, store=3), 2) for n in range(5)]
    assert statements_of(counter, buyer, *lines) == 11


def statements_of(counter: Counter, buyer: Buyer, *lines: Line) -> int:
    promised = counter.quote(*lines, buyer=buyer)
    assert promised.refusals == []
    work = check_out.work_for(
        counter.bank,
        by=counter.kiosk,
        key=new_key(),
        kind="goods",
        card=buyer.card,
        quote=promised.quote,
        total_points=promised.total_points,
    )

    def counted(session: object) -> int:
        work(session)  # type: ignore[arg-type]  # the session of the moment
        return session.runs  # type: ignore[attr-defined, no-any-return]

    return counter.bank.database.write(counted)


def test_a_blocked_card_and_a_replaced_one_buy_nothing(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    counter.make.do(block_card, short_number=buyer.short_number)
    with pytest.raises(CardBlocked) as blocked:
        counter.confirm(buyer, promised)
    assert blocked.value.facts == {"status": "blocked"}
    counter.make.do(replace_card, short_number=buyer.short_number)
    with pytest.raises(CardBlocked) as replaced:
        counter.quote(tapped("SOAP"), buyer=buyer)
    assert replaced.value.facts == {"status": "replaced"}


def test_an_unknown_card_buys_nothing(counter: Counter) -> None:
    counter.goods("SOAP", price=30, shelf=20)
    stranger = Buyer("", "A" * 23 + "B", counter.buyer().wallet, "")
    with pytest.raises(CardUnknown):
        counter.quote(tapped("SOAP"), buyer=stranger)


def test_who_owes_points_repays_first(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    found = counter.bank.database.read(lambda session: find_volunteer(session, buyer.number))
    counter.make.move(found.owed, counter.make.account("issued", holder="bank"), 12)
    refusal = refused(counter, buyer, tapped("SOAP"))
    assert (type(refusal), refusal.facts) == (OwedFirst, {"owed": 12})


@pytest.mark.parametrize("hour", [(6, 59), (21, 0), (0, 30)])
def test_a_closed_shop_gives_nothing(counter: Counter, clock: Clock, hour: tuple[int, int]) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    move_clock(clock, 2026, 11, 21, *hour)
    refusal = refused(counter, buyer, tapped("SOAP"))
    assert (type(refusal), refusal.facts) == (OutOfHours, {"opens": "07:00"})


def test_an_open_shop_gives_until_the_last_minute(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    move_clock(clock, 2026, 11, 21, 20, 59)
    assert counter.check_out(buyer, tapped("SOAP"))["points_after"] == 70


def test_unknown_and_withdrawn_goods_are_not_given(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    counter.goods("RICE", price=5, shelf=20)
    promised = counter.quote(tapped("RICE"), tapped("NONE"), buyer=buyer)
    assert [(one.code, one.sku) for one in promised.refusals] == [
        ("inventory.goods_unknown", "NONE")
    ]
    assert (len(promised.lines), promised.total_points) == (1, 5)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    counter.make.do(describe, sku="SOAP", changes={"withdrawn_on": "2026-11-20"})
    with pytest.raises(GoodsUnknown):
        counter.confirm(buyer, promised)


def test_goods_past_their_day_are_never_given(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("MILK", price=30, shelf=20, best_before="2026-11-21")
    move_clock(clock, 2026, 11, 21, 12, 0)
    counter.check_out(buyer, scanned("MILK"))
    move_clock(clock, 2026, 11, 22, 12, 0)
    refusal = refused(counter, buyer, scanned("MILK"))
    assert type(refusal) is PastBestBefore
    assert refusal.facts == {"sku": "MILK", "best_before": "2026-11-21"}
    counter.make.do(set_best_before, sku="MILK", best_before="2026-12-31")
    counter.check_out(buyer, scanned("MILK"))


def test_a_tapped_picture_can_be_sold_out(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=2, store=5)
    refusal = refused(counter, buyer, tapped("SOAP", 3))
    assert (type(refusal), refusal.facts) == (SoldOut, {"sku": "SOAP", "left": 2})
    assert counter.pieces("SOAP") == (2, 5, 0, 0)


def test_what_is_scanned_is_there_and_calls_for_a_recount(counter: Counter) -> None:
    buyer = counter.buyer(points=400)
    counter.goods("SOAP", price=30, shelf=1, store=1)
    bought = counter.check_out(buyer, scanned("SOAP", 3))
    # One from the shelf, one from the store-room's book, one that nobody knew of.
    assert counter.pieces("SOAP") == (0, 0, 3, -1)
    findings = list_recounts(counter.bank, shop_id=1)
    assert [(row.sku, row.quantity, row.entry) for row in findings.items] == [
        ("SOAP", 2, bought["entry"])
    ]
    refusal = refused(counter, buyer, scanned("SOAP", 2))
    assert (type(refusal), refusal.facts) == (RecountFirst, {"sku": "SOAP", "left": 1})
    counter.check_out(buyer, scanned("SOAP"))
    books_are_right(counter.bank)


def test_tomorrow_unbooked_pieces_are_given_again(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=400)
    counter.goods("SOAP", price=30)
    counter.check_out(buyer, scanned("SOAP", 3))
    assert type(refused(counter, buyer, scanned("SOAP"))) is RecountFirst
    move_clock(clock, 2026, 11, 21, 12, 0)
    counter.check_out(buyer, scanned("SOAP", 3))


def test_a_scanned_piece_does_not_bring_back_a_tapped_one(counter: Counter) -> None:
    buyer = counter.buyer(points=400)
    counter.goods("SOAP", price=30, shelf=1)
    counter.check_out(buyer, scanned("SOAP"), tapped("SOAP"))
    assert counter.pieces("SOAP") == (0, 0, 2, -1)
    assert type(refused(counter, buyer, scanned("SOAP"), tapped("SOAP"))) is SoldOut


def test_a_changed_price_is_shown_again_and_books_nothing(counter: Counter) -> None:
    buyer = counter.buyer(points=300)
    counter.goods("DETERGENT", price=230, shelf=4)
    counter.goods("SOAP", price=30, shelf=4)
    promised = counter.quote(tapped("DETERGENT"), tapped("SOAP"), buyer=buyer)
    counter.price("DETERGENT", 210)
    with pytest.raises(PriceChanged) as refusal:
        counter.confirm(buyer, promised)
    assert refusal.value.facts == {
        "sku": "DETERGENT",
        "was": 230,
        "now": 210,
        "total_points": 240,
    }
    assert counter.points(buyer) == 300
    assert counter.check_out(buyer, tapped("DETERGENT"))["total_points"] == 210


def test_a_monthly_share_counts_what_was_kept(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=400)
    counter.goods("SOAP", price=10, shelf=20, limit=2)
    undone = counter.check_out(buyer, tapped("SOAP", 2))
    counter.undo(buyer, undone["number"])
    counter.check_out(buyer, tapped("SOAP"))
    refusal = refused(counter, buyer, tapped("SOAP", 2))
    assert type(refusal) is ItemLimit
    assert refusal.facts == {"sku": "SOAP", "limit": 2, "until": "2026-12-01"}
    counter.check_out(buyer, tapped("SOAP"))
    move_clock(clock, 2026, 12, 1, 12, 0)
    counter.check_out(buyer, tapped("SOAP", 2))


def test_a_day_has_its_limit_of_points(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=2000)
    counter.goods("BAG", price=260, shelf=20)
    counter.check_out(buyer, tapped("BAG"))
    refusal = refused(counter, buyer, tapped("BAG"))
    assert type(refusal) is DailyLimit
    assert refusal.facts == {"limit": 500, "left": 240, "until": "2026-11-21"}
    move_clock(clock, 2026, 11, 21, 8, 0)
    counter.check_out(buyer, tapped("BAG"))


def test_too_few_points_are_told_with_what_is_missing(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    refusal = refused(counter, buyer, tapped("SOAP", 4))
    assert type(refusal) is InsufficientBalance
    assert refusal.facts == {"available": 100, "needed": 120, "short": 20}
    promised = counter.quote(tapped("SOAP", 4), buyer=buyer)
    assert (promised.points_before, promised.points_after, promised.short_points) == (100, None, 20)


def test_what_the_person_must_know_first_comes_first(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=1)
    counter.goods("MILK", price=600, shelf=1, limit=1, best_before="2026-11-20")
    counter.goods("SOAP", price=600, shelf=1, limit=1)
    move_clock(clock, 2026, 11, 21, 23, 0)
    promised = counter.quote(tapped("MILK", 2), tapped("SOAP", 2), tapped("NONE"), buyer=buyer)
    assert [(one.code, one.sku) for one in promised.refusals] == [
        ("redemption.out_of_hours", None),
        ("inventory.goods_unknown", "NONE"),
        ("inventory.past_best_before", "MILK"),
        ("redemption.sold_out", "MILK"),
        ("redemption.sold_out", "SOAP"),
        ("redemption.item_limit", "MILK"),
        ("redemption.item_limit", "SOAP"),
        ("redemption.daily_limit", None),
        ("ledger.insufficient_balance", None),
    ]


def test_a_quote_without_a_card_becomes_anybodys(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    promised = counter.quote(tapped("SOAP"))
    assert (promised.points_before, promised.points_after, promised.refusals) == (None, None, [])
    assert counter.confirm(buyer, promised).answer["redemption"]["points_after"] == 70


def test_a_quote_for_one_card_is_not_charged_to_another(counter: Counter) -> None:
    one, other = counter.buyer(points=100), counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    with pytest.raises(NotOwn):
        counter.confirm(other, counter.quote(tapped("SOAP"), buyer=one))


def test_a_basket_is_redeemed_once_even_under_another_key(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    first = counter.confirm(buyer, promised)
    with pytest.raises(QuoteUsed) as refusal:
        counter.confirm(buyer, promised)
    assert refusal.value.facts == {"number": first.answer["redemption"]["number"]}
    assert counter.points(buyer) == 70


def test_a_quote_holds_for_two_minutes_at_its_own_kiosk(counter: Counter, clock: Clock) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    with pytest.raises(QuoteUnreadable):
        counter.confirm(buyer, promised, at=counter.new_kiosk())
    clock.set_now(lambda: datetime(2026, 11, 20, 10, 28, tzinfo=SHOP_ZONE))
    with pytest.raises(QuoteExpired):
        counter.confirm(buyer, promised)


def test_the_total_that_was_seen_must_be_the_quotes(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    promised = counter.quote(tapped("SOAP"), buyer=buyer)
    with pytest.raises(TotalDiffers) as refusal:
        counter.make.do(
            check_out,
            by=counter.kiosk,
            kind="goods",
            card=buyer.card,
            quote=promised.quote,
            total_points=29,
        )
    assert refusal.value.facts == {"seen": 29, "total_points": 30}


def test_only_a_kiosk_or_a_worker_checks_out(counter: Counter) -> None:
    buyer = counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    desk = Caller(actor="staff:1", client="staff:1")
    assert counter.check_out(buyer, tapped("SOAP"), at=desk)["points_after"] == 70
    for actor in ("system", "volunteer:1", "device:x"):
        with pytest.raises(CallerNotAllowed):
            counter.check_out(buyer, tapped("SOAP"), at=Caller(actor=actor, client="c"))


def test_purchases_are_listed_the_newest_first(counter: Counter) -> None:
    buyer, other = counter.buyer(points=200), counter.buyer(points=100)
    counter.goods("SOAP", price=30, shelf=20)
    counter.goods("RICE", price=5, shelf=20)
    first = counter.check_out(buyer, tapped("SOAP", 2))
    counter.check_out(other, tapped("RICE"))
    last = counter.check_out(buyer, tapped("RICE", 3), tapped("SOAP"))
    counter.undo(buyer, last["number"])

    def listed(**narrowed: object) -> Page[object]:
        return list_redemptions(counter.bank, **narrowed)  # type: ignore[arg-type, return-value]

    mine = listed(wallet_id=buyer.wallet.id).items
    assert [(row.number, row.pieces, row.undone) for row in mine] == [  # type: ignore[attr-defined]
        (last["number"], 4, True),
        (first["number"], 2, False),
    ]
    assert listed(sku="RICE").total == 2
    assert listed(since="2026-11-21").total == 0
    assert listed(until="2026-11-20", shop_id=1).total == 3
