"""Expiry without lots (积分过期): which points of which wallets have to go, and what expires when.

What is left of the points up to a day is what was issued up to it less what ever left the wallet:
one subtraction, in `ages.py`. It is right because later points never expire earlier; every step
that puts points into a wallet asks `stand_until` for their day, under the wallet's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select, true, union_all
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement, FromClause

from pointsbank.foundation import (
    Act,
    Int,
    Page,
    Paging,
    Session,
    Text,
    add_days,
    find_setting_on,
    list_dated,
    pack,
    packed_rows,
    statement,
)
from pointsbank.ledger.accounts import Account, AccountRef
from pointsbank.ledger.ages import NEVER, AgeRules, Expiring, Flow, line_up
from pointsbank.ledger.journal import JournalEntry, Move, Transfer, lock_accounts
from pointsbank.ledger.kinds import EntryKind
from pointsbank.ledger.many_entries import Draft, post_entries

# A number and a day that people decide; both are dated rows of `setting`.
GRACE_SETTING, GRACE_USUAL = "expiry_grace_days", 30
UNDATED_SETTING = "undated_until"

EXPIRING_TYPES = ("wallet", "family_wallet")


@dataclass(frozen=True, slots=True)
class Expired:
    """Points that have just been taken from a wallet because their day was over."""

    holder: str
    points: int
    number: str


@dataclass(frozen=True, slots=True)
class Losing:
    """A wallet that loses points by a day."""

    wallet_id: int
    holder: str
    points: int


def read_age_rules(session: Session, day: str) -> AgeRules:
    """What is decided about the ages of points, as it is in force on a day."""
    grace = find_setting_on(session, GRACE_SETTING, day)
    undated = [(start, until) for start, until in list_dated(session, UNDATED_SETTING) if start]
    return AgeRules(GRACE_USUAL if grace is None else int(grace), tuple(sorted(undated)))


# -------------------------------------------------------------------------- when points are issued

[_ID] = packed_rows("wallets", int)
_other = aliased(Account)
_arrival, _origin = aliased(Move), aliased(JournalEntry)
_newest_move = (
    select(_arrival.id)
    .join(_origin, _origin.id == _arrival.entry_id)
    .join(_other, _other.id == _arrival.source_id)
    .where(_arrival.target_id == Account.id, _origin.reverses_id.is_(None), _other.type != "hold")
    .order_by(_arrival.entry_id.desc(), _arrival.line.desc())
    .limit(1)
    .correlate(Account)
    .scalar_subquery()
)
_NEWEST = statement(
    select(Account.id, Move.expires_on, JournalEntry.occurred_on)
    .select_from(Account)
    .join(Move, Move.id == _newest_move)
    .join(JournalEntry, JournalEntry.id == Move.entry_id)
    .where(Account.id.in_(select(_ID)))
)


def stand_until(
    session: Session, wallet: AccountRef, expires_on: str | None, *, today: str
) -> str | None:
    """The day that points must carry which are put into a wallet today; None is for ever.

    Never earlier than that of the points which came before; where those have none, neither have
    these. The wallet is locked, or two who issue at once would not see each other.
    """
    return stand_until_all(session, [(wallet, expires_on)], today=today)[0]


def stand_until_all(
    session: Session, arriving: Sequence[tuple[AccountRef, str | None]], *, today: str
) -> list[str | None]:
    """The same for points that are put into many wallets, in this order."""
    rules = read_age_rules(session, today)
    undated = rules.day_of(None, today)
    if undated == NEVER and all(expires_on is None for _, expires_on in arriving):
        return [None] * len(arriving)
    wallets = pack((one,) for one in sorted({wallet.id for wallet, _ in arriving}))
    latest = {
        row.id: rules.day_of(row.expires_on, row.occurred_on)
        for row in session.rows(_NEWEST, wallets=wallets)
    }
    days: list[str | None] = []
    for wallet, expires_on in arriving:
        asked = expires_on or undated
        day = latest[wallet.id] = max(asked, latest.get(wallet.id, ""))
        days.append(None if day == NEVER or (day == asked and not expires_on) else day)
    return days


# ------------------------------------------------------------------------------- what expires when


def _flows_of(wallet: ColumnElement[int], outer: FromClause | None = None) -> Select[Any]:
    """Every move of a wallet in the order of the books; its columns are `Flow`'s, and the line.

    `outer` is where the wallet is a column of, or None.
    """
    leaving = (
        select(
            Move.entry_id,
            Move.line,
            (-Move.amount).label("amount"),
            Move.target_id.label("other_id"),
            Move.expires_on,
        )
        .where(Move.source_id == wallet)
        .correlate(outer)
    )
    arriving = (
        select(Move.entry_id, Move.line, Move.amount, Move.source_id, Move.expires_on)
        .where(Move.target_id == wallet)
        .correlate(outer)
    )
    both = union_all(leaving, arriving).subquery("both_ways")
    return (
        select(
            both.c.entry_id,
            JournalEntry.occurred_on,
            JournalEntry.reverses_id,
            both.c.amount,
            _other.type.label("other"),
            both.c.expires_on,
            both.c.line,
        )
        .join(JournalEntry, JournalEntry.id == both.c.entry_id)
        .join(_other, _other.id == both.c.other_id)
        .order_by(both.c.entry_id, both.c.line)
    )


_FLOWS = statement(_flows_of(bindparam("of_wallet", type_=Int)))
_asked = select(_ID.label("wallet_id")).subquery("asked")
# Wallet by wallet, and ordered in there: left to itself PostgreSQL would rather read all moves.
_each = _flows_of(_asked.c.wallet_id, _asked).lateral("flows")
_FLOWS_OF_MANY = statement(
    select(_asked.c.wallet_id, *_each.c)
    .join_from(_asked, _each, true())
    .order_by(_asked.c.wallet_id, _each.c.entry_id, _each.c.line)
)


def read_flows(session: Session, wallet_id: int) -> list[Flow]:
    """Every move of a wallet in the order of the books."""
    return [Flow(*row[:-1]) for row in session.rows(_FLOWS, of_wallet=wallet_id)]


def read_flows_of(session: Session, wallet_ids: Iterable[int]) -> dict[int, list[Flow]]:
    """The same of many wallets: one statement, where asking costs a way to a server."""
    found: dict[int, list[Flow]] = {one: [] for one in wallet_ids}
    if session.is_sqlite:
        # It knows no LATERAL, and is asked in the same process.
        return {one: read_flows(session, one) for one in found}
    for wallet_id, *told, _ in session.rows(_FLOWS_OF_MANY, wallets=pack((one,) for one in found)):
        found[wallet_id].append(Flow(*told))
    return found


def list_expiring(
    session: Session, wallet_ids: Iterable[int], *, today: str
) -> dict[int, list[Expiring]]:
    """What of these wallets expires when, the next first; what never expires stands last.

    A day that is over stands for points that the next night takes.
    """
    rules = read_age_rules(session, today)
    flows = read_flows_of(session, wallet_ids)
    return {one: line_up(moves, rules).expiring() for one, moves in flows.items()}


# ------------------------------------------------------------------------------ when a day is over

_STANDS = or_(
    _arrival.expires_on >= bindparam("of_day", type_=Text),
    _arrival.expires_on.is_(None) & (_origin.occurred_on >= bindparam("undated_since", type_=Text)),
)
# What came into a wallet and need not go yet, less what was taken back of it.
_came = (
    select(func.coalesce(func.sum(_arrival.amount), 0))
    .join(_origin, _origin.id == _arrival.entry_id)
    .join(_other, _other.id == _arrival.source_id)
    .where(
        _arrival.target_id == Account.id,
        _origin.reverses_id.is_(None),
        _other.type != "hold",
        _STANDS,
    )
    .correlate(Account)
    .scalar_subquery()
)
_reversal = aliased(JournalEntry)
_went_back = (
    select(func.coalesce(func.sum(Move.amount), 0))
    .join(_reversal, _reversal.id == Move.entry_id)
    .join(_origin, _origin.id == _reversal.reverses_id)
    .join(_arrival, _arrival.entry_id == _origin.id)
    .where(Move.source_id == Account.id, _arrival.target_id == Account.id, _STANDS)
    .correlate(Account)
    .scalar_subquery()
)
_DUE = statement(
    select(Account.id)
    .where(
        Account.id > bindparam("after", type_=Int),
        Account.id <= bindparam("last", type_=Int),
        # Added to nothing, so that SQLite goes by the number and not by the type's index.
        or_(*(Account.type.concat("") == one for one in EXPIRING_TYPES)),
        Account.balance > 0,
        Account.balance > _came - _went_back,
    )
    .order_by(Account.id)
    .limit(bindparam("most", type_=Int))
)
_losing = (Account.balance - (_came - _went_back)).label("points")
_LOSING = select(Account.id, Account.holder, _losing).where(
    or_(*(Account.type.concat("") == one for one in EXPIRING_TYPES)),
    Account.balance > 0,
    Account.balance > _came - _went_back,
)
_COUNT_LOSING = statement(select(func.count()).select_from(_LOSING.subquery()))
_PAGE_LOSING = statement(
    _LOSING.order_by(_losing.desc(), Account.id)
    .limit(bindparam("per_page", type_=Int))
    .offset(bindparam("offset", type_=Int))
)
_HOLDERS = statement(
    select(Account.id, Account.type, Account.commodity_id, Account.holder)
    .where(Account.id.in_(select(_ID)))
    .order_by(Account.id)
)
_LATEST = statement(select(func.max(Move.expires_on)))
_EVER = statement(select(Move.id).where(Move.expires_on.is_not(None)).limit(1))
LAST_ACCOUNT = 2**62


def find_due(
    session: Session, day: str, *, after: int = 0, last: int = LAST_ACCOUNT, most: int
) -> list[int]:
    """Wallets between two numbers that may hold points whose day is over on `day`, in order.

    None is missing; of those that are found some may yet be spared, which their line tells.
    """
    rows = session.rows(_DUE, after=after, last=last, most=most, **_of_day(session, day))
    return [row.id for row in rows]


def _of_day(session: Session, day: str) -> dict[str, str]:
    over = [before for before, until in read_age_rules(session, day).undated if until < day]
    return {"of_day": day, "undated_since": max(over, default="")}


def read_losing(session: Session, until: str, paging: Paging) -> Page[Losing]:
    """Which wallets lose how many points by the end of a day, if nobody uses them; the most first.

    What is spared for some days more is counted as well.
    """
    asked = _of_day(session, add_days(until, 1))
    total = int(session.value(_COUNT_LOSING, **asked))
    rows = session.rows(_PAGE_LOSING, per_page=paging.per_page, offset=paging.offset, **asked)
    found = [Losing(row.id, row.holder, int(row.points)) for row in rows]
    return Page(found, total, paging.page, paging.per_page)


def list_expiring_until(
    session: Session, wallet_id: int, *, today: str, until: str
) -> list[Expiring]:
    """What of one wallet expires by the end of a day; cheap for those where nothing does."""
    if not find_due(session, add_days(until, 1), after=wallet_id - 1, last=wallet_id, most=1):
        return []
    found = list_expiring(session, [wallet_id], today=today)[wallet_id]
    return [one for one in found if one.day is not None and one.day <= until]


def anything_expires(session: Session, day: str) -> bool:
    """Whether any points of this bank were ever given a day."""
    return session.value(_EVER) is not None or bool(read_age_rules(session, day).undated)


def latest_expiry(session: Session, day: str) -> str:
    """The last day that any points of this bank have, or were given; "" when none has one."""
    given = [until for _, until in read_age_rules(session, day).undated]
    return max(session.value(_LATEST) or "", *given, "")


def expire_points(
    act: Act,
    kind: EntryKind,
    wallet_ids: Sequence[int],
    *,
    expired: AccountRef,
    day: str,
    memo: str,
) -> list[Expired]:
    """Take from wallets the points whose day is over on `day` (过期), an entry for each wallet.

    Whoever is asked twice finds nothing left to take. `day` is never later than today.
    """
    session, day = act.session, min(day, act.today)
    lock_accounts(session, *wallet_ids)
    rules = read_age_rules(session, day)
    holders, drafts = {}, []
    flows = read_flows_of(session, wallet_ids)
    for row in session.rows(_HOLDERS, wallets=pack((one,) for one in wallet_ids)):
        points = line_up(flows[row.id], rules).due(day)
        if points:
            wallet = AccountRef(row.id, row.type, row.commodity_id)
            document = f"expiry:{day}:{row.id}"
            drafts.append(Draft(document, [Transfer(wallet, expired, points)], memo))
            holders[document] = row.holder
    if not drafts:
        return []
    posted = post_entries(act, kind, drafts, locked=True)
    return [
        Expired(holders[one.document], one.transfers[0].amount, posted[one.document].number)
        for one in drafts
    ]


_TAKEN_TO = statement(
    select(_other.id)
    .join(Move, Move.target_id == _other.id)
    .where(Move.source_id == bindparam("of_wallet"), _other.type == "expired")
    .limit(1)
)


def find_expired_account(session: Session, wallet: AccountRef) -> AccountRef:
    """The account that expired points of this wallet went to; some have."""
    found: int = session.value(_TAKEN_TO, of_wallet=wallet.id)
    return AccountRef(found, "expired", wallet.commodity_id)
