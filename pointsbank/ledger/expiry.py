"""Expiry without lots (积分过期): which points of which wallets have to go, and what expires when.

What is left of the points up to a day is what was issued up to it less what ever left the wallet:
one subtraction, in `ages.py`. It is right because later points never expire earlier; every step
that puts points into a wallet asks `stand_until` for their day, under the wallet's lock.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, or_, select, union_all
from sqlalchemy.orm import aliased

from pointsbank.foundation import (
    Act,
    Int,
    Session,
    Text,
    find_setting_on,
    list_dated,
    pack,
    packed_rows,
    statement,
)
from pointsbank.ledger.accounts import Account, AccountRef
from pointsbank.ledger.ages import NEVER, AgeRules, Expiring, Flow, line_up
from pointsbank.ledger.journal import JournalEntry, Move, Transfer, lock_accounts, post_entry
from pointsbank.ledger.kinds import EntryKind

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


def read_age_rules(session: Session, day: str) -> AgeRules:
    """What is decided about the ages of points, as it is in force on a day."""
    grace = find_setting_on(session, GRACE_SETTING, day)
    undated = [(start, until) for start, until in list_dated(session, UNDATED_SETTING) if start]
    return AgeRules(GRACE_USUAL if grace is None else int(grace), tuple(sorted(undated)))


# -------------------------------------------------------------------------- when points are issued

_other = aliased(Account)
[_ID] = packed_rows("wallets", int)
_arrived, _newest_entry = aliased(Move), aliased(JournalEntry)
_newest_of = (
    select(_arrived.id)
    .join(_newest_entry, _newest_entry.id == _arrived.entry_id)
    .join(_other, _other.id == _arrived.source_id)
    .where(
        _arrived.target_id == _ID,
        _newest_entry.reverses_id.is_(None),
        _other.type != "hold",
    )
    .order_by(_arrived.entry_id.desc(), _arrived.line.desc())
    .limit(1)
    .scalar_subquery()
)
_NEWEST = statement(
    select(_ID.label("wallet_id"), Move.expires_on, JournalEntry.occurred_on)
    .join(JournalEntry, JournalEntry.id == Move.entry_id)
    .where(Move.id == _newest_of)
)


def stand_until(session: Session, wallet: AccountRef, expires_on: str | None) -> str | None:
    """The day that points must carry which are about to be put into a wallet.

    Never earlier than that of the points which came before; where those have none, neither have
    these. The wallet is locked, or two who issue at once would not see each other.
    """
    return stand_until_all(session, [(wallet, expires_on)])[wallet.id]


def stand_until_all(
    session: Session, told: Iterable[tuple[AccountRef, str | None]]
) -> dict[int, str | None]:
    """The same for many wallets at once, by their ids.

    What is put into one wallet together all gets the latest of its days.
    """
    days: dict[int, str] = {}
    for wallet, expires_on in told:
        days[wallet.id] = max(days.get(wallet.id, ""), expires_on or NEVER)
    dated = [wallet_id for wallet_id, day in days.items() if day != NEVER]
    rows = session.rows(_NEWEST, wallets=pack((one,) for one in dated)) if dated else []
    for row in rows:
        there: str | None = row.expires_on
        if there is None:
            there = read_age_rules(session, days[row.wallet_id]).day_of(None, row.occurred_on)
        days[row.wallet_id] = max(days[row.wallet_id], there)
    return {wallet_id: None if day == NEVER else day for wallet_id, day in days.items()}


# ------------------------------------------------------------------------------- what expires when

_leaving = select(
    Move.source_id.label("wallet_id"),
    Move.entry_id,
    Move.line,
    (-Move.amount).label("amount"),
    Move.target_id.label("other_id"),
    Move.expires_on,
).where(Move.source_id.in_(select(_ID)))
_arriving = select(
    Move.target_id, Move.entry_id, Move.line, Move.amount, Move.source_id, Move.expires_on
).where(Move.target_id.in_(select(_ID)))
_both = union_all(_leaving, _arriving).subquery("both_ways")
_FLOWS = statement(
    select(
        _both.c.wallet_id,
        _both.c.entry_id,
        JournalEntry.occurred_on,
        JournalEntry.reverses_id,
        _both.c.amount,
        _other.type.label("other"),
        _both.c.expires_on,
    )
    .join(JournalEntry, JournalEntry.id == _both.c.entry_id)
    .join(_other, _other.id == _both.c.other_id)
    .order_by(_both.c.wallet_id, _both.c.entry_id, _both.c.line)
)


def read_flows(session: Session, wallet_ids: Iterable[int]) -> dict[int, list[Flow]]:
    """Every move of these wallets in the order of the books, by wallet."""
    found: dict[int, list[Flow]] = {wallet_id: [] for wallet_id in wallet_ids}
    for wallet_id, *flow in session.rows(_FLOWS, wallets=pack((one,) for one in found)):
        found[wallet_id].append(Flow(*flow))
    return found


def list_expiring(
    session: Session, wallet_ids: Iterable[int], *, today: str
) -> dict[int, list[Expiring]]:
    """What of these wallets expires when, the next first; what never expires stands last.

    A day that is over stands for points that the next night takes.
    """
    rules = read_age_rules(session, today)
    flows = read_flows(session, wallet_ids)
    return {one: line_up(flows[one], rules).expiring() for one in flows}


# ------------------------------------------------------------------------------ when a day is over

_arrival, _origin = aliased(Move), aliased(JournalEntry)
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
        or_(*(Account.type == one for one in EXPIRING_TYPES)),
        Account.balance > 0,
        Account.balance > _came - _went_back,
    )
    .order_by(Account.id)
    .limit(bindparam("most", type_=Int))
)
_HOLDERS = statement(
    select(Account.id, Account.type, Account.commodity_id, Account.holder)
    .where(Account.id.in_(select(_ID)))
    .order_by(Account.id)
)
_EVER = statement(select(Move.id).where(Move.expires_on.is_not(None)).limit(1))
LAST_ACCOUNT = 2**62


def find_due(
    session: Session, day: str, *, after: int = 0, last: int = LAST_ACCOUNT, most: int
) -> list[int]:
    """Wallets between two numbers that may hold points whose day is over on `day`, in order.

    None is missing; of those that are found some may yet be spared, which their line tells.
    """
    over = [before for before, until in read_age_rules(session, day).undated if until < day]
    rows = session.rows(
        _DUE, after=after, last=last, most=most, of_day=day, undated_since=max(over, default="")
    )
    return [row.id for row in rows]


def anything_expires(session: Session, day: str) -> bool:
    """Whether any points of this bank were ever given a day."""
    return session.value(_EVER) is not None or bool(read_age_rules(session, day).undated)


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
    rules, flows = read_age_rules(session, day), read_flows(session, wallet_ids)
    taken = []
    for row in session.rows(_HOLDERS, wallets=pack((one,) for one in wallet_ids)):
        points = line_up(flows[row.id], rules).due(day)
        if not points:
            continue
        wallet = AccountRef(row.id, row.type, row.commodity_id)
        posted = post_entry(
            act,
            kind,
            [Transfer(wallet, expired, points)],
            memo=memo,
            document=f"expiry:{day}",
            locked=True,
        )
        taken.append(Expired(row.holder, points, posted.number))
    return taken


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
