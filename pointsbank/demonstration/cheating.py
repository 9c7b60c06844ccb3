"""Try to cheat (试着作弊): one point moved behind the service's back, and put right again.

This is the one place that changes a balance without an entry. It runs in a demonstration only, and
shows that `check` names the row.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from pointsbank.demonstration.settings import CHEATED, keep_setting
from pointsbank.foundation import Bank, DemonstrationOnly, Session, find_setting, statement
from pointsbank.ledger import Account

_RICHEST = statement(
    select(Account.id)
    .where(Account.type == "wallet", Account.balance > 0)
    .order_by(Account.balance.desc(), Account.id)
    .limit(2)
)
_SHIFT = statement(
    update(Account)
    .where(Account.id == bindparam("of"))
    .values(balance=Account.balance + bindparam("by"))
)


def is_cheated(bank: Bank) -> bool:
    """Whether a point lies in the wrong wallet now."""
    return bool(bank.database.read(lambda session: find_setting(session, CHEATED)))


def cheat(bank: Bank) -> None:
    """Move one point from the richest wallet to the next, without an entry."""
    _refuse_real_bank(bank)
    bank.database.write(_behind_the_back)


def put_right(bank: Bank) -> None:
    """Move the point back to where the journal says it is."""
    _refuse_real_bank(bank)
    bank.database.write(_back)


# These two travel to the writer's process by their names.


def _behind_the_back(session: Session) -> None:
    if find_setting(session, CHEATED):
        return
    giver, taker = (row.id for row in session.rows(_RICHEST))
    session.run(_SHIFT, of=giver, by=-1)
    session.run(_SHIFT, of=taker, by=1)
    keep_setting(session, CHEATED, f"{giver},{taker}")


def _back(session: Session) -> None:
    known = find_setting(session, CHEATED)
    if not known:
        return
    giver, taker = (int(number) for number in known.split(","))
    session.run(_SHIFT, of=taker, by=-1)
    session.run(_SHIFT, of=giver, by=1)
    keep_setting(session, CHEATED, "")


def _refuse_real_bank(bank: Bank) -> None:
    if not bank.is_demonstration:
        raise DemonstrationOnly()
