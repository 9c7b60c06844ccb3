"""Owing, without negative points (欠分).

A reversal must never be blocked, yet a wallet never falls below zero. When points that are taken back
have been spent already, what is there is taken and the rest stands on the volunteer's owed account,
which may go below zero; later earnings repay it first, and redeeming waits until then.
"""

from __future__ import annotations

from pointsbank.foundation import Act
from pointsbank.ledger.accounts import AccountRef
from pointsbank.ledger.journal import Posted, Transfer, kept_balances, mirror_of, post_entry
from pointsbank.ledger.kinds import EntryKind


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
    """Issue points to a wallet (发放); what is owed is repaid from them in the same entry."""
    transfers = [Transfer(issued, wallet, amount, expires_on)]
    debt = -kept_balances(act.session, owed.id)[owed.id]
    if debt > 0:
        transfers.append(Transfer(wallet, owed, min(debt, amount)))
    return post_entry(act, kind, transfers, memo=memo, document=document, rule=rule)


def take_back_issue(
    act: Act, kind: EntryKind, entry_id: int, *, owed: AccountRef, memo: str, document: str
) -> Posted:
    """Reverse an issue (冲正发放), however much of it has been spent.

    The wallet gives what it has; the rest is owed. Raises what `mirror_of` refuses.
    """
    transfers: list[Transfer] = []
    for transfer in mirror_of(act.session, entry_id):
        if transfer.source.type == "owed":
            # The repayment inside the issue is undone by owing again, and comes to the wallet first.
            transfers.append(transfer)
            continue
        arriving = sum(line.amount for line in transfers if line.target == transfer.source)
        there = kept_balances(act.session, transfer.source.id)[transfer.source.id] + arriving
        taken = min(there, transfer.amount)
        if taken:
            transfers.append(Transfer(transfer.source, transfer.target, taken))
        if transfer.amount > taken:
            transfers.append(Transfer(owed, transfer.target, transfer.amount - taken))
    return post_entry(act, kind, transfers, memo=memo, document=document, reverses_id=entry_id)
