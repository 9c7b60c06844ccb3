"""Owing, without negative points (欠分).

A reversal must never be blocked, yet a wallet never falls below zero. When points that are taken
back have been spent already, what is there is taken and the rest stands on the volunteer's owed
account, which may go below zero; later earnings repay it first, and redeeming waits until then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pointsbank.foundation import Act, Session
from pointsbank.ledger.accounts import ACCOUNT_TYPES, AccountRef
from pointsbank.ledger.ages import spared_by_taking_back
from pointsbank.ledger.expiry import (
    EXPIRING_TYPES,
    find_expired_account,
    read_age_rules,
    read_flows,
    stand_until,
    stand_until_all,
)
from pointsbank.ledger.journal import (
    Posted,
    Transfer,
    kept_balances,
    lock_accounts,
    mirror_of,
    post_entry,
)
from pointsbank.ledger.kinds import EntryKind
from pointsbank.ledger.many_entries import Draft, post_entries


def issue_points(
    act: Act,
    kind: EntryKind,
    *,
    issued: AccountRef,
    wallet: AccountRef,
    owed: AccountRef,
    amount: int,
    memo: str,
    document: str,
    rule: str | None = None,
    expires_on: str | None = None,
) -> Posted:
    """Issue points to a wallet (发放); what is owed is repaid from them in the same entry.

    They can be spent until the end of `expires_on`, or longer where older points can.
    """
    lock_accounts(act.session, wallet.id, owed.id)
    expires_on = stand_until(act.session, wallet, expires_on, today=act.today)
    transfers = [Transfer(issued, wallet, amount, expires_on)]
    debt = -kept_balances(act.session, owed.id)[owed.id]
    if debt > 0:
        transfers.append(Transfer(wallet, owed, min(debt, amount)))
    return post_entry(act, kind, transfers, memo=memo, document=document, rule=rule, locked=True)


@dataclass(frozen=True, slots=True)
class Issue:
    """Points that are about to be issued to one wallet, and what for."""

    wallet: AccountRef
    owed: AccountRef
    amount: int
    memo: str
    document: str
    rule: str | None = None
    expires_on: str | None = None


def issue_many(
    act: Act, kind: EntryKind, issues: Sequence[Issue], *, issued: AccountRef
) -> dict[str, Posted]:
    """The same for many wallets (成批发放), in a handful of statements; the entries by document.

    The wallets and owed accounts are locked from here on, in the one order.
    """
    if not issues:
        return {}
    accounts = [account.id for one in issues for account in (one.wallet, one.owed)]
    lock_accounts(act.session, *accounts)
    debts = kept_balances(act.session, *(one.owed.id for one in issues))
    arriving = [(one.wallet, one.expires_on) for one in issues]
    days = stand_until_all(act.session, arriving, today=act.today)
    drafts = []
    for one, day in zip(issues, days, strict=True):
        transfers = [Transfer(issued, one.wallet, one.amount, day)]
        repaid = min(-debts[one.owed.id], one.amount)
        if repaid > 0:
            transfers.append(Transfer(one.wallet, one.owed, repaid))
            debts[one.owed.id] += repaid
        drafts.append(Draft(one.document, transfers, one.memo, one.rule))
    return post_entries(act, kind, drafts, locked=True)


def debts_first(
    session: Session, mirror: Sequence[Transfer], *, wallet: AccountRef, owed: AccountRef
) -> list[Transfer]:
    """The way back of what was taken from somebody, by the mirror of its entry.

    What was owed for it and has been repaid since goes to the wallet, so that nobody is ever owed
    to. Both accounts are locked; what the mirror moves elsewhere is left as it is.
    """
    debt = -kept_balances(session, owed.id)[owed.id]
    own = {wallet.id, owed.id}
    points = [one for one in mirror if one.target.id in own]
    repaid = min(debt, sum(one.amount for one in points if one.target.id == owed.id))
    parts = [(owed, repaid), (wallet, sum(one.amount for one in points) - repaid)]
    back = [Transfer(points[0].source, target, many) for target, many in parts if many]
    return [*(one for one in mirror if one.target.id not in own), *back]


def take_back_issue(
    act: Act, kind: EntryKind, entry_id: int, *, owed: AccountRef, memo: str, document: str
) -> Posted:
    """Reverse an issue (冲正发放), however much of it has been spent.

    What expired only because of this issue comes back first; then the wallet gives what it has,
    and the rest is owed. `kind` is the kind of the issue; it must declare the ways from issued to
    owed and from the wallet to expired too, whose mirrors this may need. Raises what `mirror_of`
    refuses.
    """
    mirror = mirror_of(act.session, entry_id, also_lock=[owed])
    mirror = _with_what_expired(act, entry_id, mirror)
    floored = [line.source.id for line in mirror if ACCOUNT_TYPES[line.source.type].least == 0]
    there = kept_balances(act.session, *floored)
    transfers: list[Transfer] = []
    for line in mirror:
        # A repayment inside the issue stands first in its mirror: owed again, it is in the wallet;
        # and so do points that had expired.
        taken = min(there.get(line.source.id, line.amount), line.amount)
        if taken:
            transfers.append(Transfer(line.source, line.target, taken))
        if line.amount > taken:
            transfers.append(Transfer(owed, line.target, line.amount - taken))
        if line.source.id in there:
            there[line.source.id] -= taken
        if line.target.id in there:
            there[line.target.id] += taken
    return post_entry(
        act, kind, transfers, memo=memo, document=document, reverses_id=entry_id, locked=True
    )


def _with_what_expired(act: Act, entry_id: int, mirror: list[Transfer]) -> list[Transfer]:
    """The mirror of an issue, led by the points that would not have expired without it."""
    back = []
    for wallet in {line.source.id: line.source for line in mirror}.values():
        if wallet.type not in EXPIRING_TYPES:
            continue
        rules, flows = read_age_rules(act.session, act.today), read_flows(act.session, wallet.id)
        points = spared_by_taking_back(flows, rules, entry_id)
        if points:
            back.append(Transfer(find_expired_account(act.session, wallet), wallet, points))
    return [*back, *mirror]
