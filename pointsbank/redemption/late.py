"""Late entries (补记): what was bought while these books could not be asked.

After an older copy was restored, or from the sheet of a day without power. It has happened, so
hours, limits, a balance and a sanction refuse nothing; a sanction is said. The purchase keeps its
real day and the number of its slip, its entry is posted today under a kind of its own, and one
number of one day is entered once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    ScalarSelect,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from pointsbank.foundation import (
    Act,
    Answer,
    Base,
    Int,
    Session,
    Text,
    add_days,
    operation,
    statement,
    strict_table,
)
from pointsbank.foundation.cells import narrow
from pointsbank.foundation.sheet_rows import one_of
from pointsbank.inventory import GoodsUnknown, goods_on_sale, raise_recounts
from pointsbank.ledger import (
    AccountRef,
    InsufficientBalance,
    Transfer,
    debts_first,
    declare_kind,
    kept_balances,
    lock_accounts,
    mirror_of,
    open_account,
    points_id,
    post_entry,
    read_account,
)
from pointsbank.people import (
    SYSTEM_HOLDER,
    VolunteerRef,
    find_card_by_hand,
    find_number_of_wallet,
    find_sanctioned_until,
    hold_volunteer,
    hold_volunteer_by_id,
    require_second,
    take_proposal,
    tell,
)
from pointsbank.redemption import baskets
from pointsbank.redemption.baskets import QuotedLine, read_basket
from pointsbank.redemption.errors import (
    AlreadyUndone,
    LateDayOutside,
    LateSlipUnreadable,
    LateTotalDiffers,
    LateTwice,
    RedemptionUnknown,
)
from pointsbank.redemption.redemptions import (
    Redemption,
    find_slip_number,
    get_redemption_row,
    is_undone,
    lock_shelves_of,
    number_of,
    record_undo,
    write_redemption,
)

ENTERING, TAKING_BACK = "redemption.enter_late", "redemption.take_back_late"
ENTER_LATE = declare_kind(
    "redemption.late",
    [
        ("wallet", "redeemed"),
        ("owed", "redeemed"),
        ("family_wallet", "redeemed"),
        ("shelf", "given_out"),
        ("store_room", "shelf"),
        ("lost_found", "shelf"),
    ],
)
# An older copy was restored and somebody has the slip; or it was sold on paper.
WHYS = ("restored", "paper")
_why = one_of({why: why for why in WHYS})
# Two backups of a month apart may be all that is left; nobody remembers what was before that.
LATE_DAYS = 92
_SLIP = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}", re.ASCII)


class LateRedemption(Base):
    """Says of a redemption that it was entered late, why, and by which two.

    Of one number of one day in one shop, one stands; what was taken back may be entered anew.
    """

    __tablename__ = "late_redemption"
    __table_args__ = strict_table(
        CheckConstraint("why IN ('restored', 'paper')", name="why"),
        CheckConstraint("decided_by <> proposed_by", name="two_people"),
        Index(
            "uq_late_redemption_stands",
            "shop_id",
            "happened_on",
            "slip",
            unique=True,
            sqlite_where=text("taken_back_at IS NULL"),
            postgresql_where=text("taken_back_at IS NULL"),
        ),
    )

    redemption_id: Mapped[int] = mapped_column(
        Int, ForeignKey("redemption.id"), primary_key=True, autoincrement=False
    )
    shop_id: Mapped[int] = mapped_column(Int, ForeignKey("shop.id"))
    happened_on: Mapped[str] = mapped_column(Text)
    slip: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str] = mapped_column(Text)
    taken_back_at: Mapped[str | None] = mapped_column(Text)


_INSERT = statement(
    insert(LateRedemption).on_conflict_do_nothing().returning(LateRedemption.redemption_id)
)
_KNOWN = statement(
    select(Redemption.id)
    .outerjoin(LateRedemption, LateRedemption.redemption_id == Redemption.id)
    .where(
        Redemption.shop_id == bindparam("of_shop"),
        Redemption.happened_on == bindparam("on_day"),
        Redemption.slip == bindparam("of_slip"),
        LateRedemption.taken_back_at.is_(None),
    )
)
_LATE = statement(
    select(LateRedemption.taken_back_at).where(LateRedemption.redemption_id == bindparam("of_id"))
)
_TAKE_BACK = statement(
    update(LateRedemption)
    .where(LateRedemption.redemption_id == bindparam("of_id"))
    .values(taken_back_at=bindparam("new_at"))
)

# What was taken: codes of goods and pieces.
Taken = Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Late:
    """A purchase as slip or sheet tells of it. `whose` is a volunteer's number or a card's."""

    shop_id: int
    why: str
    day: str
    slip: str
    whose: str
    taken: Taken
    total_points: int

    def told(self) -> dict[str, Any]:
        """The same as plain values, for a proposal that waits."""
        return {**asdict(self), "taken": [list(one) for one in self.taken]}


@dataclass(frozen=True, slots=True)
class Checked:
    """A purchase of which nothing is refused but what only shows when it is booked."""

    late: Late
    lines: list[QuotedLine]
    shelf: baskets.Shelf
    payer: _Payer


@operation(ENTERING)
def enter_late(
    act: Act,
    *,
    shop_id: int,
    why: str,
    day: str,
    slip: str,
    whose: str,
    taken: Taken,
    total_points: int,
    proposed_by: str,
    proposal: str | None = None,
) -> Answer:
    """Enter a purchase that has already happened (补记). One proposes, another confirms.

    `whose` is a volunteer's number or the short number of a card, and `total_points` what stands on
    slip or sheet. What the wallet has not got is owed. Raises LateDayOutside, LateSlipUnreadable,
    LateTwice, LateTotalDiffers, GoodsUnknown, VolunteerUnknown, BasketUnreadable, what
    `require_second` and `take_proposal` raise, and InsufficientBalance of a family, which cannot
    owe.
    """
    late = Late(shop_id, why, day, slip, whose, taken, total_points)
    return enter_purchase(act, late, proposed_by, proposal=proposal)


def check_purchase(act: Act, late: Late) -> Checked:
    """Read and price a late purchase, its goods locked and then its accounts.

    Raises what `enter_late` does but for its two people and a family's balance.
    """
    slip, why = read_late_slip(late.slip), _why(late.why)
    if not add_days(act.today, -LATE_DAYS) <= late.day <= act.today:
        raise LateDayOutside(since=add_days(act.today, -LATE_DAYS), until=act.today)
    lines, shelf = _price(act, late)
    payer = _payer(act.session, late.whose)
    payer.lock(act.session)
    if act.session.row(_KNOWN, of_shop=late.shop_id, on_day=late.day, of_slip=slip) is not None:
        raise LateTwice(slip=slip, day=late.day)
    act.for_whom = payer.holder
    return Checked(replace(late, slip=slip, why=why), lines, shelf, payer)


def enter_purchase(
    act: Act,
    told: Late,
    proposed_by: str,
    *,
    name: str = ENTERING,
    extra: Mapping[str, Any] | None = None,
    proposal: str | None = None,
) -> Answer:
    """The same as a step, for whoever has more to do in the same breath.

    `name` is then what needs the two people, and `extra` what else was proposed with it.
    """
    checked = check_purchase(act, told)
    late, payer, session = checked.late, checked.payer, act.session
    require_second(act, name, first=proposed_by, volunteers=payer.volunteers)
    there = kept_balances(session, payer.wallet.id)[payer.wallet.id]
    given, unbooked = baskets.goods_moves(baskets.pieces_of(checked.lines), checked.shelf)
    moves = [*_paid(act, payer, late.total_points, there), *given]
    asked = {**late.told(), **(extra or {})}
    take_proposal(act, proposal, name, proposed_by=proposed_by, told=asked)
    slip = late.slip
    posted = post_entry(
        act,
        ENTER_LATE,
        moves,
        memo=f"补记 {late.day} 的兑换 {slip}",
        document=f"redemption:{act.receipt_id}",
        locked=True,
    )
    write_redemption(
        act,
        baskets.bought_lines(checked.lines, checked.shelf),
        slip=slip,
        kind="goods",
        wallet_id=payer.wallet.id,
        shop_id=late.shop_id,
        device_id=None,
        entry_id=posted.id,
        total_points=late.total_points,
        points_before=there,
        # Below zero is what the wallet did not have, and its holder owes.
        points_after=there - late.total_points,
        happened_on=late.day,
        undo_until=act.now,
        quote_id=f"late:{act.receipt_id}",
        quoted_at=act.now,
    )
    _keep(act, late, proposed_by)
    if unbooked:
        raise_recounts(act, sorted(unbooked.items()), shop_id=late.shop_id, entry_id=posted.id)
    barred = [
        find_sanctioned_until(session, one, "redeeming", late.day) for one in payer.volunteers
    ]
    about = f"redemption:{act.receipt_id}"
    news, points = "redemption.entered_late", late.total_points
    tell(act, news, payer.holder, about=about, day=late.day, points=points)
    return {
        "redemption": {
            "number": number_of(act.receipt_id),
            "slip": slip,
            "total_points": late.total_points,
            "owed_points": max(0, late.total_points - there),
            "entry": posted.number,
            "late": True,
            "sanctioned_until": next(iter(barred), None),
        },
        "proposed_by": proposed_by,
    }


@operation(TAKING_BACK)
def take_back_late(
    act: Act, *, number: str, proposed_by: str, proposal: str | None = None
) -> Answer:
    """Take a late entry back that was entered wrongly (撤销补记); its number may be entered anew.

    Points and pieces go back, and what was owed for it is owed no more. Raises RedemptionUnknown
    also where the purchase was not entered late, AlreadyUndone, and what `require_second` and
    `take_proposal` raise.
    """
    session = act.session
    found, payer = check_late(act, number)
    require_second(act, TAKING_BACK, first=proposed_by, volunteers=payer.volunteers)
    take_proposal(act, proposal, TAKING_BACK, proposed_by=proposed_by, told={"number": number})
    mirror = mirror_of(session, found.entry_id, also_lock=payer.accounts)
    posted = post_entry(
        act,
        ENTER_LATE,
        mirror
        if payer.owed is None
        else debts_first(session, mirror, wallet=payer.wallet, owed=payer.owed),
        memo="撤销补记的兑换",
        document=f"redemption:{found.id}",
        reverses_id=found.entry_id,
        locked=True,
    )
    record_undo(act, found.id, posted)
    session.run(_TAKE_BACK, of_id=found.id, new_at=act.now)
    about = f"redemption:{found.id}:taken_back"
    news, points = "redemption.late_taken_back", found.total_points
    tell(act, news, payer.holder, about=about, points=points)
    undone = {"number": number, "entry": posted.number, "undone": True}
    return {"redemption": undone, "proposed_by": proposed_by}


def check_late(act: Act, number: str) -> tuple[Any, _Payer]:
    """A late entry that stands, and who paid for it, its goods locked and then its accounts.

    Raises RedemptionUnknown, AlreadyUndone.
    """
    session, found = act.session, get_redemption_row(act.session, number)
    if session.row(_LATE, of_id=found.id) is None:
        raise RedemptionUnknown(number=number[:24])
    lock_shelves_of(session, found.id)
    payer = _payer_of(session, found.wallet_id)
    payer.lock(session)
    if is_undone(session, found.id):
        raise AlreadyUndone(number=number)
    act.for_whom = payer.holder
    return found, payer


def was_taken_back(redemption_id: Any) -> ColumnElement[bool]:
    """Whether the late entry that a column of somebody's question names was taken back."""
    return exists().where(
        LateRedemption.redemption_id == redemption_id, LateRedemption.taken_back_at.is_not(None)
    )


def late_entry(
    *, slip: Any, points: Any, day: Any, since: Any, taken_back: bool = False
) -> ScalarSelect[int]:
    """The late entry that stands, or was taken back, for what the columns of a question tell of.

    Where the day is not known, only an entry later than the receipt `since`: numbers of slips
    come again.
    """
    gone = LateRedemption.taken_back_at
    told = LateRedemption.happened_on == day
    untold = and_(day.is_(None), LateRedemption.redemption_id > since)
    return (
        select(func.max(LateRedemption.redemption_id))
        .join(Redemption, Redemption.id == LateRedemption.redemption_id)
        .where(
            gone.is_not(None) if taken_back else gone.is_(None),
            LateRedemption.slip == slip,
            Redemption.total_points == points,
            or_(told, untold),
        )
        .scalar_subquery()
    )


def read_late_slip(text: str) -> str:
    """The number of a slip, or of a sheet's line, as it was typed. Raises LateSlipUnreadable.

    >>> read_late_slip(" a3－0412"), read_late_slip("1-3"), read_late_slip("a3 0412")
    ('A3-0412', '1-3', 'A3-0412')
    """
    slip = "".join(narrow(text[:40]).upper().split())
    if _SLIP.fullmatch(slip) is None:
        raise LateSlipUnreadable()
    # Typed without its dash a till's slip is still the one that the books may have.
    return find_slip_number(slip) or slip


def _price(act: Act, late: Late) -> tuple[list[QuotedLine], baskets.Shelf]:
    """The lines at prices that come to what slip or sheet say, the shelves locked.

    They are the prices of that day; or else those of today, because what was decided after a backup
    is lost with it and stands in these books only since somebody has decided it anew.
    """
    basket = read_basket(
        [{"sku": sku, "quantity": many, "scanned": True} for sku, many in late.taken]
    )
    totals: list[int] = []
    for day in (late.day, act.today):
        shelf = goods_on_sale(
            act.session, [one.sku for one in basket], shop_id=late.shop_id, today=day, lock=True
        )
        if any(one.sku not in shelf for one in basket):
            continue
        # What is in somebody's kitchen was there: every piece counts as scanned, none is sold out.
        lines = [
            QuotedLine(
                one.sku, one.quantity, True, shelf[one.sku].price_id, shelf[one.sku].price_points
            )
            for one in basket
        ]
        totals.append(sum(line.quantity * line.price_points for line in lines))
        if totals[-1] == late.total_points:
            return lines, shelf
    if totals:
        raise LateTotalDiffers(told=late.total_points, total_points=totals[0], day=late.day)
    raise GoodsUnknown(sku=next(one.sku for one in basket if one.sku not in shelf)[:40])


@dataclass(frozen=True, slots=True)
class _Payer:
    """Who pays for a late entry: a volunteer, who may come to owe, or a family, who may not."""

    wallet: AccountRef
    owed: AccountRef | None
    holder: str
    volunteers: tuple[int, ...] = ()

    @property
    def accounts(self) -> list[AccountRef]:
        return [self.wallet, self.owed] if self.owed else [self.wallet]

    def lock(self, session: Session) -> None:
        lock_accounts(session, *(one.id for one in self.accounts))


def _payer(session: Session, whose: str) -> _Payer:
    """Whose card, blocked or replaced as it may be since, or whose number it is."""
    card = find_card_by_hand(session, whose)
    if card is not None and card.volunteer_id is None:
        return _Payer(card.wallet, None, card.holder)
    if card is not None and card.volunteer_id is not None:
        return _volunteer(hold_volunteer_by_id(session, card.volunteer_id))
    return _volunteer(hold_volunteer(session, whose))


def _payer_of(session: Session, wallet_id: int) -> _Payer:
    number = find_number_of_wallet(session, wallet_id)
    if number is not None:
        return _volunteer(hold_volunteer(session, number))
    wallet = AccountRef(wallet_id, "family_wallet", points_id(session))
    return _Payer(wallet, None, read_account(session, wallet_id).holder)


def _volunteer(volunteer: VolunteerRef) -> _Payer:
    return _Payer(volunteer.wallet, volunteer.owed, volunteer.holder, (volunteer.id,))


def _paid(act: Act, payer: _Payer, total: int, there: int) -> list[Transfer]:
    """What is there is taken, the rest stands on the owed account. Raises InsufficientBalance."""
    owed = max(0, total - there)
    if owed and payer.owed is None:
        raise InsufficientBalance(payer.wallet.id, available=there, needed=total, short=owed)
    unit = payer.wallet.commodity_id
    redeemed = open_account(act.session, "redeemed", unit, SYSTEM_HOLDER, now=act.now)
    parts = [(payer.wallet, total - owed), (payer.owed, owed)]
    return [Transfer(source, redeemed, many) for source, many in parts if source and many]


def _keep(act: Act, late: Late, proposed_by: str) -> None:
    """Write down that it is late. Of two who enter one slip at once the second is refused here."""
    made = act.session.value(
        _INSERT,
        redemption_id=act.receipt_id,
        shop_id=late.shop_id,
        happened_on=late.day,
        slip=late.slip,
        why=late.why,
        proposed_by=proposed_by,
        decided_by=act.caller.actor,
        taken_back_at=None,
    )
    if made is None:
        raise LateTwice(slip=late.slip, day=late.day)
