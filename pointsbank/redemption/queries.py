"""Questions about redemptions: what would it cost, what was it, what happened today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select

from pointsbank.foundation import (
    Bank,
    Caller,
    Fact,
    Page,
    Paging,
    PointsBankError,
    Session,
    add_days,
    pack,
    packed_rows,
    public_id,
    query,
    read_page,
    statement,
)
from pointsbank.inventory import Product, goods_on_slip
from pointsbank.people import CardHolder, Device, Presenting, get_presented_card
from pointsbank.redemption.callers import require_till, till_name
from pointsbank.redemption.help_calls import HelpCall
from pointsbank.redemption.kinds import get_kind
from pointsbank.redemption.kinds.kind import Asking, Priced, QuotationLine
from pointsbank.redemption.late import LateRedemption
from pointsbank.redemption.quotes import new_quote, sign_quote
from pointsbank.redemption.redemptions import (
    Redemption,
    RedemptionLine,
    RedemptionUndo,
    get_redemption_row,
    number_of,
)


@dataclass(frozen=True)
class Refused:
    """Something that stands against a basket: code and facts, and which goods it is about."""

    code: str
    facts: Mapping[str, Fact]
    sku: str | None


@dataclass(frozen=True)
class Quotation:
    """What a basket costs, and the token that keeps the promise for two minutes.

    `points_before` and `points_after` are None without a card; `points_after` also when points are
    short.
    """

    quote: str
    kind: str
    lines: list[QuotationLine]
    total_points: int
    points_before: int | None
    points_after: int | None
    short_points: int
    expires_at: str
    refusals: list[Refused]


@dataclass(frozen=True)
class RedemptionPaperLine:
    """One line of a purchase, with the donor to be thanked if one agreed to it."""

    sku: str
    name: str
    quantity: int
    scanned: bool
    price_points: int
    sum_points: int
    donor: str | None


@dataclass(frozen=True)
class LateNote:
    """That a purchase was entered late: why, and by which two."""

    why: str
    proposed_by: str
    decided_by: str


@dataclass(frozen=True)
class RedemptionPaper:
    """One purchase with its lines (兑换小票)."""

    number: str
    slip: str
    kind: str
    shop_id: int
    device_id: int | None
    wallet_id: int
    at: str
    happened_on: str
    undo_until: str
    total_points: int
    points_before: int
    points_after: int
    entry: str
    undone: bool
    undone_at: str | None
    undo_entry: str | None
    lines: list[RedemptionPaperLine]
    late: LateNote | None


@dataclass(frozen=True)
class BoughtGoods:
    """Goods on one line of a purchase, in both languages."""

    name: str
    name_en: str
    quantity: int
    sum_points: int


@dataclass(frozen=True)
class RedemptionRow:
    """One purchase as a line of a list."""

    number: str
    slip: str
    kind: str
    at: str
    shop_id: int
    wallet_id: int
    total_points: int
    pieces: int
    entry: str
    undone: bool
    is_late: bool


@dataclass(frozen=True)
class HelpCallRow:
    """A kiosk's call for a worker."""

    id: int
    device_id: int
    device: str
    shop_id: int
    at: str
    answered_at: str | None


def quote(
    bank: Bank,
    *,
    by: Caller,
    kind: str,
    shop_id: int,
    device_number: int | None,
    card: str | None,
    request: Mapping[str, Any],
) -> Quotation:
    """What a request costs now, for a card or for nobody yet; nothing is written.

    `card` is a card's code or a proof. Everything that stands against it is listed. Raises
    CardUnknown, CardBlocked, ProofExpired, KindUnknown, BasketUnreadable and CallerNotAllowed.
    """
    require_till(by)
    chosen = get_kind(kind)
    now, today = bank.clock.instant(), bank.clock.today()

    def ask(session: Session) -> tuple[CardHolder | None, Priced]:
        presenting = Presenting(bank.keys, by.actor, now)
        holder = get_presented_card(session, card, presenting) if card else None
        return holder, chosen.price(session, Asking(shop_id, holder, now, today), request)

    holder, priced = bank.database.read(ask)
    promised = new_quote(
        kind=kind,
        actor=by.actor,
        shop_id=shop_id,
        till=till_name(shop_id, device_number),
        wallet_id=holder.wallet.id if holder else None,
        terms=priced.terms,
        total_points=priced.total_points,
        now=now,
    )
    before = holder.balance if holder else None
    short = max(0, priced.total_points - before) if before is not None else 0
    return Quotation(
        quote=sign_quote(bank.keys, promised),
        kind=kind,
        lines=list(priced.lines),
        total_points=priced.total_points,
        points_before=before,
        points_after=None if before is None or short else before - priced.total_points,
        short_points=short,
        expires_at=promised.expires_at,
        refusals=[_refused(refusal) for refusal in priced.refusals],
    )


def _refused(refusal: PointsBankError) -> Refused:
    sku = refusal.facts.get("sku")
    return Refused(refusal.code, refusal.facts, str(sku) if sku is not None else None)


_ROW_COLUMNS = (
    Redemption.id,
    Redemption.slip,
    Redemption.kind,
    Redemption.at,
    Redemption.shop_id,
    Redemption.wallet_id,
    Redemption.total_points,
    Redemption.entry_id,
    RedemptionUndo.at.label("undone_at"),
    LateRedemption.why.label("late_why"),
)
_PAPER = statement(
    select(
        *_ROW_COLUMNS,
        Redemption.device_id,
        Redemption.happened_on,
        Redemption.undo_until,
        Redemption.points_before,
        Redemption.points_after,
        RedemptionUndo.entry_id.label("undo_entry_id"),
        LateRedemption.proposed_by,
        LateRedemption.decided_by,
    )
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
    .outerjoin(LateRedemption, LateRedemption.redemption_id == Redemption.id)
    .where(Redemption.id == bindparam("of_id"))
)
_PAPER_LINES = statement(
    select(
        Product.sku,
        RedemptionLine.quantity,
        RedemptionLine.scanned,
        RedemptionLine.price_points,
    )
    .join(Product, Product.id == RedemptionLine.product_id)
    .where(RedemptionLine.redemption_id == bindparam("of_id"))
    .order_by(RedemptionLine.line)
)


@query
def get_redemption(session: Session, *, number: str) -> RedemptionPaper:
    """One purchase with its lines. Raises RedemptionUnknown."""
    row = session.row(_PAPER, of_id=get_redemption_row(session, number).id)
    undo_entry = row.undo_entry_id
    return RedemptionPaper(
        number=number_of(row.id),
        slip=row.slip,
        kind=row.kind,
        shop_id=row.shop_id,
        device_id=row.device_id,
        wallet_id=row.wallet_id,
        at=row.at,
        happened_on=row.happened_on,
        undo_until=row.undo_until,
        total_points=row.total_points,
        points_before=row.points_before,
        points_after=row.points_after,
        entry=public_id("J", row.entry_id),
        undone=row.undone_at is not None,
        undone_at=row.undone_at,
        undo_entry=None if undo_entry is None else public_id("J", undo_entry),
        lines=_paper_lines(session, row.id, row.shop_id),
        late=LateNote(row.late_why, row.proposed_by, row.decided_by) if row.late_why else None,
    )


def read_wallet_of(session: Session, number: str) -> int:
    """The number of the wallet that paid a purchase. Raises RedemptionUnknown."""
    return int(get_redemption_row(session, number).wallet_id)


def _paper_lines(session: Session, redemption_id: int, shop_id: int) -> list[RedemptionPaperLine]:
    rows = session.rows(_PAPER_LINES, of_id=redemption_id)
    goods = goods_on_slip(session, shop_id=shop_id, skus={row.sku for row in rows})
    return [
        RedemptionPaperLine(
            sku=row.sku,
            name=goods[row.sku].name,
            quantity=row.quantity,
            scanned=bool(row.scanned),
            price_points=row.price_points,
            sum_points=row.quantity * row.price_points,
            donor=goods[row.sku].donor,
        )
        for row in rows
    ]


[_ID] = packed_rows("ids", int)
_BOUGHT = statement(
    select(
        RedemptionLine.redemption_id,
        Product.name,
        func.coalesce(Product.name_en, Product.name).label("name_en"),
        RedemptionLine.quantity,
        (RedemptionLine.quantity * RedemptionLine.price_points).label("sum_points"),
    )
    .join(Product, Product.id == RedemptionLine.product_id)
    .where(RedemptionLine.redemption_id.in_(select(_ID)))
    .order_by(RedemptionLine.redemption_id, RedemptionLine.line)
)


def read_bought(session: Session, redemption_ids: Iterable[int]) -> dict[int, list[BoughtGoods]]:
    """What was taken in each of these purchases; a step of one statement."""
    bought: dict[int, list[BoughtGoods]] = {}
    for row in session.rows(_BOUGHT, ids=pack((one,) for one in redemption_ids)):
        told = row._asdict()
        bought.setdefault(told.pop("redemption_id"), []).append(BoughtGoods(**told))
    return bought


@query
def find_slip(session: Session, *, shop_id: int, slip: str) -> str | None:
    """The number of the newest purchase of a shop whose slip has this number, or None.

    A till's four digits come again, so the newest is meant; the list of redemptions has the others.
    """
    # The key is walked from its end, where the slip in somebody's hand is.
    newest = session.row(
        select(Redemption.id)
        .where(Redemption.shop_id == shop_id, Redemption.slip == slip)
        .order_by(Redemption.id.desc())
        .limit(1)
    )
    return None if newest is None else number_of(newest.id)


_STANDING = statement(
    select(Redemption.id)
    .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
    .where(RedemptionUndo.redemption_id.is_(None))
    .limit(1)
)
_SLIPS = statement(select(Redemption.id, Redemption.slip).where(Redemption.id.in_(select(_ID))))


def read_slips(session: Session, redemption_ids: Iterable[int]) -> dict[int, str]:
    """What stands on the slips of these purchases; a step of one statement."""
    rows = session.rows(_SLIPS, ids=pack((one,) for one in redemption_ids))
    return {row.id: row.slip for row in rows}


@query
def list_redemptions(
    session: Session,
    *,
    shop_id: int | None = None,
    wallet_id: int | None = None,
    sku: str | None = None,
    since: str | None = None,
    until: str | None = None,
    late_only: bool = False,
    paging: Paging | None = None,
) -> Page[RedemptionRow]:
    """Purchases, the newest first, narrowed by shop, wallet, goods or days (both inclusive)."""
    paging = paging or Paging()
    pieces = (
        select(func.coalesce(func.sum(RedemptionLine.quantity), 0))
        .where(RedemptionLine.redemption_id == Redemption.id)
        .scalar_subquery()
    )
    found = (
        select(*_ROW_COLUMNS, pieces.label("pieces"))
        .outerjoin(RedemptionUndo, RedemptionUndo.redemption_id == Redemption.id)
        .outerjoin(LateRedemption, LateRedemption.redemption_id == Redemption.id)
    )
    if late_only:
        found = found.where(LateRedemption.redemption_id.is_not(None))
    if shop_id is not None:
        found = found.where(Redemption.shop_id == shop_id)
    if wallet_id is not None:
        found = found.where(Redemption.wallet_id == wallet_id)
    if sku:
        found = found.where(
            Redemption.id.in_(
                select(RedemptionLine.redemption_id)
                .join(Product, Product.id == RedemptionLine.product_id)
                .where(Product.sku == sku)
            )
        )
    if since:
        found = found.where(Redemption.happened_on >= since)
    if until:
        found = found.where(Redemption.happened_on < add_days(until, 1))
    return read_page(session, found.order_by(Redemption.id.desc()), paging).mapped(_redemption_row)


def _redemption_row(row: Any) -> RedemptionRow:
    return RedemptionRow(
        number=number_of(row.id),
        slip=row.slip,
        kind=row.kind,
        at=row.at,
        shop_id=row.shop_id,
        wallet_id=row.wallet_id,
        total_points=row.total_points,
        pieces=int(row.pieces),
        entry=public_id("J", row.entry_id),
        undone=row.undone_at is not None,
        is_late=row.late_why is not None,
    )


@query
def has_redeemed(session: Session) -> bool:
    """Whether anybody has taken anything home: what a rehearsal buys is always undone."""
    return session.row(_STANDING) is not None


@query
def list_help_calls(
    session: Session, *, open_only: bool = True, paging: Paging | None = None
) -> Page[HelpCallRow]:
    """Calls for help, the newest first."""
    paging = paging or Paging()
    found = select(
        HelpCall.id,
        HelpCall.device_id,
        Device.name.label("device"),
        Device.shop_id,
        HelpCall.at,
        HelpCall.answered_at,
    ).join(Device, Device.id == HelpCall.device_id)
    if open_only:
        found = found.where(HelpCall.answered_at.is_(None))
    page = read_page(session, found.order_by(HelpCall.id.desc()), paging)
    return page.mapped(lambda row: HelpCallRow(*row))
